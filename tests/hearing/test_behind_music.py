"""Voices are found behind our own music, and our own music is never taken for one."""

import numpy as np
import pytest
import soundfile
import soxr

from dndmood import paths
from dndmood.events import RATE_HZ, AudioChunk, Balance, Samples, SpeechWindow
from dndmood.hearing.pause import attend
from dndmood.hearing.speech import find_speech
from dndmood.hearing.webrtc import WebRtcEcho, WebRtcVoice
from tests.fakes import LoudIsSpeech, noise, room

MUSIC_DB = -33.0
VOICE_DB = -22.0


def db(sound: Samples) -> float:
    return float(10.0 * np.log10(np.square(sound, dtype=np.float64).mean() + 1e-12))


def at_level(sound: Samples, level_db: float) -> Samples:
    return (sound * 10.0 ** ((level_db - db(sound)) / 20.0)).astype(np.float32)


def starter(mood: str, seconds: float) -> Samples:
    """The first starter track of `mood`, mono."""
    path = min((paths.data("playlists") / mood).glob("*.ogg"))
    rate_hz = soundfile.info(path).samplerate
    sound, _ = soundfile.read(path, round(seconds * rate_hz), dtype="float32", always_2d=True)
    return at_level(soxr.resample(sound.mean(axis=1), rate_hz, RATE_HZ), -20.0)


def voice(seconds: float) -> Samples:
    """The voices of the scene that comes along, without their pauses."""
    path = paths.data("playlists").parent / "dndmood" / "demo.ogg"
    sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = soxr.resample(sound.mean(axis=1), rate_hz, RATE_HZ)
    return at_level(mono[: round(seconds * RATE_HZ)], VOICE_DB)


def banded(sound: Samples) -> Samples:
    """`sound` between 150 and 7000 Hz."""
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1.0 / RATE_HZ)
    kept = np.where((hz > 150.0) & (hz < 7000.0), spectrum, 0.0)
    return np.fft.irfft(kept, len(sound)).astype(np.float32)


def tape(heard: Samples, played: Samples | None, size: int = 480) -> list[AudioChunk]:
    return [
        AudioChunk(heard[i : i + size], i, None if played is None else played[i : i + size])
        for i in range(0, len(heard), size)
    ]


def hear(chunks, *, cancelling: bool = True):
    echo = WebRtcEcho() if cancelling else None
    return list(find_speech(chunks, voice=WebRtcVoice(), behind=WebRtcVoice(), echo=echo))


def windows(found) -> list[SpeechWindow]:
    return [event for event in found if isinstance(event, SpeechWindow)]


@pytest.fixture(scope="module")
def scene() -> tuple[Samples, Samples]:
    """Forty seconds of music, what the microphone hears of it, and soft noise."""
    played = starter("calm", 40)
    return at_level(room(played), MUSIC_DB) + noise(40, 0.0005), played


@pytest.mark.parametrize("mood", ["calm", "battle", "merry"])
@pytest.mark.parametrize("level_db", [-25.0, -40.0])
def test_music_alone_is_no_speech(mood, level_db):
    played = starter(mood, 25)
    heard = at_level(room(played), level_db) + noise(25, 0.0005)
    assert windows(hear(tape(heard, played))) == []


def test_without_the_reference_the_same_music_would_be_taken_for_speech(scene):
    heard, _ = scene
    assert len(windows(hear(tape(heard, None)))) > 3


def test_speech_over_music_is_found_and_given_raw(scene):
    heard, played = scene
    talk = np.zeros(len(heard), np.float32)
    talk[15 * RATE_HZ : 35 * RATE_HZ] = voice(20)
    both = heard + talk
    alone = windows(hear(tape(talk, None)))
    found = windows(hear(tape(both, played)))
    assert len(found) >= 0.6 * len(alone) > 5
    assert all(15.0 < window.at_s < 36.5 for window in found)
    for window in found:
        end = round(window.at_s * RATE_HZ)
        assert np.array_equal(window.samples, both[end - len(window.samples) : end])


@pytest.mark.parametrize("mood", ["calm", "suspense", "battle"])
def test_most_talk_is_found_that_stands_only_four_decibels_above_the_music(mood):
    """Sorrow is spoken softly: if only loud talk is heard, every evening becomes a battle."""
    played = starter(mood, 40)
    heard = at_level(room(played), VOICE_DB - 4.0) + noise(40, 0.0005)
    talk = np.zeros(len(heard), np.float32)
    talk[15 * RATE_HZ : 35 * RATE_HZ] = voice(20)
    alone = windows(hear(tape(talk, None)))
    found = windows(hear(tape(heard + talk, played)))
    assert len(found) >= 0.75 * len(alone) > 5
    assert all(15.0 < window.at_s < 37.0 for window in found)


def test_the_balance_is_right_to_within_three_decibels(scene):
    heard, played = scene
    talk = np.zeros(len(heard), np.float32)
    talk[15 * RATE_HZ : 35 * RATE_HZ] = voice(20)
    told = [e for e in hear(tape(heard + talk, played)) if isinstance(e, Balance)]
    before = [b for b in told if 8.0 < b.at_s < 15.0]
    assert all(b.voice_db is None and b.over_music_db is None for b in before)
    truth_db = db(banded(heard[8 * RATE_HZ : 15 * RATE_HZ]))
    told_db = 10.0 * np.log10(np.mean([10.0 ** (b.music_db / 10.0) for b in before]))
    assert told_db == pytest.approx(truth_db, abs=2.0)
    last = next(b for b in told if b.at_s > 33.0)
    assert last.music_db == pytest.approx(db(banded(heard[31 * RATE_HZ : 33 * RATE_HZ])), abs=4)
    spoken = banded(voice(20)[13 * RATE_HZ : 18 * RATE_HZ]).reshape(-1, 320)
    loud = spoken[np.square(spoken).mean(axis=1) > 1e-4]
    assert last.speaking and last.voice_db == pytest.approx(db(loud), abs=3.0)
    assert min(np.diff([b.at_s for b in told])) >= 0.5 - 1e-9


def test_chunk_sizes_do_not_matter(scene):
    heard, played = scene
    talk = np.zeros(len(heard), np.float32)
    talk[15 * RATE_HZ : 35 * RATE_HZ] = voice(20)
    one, other = (
        [
            (type(e), e.at_s)
            for e in hear(tape(heard + talk, played, size))
            if not isinstance(e, AudioChunk)
        ]
        for size in (480, 7001)
    )
    assert one == other


def with_gap(heard: Samples, played: Samples, at_s: float, gap_s: float) -> list[AudioChunk]:
    """The tape of `heard`, in which `gap_s` of silence on the tape stand at `at_s`."""
    cut = round(at_s * RATE_HZ)
    first, second = tape(heard[:cut], played[:cut]), tape(heard[cut:], played[cut:])
    later = cut + round(gap_s * RATE_HZ)
    return first + [AudioChunk(c.samples, c.start + later, c.reference) for c in second]


def test_talk_is_found_at_once_when_a_microphone_is_back(scene):
    """Nobody at the table pauses so that the program may learn the room again."""
    heard, played = scene
    talk = np.zeros(len(heard), np.float32)
    talk[10 * RATE_HZ :] = voice(30)
    found = windows(hear(with_gap(heard + talk, played, 20.0, 20.0)))
    after = [window.at_s for window in found if window.at_s > 40.0]
    assert after and after[0] < 45.0


@pytest.mark.parametrize("louder_db", [0.0, 12.0])
def test_music_is_no_talk_after_a_gap_also_in_a_louder_microphone(scene, louder_db):
    heard, played = scene
    heard = heard.copy()
    heard[20 * RATE_HZ :] *= 10.0 ** (louder_db / 20.0)
    assert windows(hear(with_gap(heard, played, 20.0, 20.0))) == []


def test_headphones_do_not_make_the_table_deaf():
    played = starter("battle", 30)
    talk = np.zeros(30 * RATE_HZ, np.float32)
    talk[5 * RATE_HZ : 25 * RATE_HZ] = at_level(voice(20), -40.0)
    heard = talk + noise(30, 0.0005)
    alone = windows(hear(tape(heard, None)))
    assert len(windows(hear(tape(heard, played)))) >= 0.6 * len(alone) > 5


def test_a_pause_hides_the_music_too_so_that_nothing_false_is_learnt(scene):
    from dndmood.events import Command

    heard, played = scene
    chunks = tape(heard, played)
    paused = [*chunks[:500], Command("pause"), *chunks[500:900], Command("pause")]
    found = hear(attend([*paused, *chunks[900:]]))
    hidden = [e for e in found if isinstance(e, AudioChunk)][500:900]
    assert all(chunk.reference is None and not chunk.samples.any() for chunk in hidden)
    assert windows(found) == []


def test_sound_too_soft_to_be_talk_is_none():
    sound = noise(6, 0.02)
    found = find_speech(tape(sound, None), voice=LoudIsSpeech(), least_db=-30.0)
    assert windows(found) == []
    assert windows(find_speech(tape(sound, None), voice=LoudIsSpeech(), least_db=-36.0))


def surroundings(place: str, seconds: float) -> Samples:
    """The ambience of `place` that comes along, mono."""
    path = paths.data("playlists") / "ambience" / place / f"{place}.ogg"
    rate_hz = soundfile.info(path).samplerate
    sound, _ = soundfile.read(path, round(seconds * rate_hz), dtype="float32", always_2d=True)
    return at_level(soxr.resample(sound.mean(axis=1), rate_hz, RATE_HZ), -20.0)


@pytest.mark.parametrize("place", ["tavern", "water", "forest"])
@pytest.mark.parametrize("level_db", [-30.0, -45.0])
def test_the_ambience_from_our_own_speaker_is_no_speech(place, level_db):
    played = surroundings(place, 25)
    heard = at_level(room(played), level_db) + noise(25, 0.0005)
    assert windows(hear(tape(heard, played))) == []


def test_the_echo_canceller_takes_rain_out_that_would_be_taken_for_speech_without():
    played = surroundings("water", 25)
    heard = at_level(room(played), -30.0) + noise(25, 0.0005)
    assert len(windows(hear(tape(heard, None)))) > 3
    echo = WebRtcEcho()
    left = np.concatenate(
        [echo(heard[i : i + 320], played[i : i + 320]) for i in range(0, len(heard), 320)]
    )
    late = slice(10 * RATE_HZ, 24 * RATE_HZ)
    assert db(left[late]) < db(heard[late]) - 15.0


def test_somebody_who_speaks_over_music_and_ambience_together_is_found():
    played = at_level(starter("calm", 40), -20.0) + at_level(surroundings("tavern", 40), -32.0)
    heard = at_level(room(played), MUSIC_DB) + noise(40, 0.0005)
    talk = np.zeros(len(heard), np.float32)
    talk[15 * RATE_HZ : 35 * RATE_HZ] = voice(20)
    alone = windows(hear(tape(talk, None)))
    found = windows(hear(tape(heard + talk, played)))
    assert len(found) >= 0.6 * len(alone) > 5
    assert all(15.0 < window.at_s < 36.5 for window in found)
