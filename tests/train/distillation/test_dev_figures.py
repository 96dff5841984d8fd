"""What a fresh student knows of voices it never heard."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from dndmood_train.audio.feature_cache import Spectra
from dndmood_train.corpora import Clip, Targets
from dndmood_train.distillation import dev_figures
from dndmood_train.distillation.dataset import Dataset
from dndmood_train.students import MelFrontEnd, Network, Outputs

VOICES, FRAMES = 10, 80
LOW, MIDDLE, HIGH = slice(0, 10), slice(20, 40), slice(50, 60)
"""Bands in which the voices, the music and the noises of this test sound."""


class Listener(Network):
    """Calls voice whatever sounds low, the more the less there is beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.ears = MelFrontEnd()

    def from_mel(self, mel: torch.Tensor) -> Outputs:
        loud = mel.exp().mean(2)
        voice = torch.log(loud[:, LOW].sum(1) / loud.sum(1))
        dims = torch.stack([torch.zeros_like(voice), torch.zeros_like(voice), voice], 1)
        return Outputs(logits=torch.zeros(len(mel), 8), dims=dims, features=dims)


def sounding(bands: slice) -> np.ndarray:
    power = np.full((FRAMES, 64), -6.0, np.float16)
    power[:, bands] = 0.0
    return power


def data(*, music_kept: bool) -> Dataset:
    """Ten voices, two noises and two pieces; nobody was heard but, if not kept, the music."""
    bands = [LOW] * VOICES + [HIGH] * 2 + [MIDDLE] * 2
    count = len(bands)
    unknown = np.full((count, 8), np.nan, np.float32)
    share = np.zeros(count)
    if not music_kept:
        share[-2:] = 0.5
    return Dataset(
        spectra=Spectra(
            {"clean": (np.concatenate([sounding(b) for b in bands]), FRAMES * np.arange(1, 15))}
        ),
        targets=Targets(
            unknown,
            np.ones((count, 8), bool),
            unknown[:, :2],
            np.array([1.0] * VOICES + [0.0] * 4, np.float32),
            unknown[:, 0],
        ),
        share=share,
        weight=np.ones(count, np.float32),
        kind=["voice"] * VOICES + ["noise"] * 2 + ["music"] * 2,
        logits=unknown,
        opinions=unknown[:, :2],
        features=unknown[:, :0],
        even=np.ones(count, np.float32),
        corpus=np.zeros(count, np.int64),
        speaker=np.zeros(count, np.int64),
    )


CLIPS = [
    Clip(
        path=Path(f"{n}.wav"),
        corpus="cremad",
        speaker="cremad:1009",
        emotion="neutral",
        language="en",
    )
    for n in range(VOICES)
]


def test_voices_that_were_learned_from_are_not_measured() -> None:
    """They sound like noises here, and would be missed."""
    more = data(music_kept=True)
    learned = dataclasses.replace(CLIPS[0], speaker="cremad:1002")
    spectra, ends = more.spectra.copies["clean"]
    noisy = np.concatenate([spectra, *[sounding(HIGH)] * VOICES])
    ends = np.concatenate([ends, ends[-1] + FRAMES * np.arange(1, VOICES + 1)])
    rows = [*range(VOICES), *range(VOICES + 4, 2 * VOICES + 4), *range(VOICES, VOICES + 4)]
    frames = np.concatenate([noisy[FRAMES * row : FRAMES * (row + 1)] for row in rows])
    everything = Spectra({"clean": (frames, ends)})

    def doubled(array: np.ndarray) -> np.ndarray:
        return np.concatenate([array[:VOICES], array])

    targets = Targets(
        *(
            doubled(getattr(more.targets, field.name))
            for field in dataclasses.fields(more.targets)
        )
    )
    more = dataclasses.replace(
        more,
        spectra=everything,
        targets=targets,
        share=np.concatenate([np.zeros(VOICES), np.full(VOICES, 0.1), np.zeros(4)]),
        kind=["voice"] * VOICES + list(more.kind),
    )
    found = dev_figures.measure(
        Listener(), more, [*CLIPS, *[learned] * VOICES], window_s=0.5, everyone=False
    )
    alone = dev_figures.measure(
        Listener(), data(music_kept=True), CLIPS, window_s=0.5, everyone=False
    )
    assert found.offset == pytest.approx(alone.offset, abs=0.1)
    assert found.table["voice_heard_in_speech"] == 1.0


def border(*, music_kept: bool) -> float:
    found = dev_figures.measure(
        Listener(), data(music_kept=music_kept), CLIPS, window_s=0.5, everyone=False
    )
    return -found.offset[2]


def test_a_voice_over_music_is_to_be_heard_as_a_voice() -> None:
    # 0 to 10 dB over music this listener has log(1 / 2) to log(10 / 11) left of a voice.
    assert border(music_kept=True) < np.log(0.5)
    assert border(music_kept=False) > border(music_kept=True)


def test_too_few_voices_say_nothing() -> None:
    found = dev_figures.measure(
        Listener(), data(music_kept=True), CLIPS[:3], window_s=0.5, everyone=False
    )
    assert found.slope == (1.0, 1.0, 1.0)
    assert "too few" in found.table["protocol"]


@pytest.mark.parametrize("count", [3, VOICES])
def test_who_learned_from_everybody_cannot_be_measured(count: int) -> None:
    found = dev_figures.measure(
        Listener(), data(music_kept=True), CLIPS[:count], window_s=0.5, everyone=True
    )
    assert found.offset == (0.0, 0.0, 0.0)
