"""Who and what a student hears: everything but what is kept to measure it with."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest.importorskip("torch")

from dndmood.errors import UserError
from dndmood_train.audio.augment import Table, heard_copies
from dndmood_train.corpora import Clip, split_of
from dndmood_train.distillation.batches import Windows
from dndmood_train.distillation.dataset import build
from dndmood_train.distillation.other_sounds import OtherSounds

VOICES = [f"tavern:v{number}" for number in range(40)]
LEARNING = next(voice for voice in VOICES if split_of(voice) == "train")
MEASURED = next(voice for voice in VOICES if split_of(voice) == "develop")


@pytest.fixture
def clips(tmp_path: Path) -> list[Clip]:
    """One clip of a voice to learn from and one of a voice to measure with."""
    found = []
    for number, speaker in enumerate((LEARNING, MEASURED)):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, np.random.default_rng(number).uniform(-0.3, 0.3, 8_000), 16_000)
        found.append(
            Clip(path=path, corpus="tavern", speaker=speaker, label="anger", emotion="angry")
        )
    return found


def test_a_voice_is_learned_from_or_measured_with(clips: list[Clip], tmp_path: Path) -> None:
    data = build(clips, folder=tmp_path / "spectra", around=OtherSounds(pieces=0))
    assert (data.share > 0).tolist() == [True, False]


def test_a_corpus_that_is_left_out_teaches_nothing(clips: list[Clip], tmp_path: Path) -> None:
    stranger = replace(clips[0], corpus="theatre", emotion="sad")
    data = build(
        [*clips, stranger],
        folder=tmp_path / "spectra",
        around=OtherSounds(pieces=0),
        leave_out=["theatre"],
    )
    assert (data.share > 0).tolist() == [True, False, False]


def test_music_to_measure_with_is_invented_beside_what_is_learned_under(
    clips: list[Clip], tmp_path: Path
) -> None:
    data = build(clips, folder=tmp_path / "spectra", around=OtherSounds(pieces=2))
    music = np.array(data.kind) == "music"
    assert (data.share[music] > 0).tolist() == [True, True, False]
    kept, learned = len(clips) + 2, data.spectra.levels(len(clips))
    assert not np.array_equal(data.spectra.levels(kept)[:50], learned[:50])


def test_a_table_of_lossy_calls_is_heard_through_a_codec(
    clips: list[Clip], tmp_path: Path
) -> None:
    calls = Table(noise=0.0, hiss=0.0, tilt=0.0, packed=1.0)
    around = OtherSounds(pieces=0, copies=heard_copies([calls]))
    data = build(clips, folder=tmp_path / "spectra", around=around)
    frames = len(data.spectra.levels(0))
    heard, _ = Windows(data, calls, np.random.default_rng(1)).draw(1, frames)
    assert np.allclose(heard[0], data.spectra.power(0, "packed"), rtol=1e-4)


def test_ordinary_speech_is_nearly_neutral_and_a_voice(
    clips: list[Clip], tmp_path: Path
) -> None:
    data = build(
        clips,
        folder=tmp_path / "spectra",
        around=OtherSounds(everyday=(clips[0].path,), pieces=1),
    )
    targets = data.targets
    assert targets.voice.tolist() == [1, 1, 1, 0, 0]
    assert targets.shares[2].argmax() == 0 and targets.shares[2].sum() == pytest.approx(1)
    arousal, valence = targets.dims[2]
    assert 0.3 <= arousal <= 0.6 and valence == pytest.approx(0.5)


def test_a_name_that_is_no_text_is_a_name(clips: list[Clip], tmp_path: Path) -> None:
    """Old disks hold such names; a sound library opens them as bytes."""
    odd = tmp_path / os.fsdecode(b"Stra\xdfe.wav")
    odd.write_bytes(clips[0].path.read_bytes())
    around = OtherSounds(everyday=(odd,), pieces=0)
    found = build(clips, folder=tmp_path / "spectra", around=around)
    assert np.array_equal(found.spectra.levels(len(clips)), found.spectra.levels(0))


def test_without_a_voice_to_learn_from_it_says_so(clips: list[Clip], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nobody to learn from"):
        build(clips[1:], folder=tmp_path / "spectra")
