"""Cues, skips and undos as they are heard: every track is a tone that tells its number."""

import numpy as np
import pytest

from dndmood.events import Command, Cue, Track
from dndmood.players import _tracks
from dndmood.players._loudness import level
from dndmood.players._playback import Playback
from tests.fakes import tone

RATE_HZ = 8000


@pytest.fixture
def calm(tmp_path):
    return tuple(tone(tmp_path / f"calm{n}.wav", seconds=40, hz=200 * n) for n in (1, 2, 3))


@pytest.fixture
def battle(tmp_path):
    return tuple(tone(tmp_path / f"battle{n}.wav", seconds=40, hz=200 * n) for n in (4, 5, 6))


@pytest.fixture
def playback():
    playback = Playback(RATE_HZ, prefetch=False)
    yield playback
    playback.close()


def heard(playback: Playback, seconds: float) -> int:
    """Number of the track that sounds at the end of so many seconds."""
    sound = playback.render(round(seconds * RATE_HZ))[-RATE_HZ // 4 :, 0]
    return round(int(np.abs(np.fft.rfft(sound)).argmax()) * 4 / 200)


def cue(mood: str, tracks: tuple[Track, ...], *, resume: bool = False) -> Cue:
    return Cue(0.0, mood, tracks, 0.5, "so", resume=resume)


def test_an_undo_after_a_skip_brings_the_mood_before_not_the_track_before(
    playback, calm, battle
):
    playback(cue("calm", calm))
    assert heard(playback, 3.0) == 1
    playback(cue("battle", battle))
    assert heard(playback, 3.0) == 4
    playback(Command("skip"))
    assert heard(playback, 3.0) == 5
    playback(cue("calm", calm, resume=True))
    assert heard(playback, 3.0) == 1


def test_after_an_undo_a_skip_goes_on_from_the_track_that_came_back(playback, calm, battle):
    playback(cue("calm", calm))
    playback(Command("skip"))
    assert heard(playback, 3.0) == 2
    playback(cue("battle", battle))
    assert heard(playback, 3.0) == 4
    playback(cue("calm", calm, resume=True))
    assert heard(playback, 3.0) == 2
    playback(Command("skip"))
    assert heard(playback, 3.0) == 3


def test_a_mood_without_music_comes_back_as_silence(playback, calm, battle):
    playback(cue("calm", calm))
    assert heard(playback, 3.0) == 1
    playback(cue("awe", ()))
    heard(playback, 3.0)
    playback(cue("battle", battle))
    assert heard(playback, 3.0) == 4
    playback(cue("awe", (), resume=True))
    heard(playback, 3.0)
    assert not playback.render(RATE_HZ).any()


@pytest.fixture
def sorrow(tmp_path):
    return tuple(tone(tmp_path / f"sorrow{n}.wav", seconds=40, hz=200 * n) for n in (7, 8))


def test_an_undo_to_a_mood_that_never_sounded_plays_that_mood(playback, calm, battle, sorrow):
    """As when both changes come while the speaker is away."""
    playback(cue("calm", calm))
    assert heard(playback, 3.0) == 1
    playback(cue("battle", battle))
    playback(cue("sorrow", sorrow))
    assert heard(playback, 3.0) == 7
    playback(cue("battle", battle, resume=True))
    assert heard(playback, 3.0) == 4
    playback(cue("sorrow", sorrow, resume=True))
    assert heard(playback, 3.0) == 7


def test_an_undo_of_a_mood_that_has_not_sounded_yet_keeps_what_plays(playback, calm, battle):
    playback(cue("calm", calm))
    playback(Command("skip"))
    assert heard(playback, 3.0) == 2
    playback(cue("battle", battle))
    playback(cue("calm", calm, resume=True))
    assert heard(playback, 3.0) == 2


def test_silence_asked_for_before_the_first_sound_lasts_over_another_rate(playback, calm):
    playback(cue("calm", calm))
    playback(Command("silence"))
    playback.change_rate(44_100)
    assert np.abs(playback.render(3 * 44_100)).max() < 0.01


def test_only_who_waits_in_silence_has_a_track_begin_after_a_short_look(
    playback, calm, battle, monkeypatch
):
    looks = []
    monkeypatch.setattr(
        _tracks,
        "level",
        lambda *about, brief, **how: looks.append(brief) or level(*about, **how),
    )
    playback(cue("calm", calm))
    assert heard(playback, 3.0) == 1
    playback(cue("battle", battle))
    assert heard(playback, 3.0) == 4
    assert looks[0] is True
    assert True not in looks[1:]
    assert len(looks) > 1
