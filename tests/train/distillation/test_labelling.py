"""Labelling: asked once, kept whole, gone on with, shared between processes."""

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import soundfile

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood_train import __main__ as door
from dndmood_train import corpora, teachers
from dndmood_train.corpora import EMOTIONS, Corpus
from dndmood_train.distillation import labelling
from dndmood_train.distillation.labels import Labels, read
from dndmood_train.teachers import About, Opinions

pytest.importorskip("torch")


class Loudness:
    """A teacher that takes loudness for arousal and remembers what it was asked."""

    about = About("loudness", "nowhere", "none", EMOTIONS, ("arousal",), digest="1")

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, waveforms: Sequence[Samples], _speakers: Sequence[str] = ()) -> Opinions:
        self.asked += len(waveforms)
        found = Opinions.none(len(waveforms))
        found.arousal[:] = [np.abs(waveform).mean() for waveform in waveforms]
        found.shares[:] = 1 / len(EMOTIONS)
        return found


@pytest.fixture
def loudness(monkeypatch: pytest.MonkeyPatch) -> Loudness:
    teacher = Loudness()

    @contextmanager
    def opened(_: str, *, device: str) -> Iterator[Loudness]:
        assert device == "cpu"
        yield teacher

    module = ModuleType("dndmood_train.teachers.loudness")
    module.opened = opened  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(teachers, "names", lambda: ["loudness"])
    monkeypatch.setattr(labelling, "PART_CLIPS", 4)
    return teacher


def collection(root: Path, levels: Sequence[float], name: str = "evening") -> Corpus:
    folder = root / name
    folder.mkdir(parents=True)
    lines = ["path,emotion,speaker"]
    for number, level in enumerate(levels):
        tone = level * np.where(np.arange(8000 + 160 * number) // 40 % 2, 1, -1)
        soundfile.write(folder / f"{number:02}.wav", tone, 16_000, subtype="FLOAT")
        lines.append(f"{number:02}.wav,anger,anna")
    (folder / "manifest.csv").write_text("\n".join(lines))
    return corpora.read("manifest", folder)


def run(found: Sequence[Corpus], out: Path, **more: Any) -> Labels:
    return labelling.label(found, teacher="loudness", out=out, device="cpu", **more)


def test_every_clip_has_its_own_opinion_whatever_the_batch(
    loudness: Loudness, tmp_path: Path
) -> None:
    levels = [0.1, 0.9, 0.3, 0.7, 0.5, 0.2]
    found = collection(tmp_path, levels)
    for batch in (1, 4):
        labels = run([found], tmp_path / f"out{batch}", batch=batch)
        assert labels.keys == tuple(f"evening/{n:02}.wav" for n in range(6))
        assert labels.opinions.arousal == pytest.approx(levels, abs=1e-5)
        assert np.isnan(labels.opinions.valence).all()
    assert labels.rows()["evening/03.wav"] == 3


def test_nobody_is_asked_twice(loudness: Loudness, tmp_path: Path) -> None:
    found = collection(tmp_path, [0.1, 0.2, 0.3, 0.4, 0.5])
    first = run([found], tmp_path / "out")
    again = run([found], tmp_path / "out")
    assert loudness.asked == 5
    assert np.array_equal(first.opinions.arousal, again.opinions.arousal)


def test_only_clips_that_came_later_are_asked_about(loudness: Loudness, tmp_path: Path) -> None:
    found = collection(tmp_path, [0.1, 0.2, 0.3])
    run([found], tmp_path / "out")
    more = collection(tmp_path, [0.6, 0.7], "morning")
    labels = run([found, more], tmp_path / "out")
    assert loudness.asked == 5
    assert len(labels.keys) == 5


def test_other_weights_are_asked_anew(
    loudness: Loudness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = collection(tmp_path, [0.1, 0.2])
    run([found], tmp_path / "out")
    other = About("loudness", "nowhere", "none", EMOTIONS, ("arousal",), digest="2")
    monkeypatch.setattr(loudness, "about", other, raising=False)
    assert run([found], tmp_path / "out").about.digest == "2"
    assert loudness.asked == 4


def test_a_silent_clip_is_dropped_and_counted(loudness: Loudness, tmp_path: Path) -> None:
    found = collection(tmp_path, [0.5, 0.0, 0.4])
    (tmp_path / "evening" / "02.wav").write_bytes(b"RIFF, cut short")
    labels = run([found], tmp_path / "out")
    assert labels.keys == ("evening/00.wav",)
    assert labels.dropped == {
        "evening/01.wav": "silent",
        "evening/02.wav": "unreadable sound",
    }
    assert "evening/01.wav" not in labels.rows()


def test_stopped_half_way_it_goes_on_and_ends_the_same(
    loudness: Loudness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = collection(tmp_path, np.linspace(0.1, 0.9, 10).tolist())
    whole = run([found], tmp_path / "whole")
    out = tmp_path / "out"

    def killed(_: int) -> None:
        if len(list(out.glob("*.npz"))) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([found], out, on_clips=killed)
    with pytest.raises(UserError, match="no finished labels"):
        read(out)
    loudness.asked = 0
    resumed = run([found], out)
    assert loudness.asked == 2
    assert resumed.keys == whole.keys
    assert np.array_equal(resumed.opinions.arousal, whole.opinions.arousal)


def test_a_full_disk_is_one_sentence_and_leaves_no_half_file(
    loudness: Loudness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = collection(tmp_path, [0.5])

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="is full: make room"):
        run([found], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_nothing_but_silence_is_said(loudness: Loudness, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Not one clip"):
        run([collection(tmp_path, [0.0, 0.0])], tmp_path / "out")


def test_the_labels_know_who_gave_them(loudness: Loudness, tmp_path: Path) -> None:
    run([collection(tmp_path, [0.5])], tmp_path / "out")
    assert read(tmp_path / "out").about == loudness.about


@pytest.mark.slow
def test_two_processes_share_the_work_and_agree_with_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("accelerate")
    transformers = pytest.importorskip("transformers")
    config = transformers.Wav2Vec2Config(
        hidden_size=64,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=32,
        conv_dim=[8] * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
        classifier_proj_size=16,
        id2label=dict(enumerate(("ang", "hap", "neu", "sad"))),
    )
    transformers.Wav2Vec2ForSequenceClassification(config).save_pretrained(tmp_path / "net")
    found = [
        collection(tmp_path / "sounds", np.linspace(0.1, 0.9, 5).tolist(), name)
        for name in ("evening", "morning", "night")
    ]
    alone = labelling.label(
        found, teacher=str(tmp_path / "net"), out=tmp_path / "alone", device="cpu"
    )
    given = ["--corpora", str(tmp_path / "sounds"), "--teacher", str(tmp_path / "net")]
    given += ["--out", str(tmp_path / "team"), "--device", "cpu", "--processes", "2"]
    assert door.main(["label", *given]) == 0
    told = capfd.readouterr().out
    assert "process 1 of 2 is done" in told
    assert "process 2 of 2 is done" in told
    assert told.count("15 clips labelled") == 1
    team = read(tmp_path / "team")
    assert team.keys == alone.keys
    assert team.opinions.shares == pytest.approx(alone.opinions.shares, abs=1e-6)
