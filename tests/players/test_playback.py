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


def cue(
    mood: str, tracks: tuple[Track, ...], *, resume: bool = False, goes_on: bool = False
) -> Cue:
    return Cue(0.0, mood, tracks, 0.5, "so", resume=resume, goes_on=goes_on)


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


@pytest.mark.parametrize("before", [1, 2])
def test_tracks_that_join_are_heard_after_the_present_one(playback, calm, battle, before):
    playback(cue("calm", calm[:before]))
    assert heard(playback, 3.0) == 1
    playback(cue("calm", (calm[0], calm[2], battle[0]), goes_on=True))
    assert heard(playback, 30.0) == 1  # without a break
    assert heard(playback, 10.0) == 3
    assert heard(playback, 37.0) == 4
    assert heard(playback, 37.0) == 1


def test_tracks_that_join_before_the_first_sound_or_while_another_mood_plays_count_too(
    playback, calm, battle
):
    playback(cue("calm", calm))
    playback(cue("calm", (calm[0], calm[2]), goes_on=True))
    assert heard(playback, 3.0) == 1
    playback(Command("skip"))
    assert heard(playback, 3.0) == 3
    playback(cue("battle", battle))
    playback(cue("battle", (battle[0], battle[2]), goes_on=True))
    assert heard(playback, 3.0) == 4
    playback(cue("calm", (calm[0], calm[2]), resume=True))
    assert heard(playback, 3.0) == 3
    assert heard(playback, 40.0) == 1


def test_a_track_that_has_begun_when_others_join_is_not_heard_twice_in_a_row(
    playback, calm, battle
):
    playback(cue("calm", calm))
    assert heard(playback, 3.0) == 1
    assert heard(playback, 36.0) == 2
    playback(cue("calm", (calm[0], calm[1], battle[0]), goes_on=True))
    assert heard(playback, 37.0) == 4


def test_a_piece_in_three_intensities_may_join_a_plain_one(playback, calm, tmp_path):
    paths = tuple(
        tone(tmp_path / f"siege.{word}.wav", seconds=40, hz=200 * number).path
        for word, number in (("low", 5), ("mid", 6), ("high", 7))
    )
    siege = Track(paths[0], "siege", 40.0, intensities=paths)
    playback(cue("calm", calm[:2]))
    assert heard(playback, 3.0) == 1
    playback(cue("calm", (calm[0], siege, calm[1]), goes_on=True))
    assert heard(playback, 40.0) == 6
    assert heard(playback, 37.0) == 2
