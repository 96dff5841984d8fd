"""Our own music is taken out of what the microphone hears, and the voices stay as they were."""

import numpy as np
import pytest
import soundfile
import soxr

from dndmood import paths
from dndmood.events import RATE_HZ, Samples
from dndmood.linear_echo import LATE, LinearEcho
from tests.fakes import noise, room
from tests.hearing.test_behind_music import at_level, db, voice

SECONDS = 40
VOICE_DB, MUSIC_DB = -22.0, -30.0


def played(mood: str = "battle") -> tuple[Samples, Samples]:
    """Left and right of a starter track."""
    path = min((paths.data("playlists") / mood).glob("*.ogg"))
    rate_hz = soundfile.info(path).samplerate
    sound, _ = soundfile.read(path, SECONDS * rate_hz, dtype="float32", always_2d=True)
    both = soxr.resample(sound * 0.5, rate_hz, RATE_HZ).astype(np.float32)
    return both[:, 0].copy(), both[:, -1].copy()


def talk() -> Samples:
    """The voices of the demo again and again, with a room's soft noise; nobody speaks at first."""
    sound = np.resize(voice(15), SECONDS * RATE_HZ)
    sound[: 2 * RATE_HZ] = 0.0
    return at_level(sound, VOICE_DB) + noise(SECONDS, 0.001)


def without(heard, reference, side=None, size=480) -> Samples:
    echo, ready = LinearEcho(), []
    for i in range(0, len(heard), size):
        beside = None if side is None else side[i : i + size]
        ready.append(echo.push(heard[i : i + size], reference[i : i + size], beside))
    return np.concatenate([*ready, echo.rest()])


def taken_db(heard, arrives, left, begin_s=10) -> float:
    """By how many dB what arrives of the music, and harm to the voice with it, is less than before."""
    behind = slice(begin_s * RATE_HZ, None)
    return db(arrives[behind]) - db((left - (heard - arrives))[behind])


@pytest.fixture(scope="module")
def scene() -> tuple[Samples, Samples, Samples]:
    """Talk, music as it arrives, and the music in mono."""
    left, right = played()
    middle = (left + right) / 2.0
    return talk(), at_level(room(middle), MUSIC_DB), middle


def test_music_by_one_way_is_taken_out_and_the_voice_stays(scene):
    talk, arrives, music = scene
    heard = talk + arrives
    assert taken_db(heard, arrives, without(heard, music)) > 12.0


def test_left_and_right_by_two_ways_are_both_taken_out():
    left, right = played()
    arrives = at_level(room(left, seed=4) + room(right, seed=5), MUSIC_DB)
    heard = talk() + arrives
    middle, side = (left + right) / 2.0, (left - right) / 2.0
    both = taken_db(heard, arrives, without(heard, middle, side))
    assert both > 10.0
    assert both > taken_db(heard, arrives, without(heard, middle)) + 2.0


@pytest.mark.parametrize("ppm", [-100.0, 30.0])
def test_clocks_that_drift_apart_are_followed(scene, ppm):
    talk, arrives, music = scene
    now = np.arange(len(arrives)) * (1.0 + ppm * 1e-6)
    slid = np.interp(now, np.arange(len(arrives)), arrives).astype(np.float32)
    heard = talk + slid
    assert taken_db(heard, slid, without(heard, music)) > 4.0


def test_another_way_is_learned_within_seconds(scene):
    talk, arrives, music = scene
    change = 15 * RATE_HZ
    moved = np.concatenate((arrives[:change], arrives[change + 800 :], arrives[:800]))
    heard = talk + moved
    assert taken_db(heard, moved, without(heard, music), begin_s=22) > 8.0


def test_a_voice_is_not_harmed_by_music_that_does_not_arrive(scene):
    voice, _, music = scene
    harm = without(voice, music) - voice
    assert db(harm) < db(voice) - 24.0


def test_pieces_of_any_length_give_the_same(scene):
    talk, arrives, music = scene
    heard = (talk + arrives)[: 8 * RATE_HZ]
    first, second = (without(heard, music, size=size) for size in (480, 1601))
    assert len(first) == len(second) == len(heard)
    assert first == pytest.approx(second, abs=0.02)
    assert db(first - second) < db(first) - 30.0


def test_nothing_is_touched_or_held_back_where_nothing_is_known_or_plays(scene):
    talk, _, music = scene
    echo = LinearEcho()
    for i in range(0, 5 * RATE_HZ, 480):
        assert np.array_equal(echo.push(talk[i : i + 480], None), talk[i : i + 480])
    silence = np.zeros(RATE_HZ, np.float32)
    ready = [echo.push(talk[:RATE_HZ], music[-RATE_HZ:])]
    assert 0 < echo.waiting <= LATE
    ready.append(echo.push(talk[RATE_HZ : 2 * RATE_HZ], silence))
    assert echo.waiting == 0 and sum(map(len, ready)) == 2 * RATE_HZ
    assert np.array_equal(echo.push(silence, silence), silence)


def test_what_is_no_sound_does_not_stay(scene):
    talk, arrives, music = scene
    heard = (talk + arrives).astype(np.float32)
    heard[5 * RATE_HZ : 5 * RATE_HZ + 100] = np.nan
    left = without(heard, music)
    behind = slice(12 * RATE_HZ, None)
    assert np.isfinite(left[behind]).all()
    assert db(left[behind] - talk[behind]) < db(arrives[behind]) - 8.0
