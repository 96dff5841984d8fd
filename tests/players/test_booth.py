"""Cues, skips and undos as they are heard: every track is a tone that tells its number."""

import numpy as np
import pytest

from dndmood.events import Command, Cue, Track
from dndmood.players._booth import Booth
from tests.fakes import tone

RATE_HZ = 8000


@pytest.fixture
def calm(tmp_path):
    return tuple(tone(tmp_path / f"calm{n}.wav", seconds=40, hz=200 * n) for n in (1, 2, 3))


@pytest.fixture
def battle(tmp_path):
    return tuple(tone(tmp_path / f"battle{n}.wav", seconds=40, hz=200 * n) for n in (4, 5, 6))


@pytest.fixture
def booth():
    booth = Booth(RATE_HZ, prefetch=False)
    yield booth
    booth.close()


def heard(booth: Booth, seconds: float) -> int:
    """Number of the track that sounds at the end of so many seconds."""
    sound = booth.render(round(seconds * RATE_HZ))[-RATE_HZ // 4 :, 0]
    return round(int(np.abs(np.fft.rfft(sound)).argmax()) * 4 / 200)


def cue(mood: str, tracks: tuple[Track, ...], *, resume: bool = False) -> Cue:
    return Cue(0.0, mood, tracks, 0.5, "so", resume=resume)


def test_an_undo_after_a_skip_brings_the_mood_before_not_the_track_before(booth, calm, battle):
    booth(cue("calm", calm))
    assert heard(booth, 3.0) == 1
    booth(cue("battle", battle))
    assert heard(booth, 3.0) == 4
    booth(Command("skip"))
    assert heard(booth, 3.0) == 5
    booth(cue("calm", calm, resume=True))
    assert heard(booth, 3.0) == 1


def test_after_an_undo_a_skip_goes_on_from_the_track_that_came_back(booth, calm, battle):
    booth(cue("calm", calm))
    booth(Command("skip"))
    assert heard(booth, 3.0) == 2
    booth(cue("battle", battle))
    assert heard(booth, 3.0) == 4
    booth(cue("calm", calm, resume=True))
    assert heard(booth, 3.0) == 2
    booth(Command("skip"))
    assert heard(booth, 3.0) == 3


def test_a_mood_without_music_comes_back_as_silence(booth, calm, battle):
    booth(cue("calm", calm))
    assert heard(booth, 3.0) == 1
    booth(cue("awe", ()))
    heard(booth, 3.0)
    booth(cue("battle", battle))
    assert heard(booth, 3.0) == 4
    booth(cue("awe", (), resume=True))
    heard(booth, 3.0)
    assert not booth.render(RATE_HZ).any()
