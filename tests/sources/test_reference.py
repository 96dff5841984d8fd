"""What was played stays beside what was heard: through fits and starts, drift and stumbles."""

import numpy as np
import pytest

from dndmood.events import RATE_HZ, AudioChunk, Samples
from dndmood.reference_tap import ReferenceTap
from dndmood.sources._delay import DelayFinder
from dndmood.sources._reference import ReferenceAligner
from tests.fakes import noise
from tests.hearing.test_behind_music import at_level, hear, room, starter, voice, windows

ROOM = np.concatenate(([0.6], np.zeros(90), [-0.3], np.zeros(200), [0.15]))


def delayed(sound: Samples, samples: int) -> Samples:
    return np.concatenate((np.zeros(samples, np.float32), sound))[: len(sound)]


def music(seconds: float, seed: int = 3) -> Samples:
    """Noise in notes of a fifth of a second: a sound that is never twice the same."""
    sound = noise(seconds, 0.1, seed=seed)
    notes = np.random.default_rng(seed).uniform(0.2, 1.5, len(sound) // 3200 + 1)
    return sound * np.repeat(notes, 3200)[: len(sound)].astype(np.float32)


def drawn(aligner: ReferenceAligner, heard: Samples) -> Samples | None:
    """The mono reference alone."""
    found = aligner.draw(heard)
    return None if found is None else found[0]


def evening(
    aligner: ReferenceAligner,
    tap: ReferenceTap,
    played: Samples,
    heard: Samples,
    *,
    drift: float = 0.0,
) -> list[Samples | None]:
    """The player pours blocks of 0.1 s, early or late by up to 40 ms; 30 ms are heard at a time.

    With a `drift` of 1e-4 the player's clock is 100 ppm fast.
    """
    rng, poured, found = np.random.default_rng(5), 0, []
    for start in range(0, len(heard) - 480, 480):
        due = (start + 480 + rng.integers(-640, 640)) * (1.0 + drift) + 1600
        while poured + 1600 <= due:
            tap.pour(played[poured : poured + 1600, np.newaxis], RATE_HZ)
            poured += 1600
        found.append(drawn(aligner, heard[start : start + 480]))
    return found


def lag(found: list[Samples | None], heard: Samples, at_s: float) -> float:
    """By how many seconds `heard` comes after its reference, around `at_s`."""
    first = round(at_s * RATE_HZ) // 480
    reference = np.concatenate([f for f in found[first : first + 60] if f is not None])
    sound = heard[first * 480 : first * 480 + len(reference)]
    curve = np.fft.irfft(np.fft.rfft(sound, 65_536) * np.fft.rfft(reference, 65_536).conj())
    place = int(np.abs(curve).argmax())
    return (place if place < 32_768 else place - 65_536) / RATE_HZ


def position(chunk: Samples | None, played: Samples, near: int) -> int:
    """Where in `played` these samples lie."""
    assert chunk is not None
    first = max(near - 12_000, 0)
    places = np.flatnonzero(played[first : near + 12_000] == chunk[0]) + first
    return next(int(at) for at in places if np.array_equal(played[at : at + 480], chunk))


@pytest.mark.parametrize("delay_s", [0.12, 0.3, 0.7])
def test_the_delay_is_found_and_little_of_it_remains(delay_s):
    tap = ReferenceTap()
    played = music(30)
    heard = delayed(np.convolve(played, ROOM)[: len(played)], round(delay_s * RATE_HZ))
    found = evening(ReferenceAligner(tap), tap, played, heard.astype(np.float32))
    assert 0.0 <= lag(found, heard, 20.0) <= 0.08
    assert abs(lag(found, heard, 20.0) - lag(found, heard, 27.0)) < 0.005


def test_the_delay_is_found_while_somebody_speaks_louder_than_the_music():
    played = music(30)
    heard = delayed(played, round(0.35 * RATE_HZ)) + 2.0 * music(30, seed=8)
    finder = DelayFinder()
    found = [
        finder.push(heard[i : i + 480], played[i : i + 480])
        for i in range(0, len(heard) - 480, 480)
    ]
    first = next(delay for delay in found if delay is not None)
    assert first == pytest.approx(0.35, abs=0.003)


def test_no_delay_is_found_where_the_microphone_does_not_hear_the_music():
    finder, played, heard = DelayFinder(), music(40), music(40, seed=9)
    pushed = (
        finder.push(heard[i : i + 480], played[i : i + 480])
        for i in range(0, len(heard) - 480, 480)
    )
    assert all(delay is None for delay in pushed)


@pytest.mark.parametrize("then_s", [0.12, 0.65, 1.1])
def test_another_way_to_the_microphone_is_found_within_half_a_minute(then_s):
    tap, seconds, change = ReferenceTap(), 75, 30 * RATE_HZ
    played = music(seconds)
    heard = delayed(played, round(0.35 * RATE_HZ))
    heard[change:] = delayed(played, round(then_s * RATE_HZ))[change:]
    found = evening(ReferenceAligner(tap), tap, played, heard)
    assert 0.0 <= lag(found, heard, 27.0) <= 0.08
    assert 0.0 <= lag(found, heard, 62.0) <= 0.08
    assert lag(found, heard, 62.0) == pytest.approx(lag(found, heard, 72.0), abs=0.005)


def test_after_a_gap_the_delay_is_looked_for_again():
    tap, seconds, change = ReferenceTap(), 60, 30 * RATE_HZ
    played = music(seconds)
    heard = delayed(played, round(0.35 * RATE_HZ))
    heard[change:] = delayed(played, round(0.6 * RATE_HZ))[change:]
    aligner, found, poured = ReferenceAligner(tap), [], 0
    for start in range(0, len(heard) - 480, 480):
        while poured + 1600 <= start + 2080:
            tap.pour(played[poured : poured + 1600, np.newaxis], RATE_HZ)
            poured += 1600
        if start == change - 3 * RATE_HZ:
            aligner.skip(3 * RATE_HZ)
        if change - 3 * RATE_HZ <= start < change:
            found.append(None)
        else:
            found.append(drawn(aligner, heard[start : start + 480]))
    assert 0.0 <= lag(found, heard, 50.0) <= 0.08


def test_after_the_player_was_gone_the_delay_is_looked_for_again():
    tap, played = ReferenceTap(), music(90)
    aligner = ReferenceAligner(tap)
    heard = delayed(played, round(0.3 * RATE_HZ))
    evening(aligner, tap, played[: 30 * RATE_HZ], heard[: 30 * RATE_HZ])
    for _ in range(200):
        drawn(aligner, np.zeros(480, np.float32))
    later, heard = played[35 * RATE_HZ :], delayed(played[35 * RATE_HZ :], round(0.8 * RATE_HZ))
    found = evening(aligner, tap, later, heard)
    assert 0.0 <= lag(found, heard, 20.0) <= 0.08


def test_music_that_repeats_itself_moves_nothing():
    tap = ReferenceTap()
    played = np.resize(music(0.5), 60 * RATE_HZ) + 0.3 * music(60, seed=6)
    heard = delayed(played, round(0.3 * RATE_HZ))
    found = evening(ReferenceAligner(tap), tap, played, heard)
    lags = [lag(found, heard, at_s) for at_s in (20.0, 30.0, 40.0, 50.0)]
    assert max(lags) - min(lags) < 0.005


@pytest.mark.parametrize("told_ms", [1, 10, 30, 40, 60])
def test_a_delay_too_short_to_be_true_still_gives_music_as_reference(told_ms):
    tap, played = ReferenceTap(), music(20)
    heard = delayed(played, round(0.15 * RATE_HZ))
    found = evening(ReferenceAligner(tap, delay_s=told_ms / 1000.0), tap, played, heard)
    late = np.concatenate(found[200:])
    silent = np.mean(np.abs(late.reshape(-1, 80)).max(axis=1) == 0.0)
    assert silent < 0.01
    assert np.square(late).mean() == pytest.approx(np.square(played).mean(), rel=0.1)


def test_a_delay_that_was_told_is_kept():
    tap, played = ReferenceTap(), music(40)
    heard = delayed(played, round(0.35 * RATE_HZ))
    found = evening(ReferenceAligner(tap, delay_s=0.25), tap, played, heard)
    assert lag(found, heard, 5.0) > 0.12
    assert lag(found, heard, 35.0) == pytest.approx(lag(found, heard, 5.0), abs=0.005)


def test_the_delay_that_was_found_is_noted_once(caplog):
    caplog.set_level("INFO", "dndmood")
    tap, played = ReferenceTap(), music(60)
    evening(ReferenceAligner(tap), tap, played, delayed(played, round(0.35 * RATE_HZ)))
    (line,) = caplog.messages
    assert line.startswith("the music takes ") and line.endswith(
        " ms from the mixer to the microphone"
    )


@pytest.mark.parametrize("drift", [1e-4, -1e-4])
def test_clocks_that_drift_apart_do_not_part_the_two(drift):
    tap, seconds = ReferenceTap(), 240
    played = music(seconds + 1)
    # A fast player's clock: what is heard after t seconds was poured t * (1 + drift) in.
    index = np.arange(seconds * RATE_HZ) * (1.0 + drift)
    whole, part = index.astype(np.int64), (index % 1.0).astype(np.float32)
    room = played[whole] * (1.0 - part) + played[np.minimum(whole + 1, len(played) - 1)] * part
    heard = delayed(room.astype(np.float32), 4000)
    found = evening(ReferenceAligner(tap), tap, played, heard, drift=drift)
    lags = [lag(found, heard, at_s) for at_s in (30.0, 120.0, 230.0)]
    # Finer steps would have to be learnt by who takes the music out, and who follows the clocks.
    assert max(lags) - min(lags) < 0.03
    assert all(0.0 <= one <= 0.1 for one in lags)


def test_a_speaker_that_stumbled_is_laid_on_anew():
    tap = ReferenceTap()
    played = music(40)
    aligner = ReferenceAligner(tap, delay_s=0.25)
    heard = delayed(played, 4000)
    late = np.concatenate((heard[: 15 * RATE_HZ], np.zeros(4800, np.float32)))
    late = np.concatenate((late, heard[15 * RATE_HZ :]))[: len(heard)]
    found, poured = [], 0
    for start in range(0, len(late) - 480, 480):
        stalled = 4800 if start >= 15 * RATE_HZ else 0
        while poured + 1600 <= start + 2080 - stalled:
            tap.pour(played[poured : poured + 1600, np.newaxis], RATE_HZ)
            poured += 1600
        found.append(drawn(aligner, late[start : start + 480]))
    assert lag(found, late, 10.0) == pytest.approx(lag(found, late, 24.0), abs=0.05)


def test_the_reference_moves_by_whole_frames_and_rarely():
    """Who has learnt the room behind it would have to learn every other step anew."""
    tap, seconds = ReferenceTap(), 240
    played = music(seconds + 1)
    index = (np.arange(seconds * RATE_HZ) * (1.0 + 2e-4)).astype(np.int64)
    heard = delayed(played[index], 4000)
    found = evening(ReferenceAligner(tap), tap, played, heard, drift=2e-4)
    places = [position(chunk, played, i * 480) for i, chunk in enumerate(found[1000:], 1000)]
    steps = [step for step in np.diff(places) - 480 if step]
    assert 1 <= len(steps) <= 4
    assert all(step % 320 == 0 for step in steps)


def test_sound_that_was_lost_takes_its_music_with_it():
    tap = ReferenceTap()
    aligner = ReferenceAligner(tap, delay_s=0.25)
    played = music(20)
    found, poured, heard = [], 0, delayed(played, 4000)
    for start in range(0, len(heard) - 480, 480):
        while poured + 1600 <= start + 2080:
            tap.pour(played[poured : poured + 1600, np.newaxis], RATE_HZ)
            poured += 1600
        if 8 * RATE_HZ <= start < 9 * RATE_HZ:
            aligner.skip(480)
            found.append(None)
        else:
            found.append(drawn(aligner, heard[start : start + 480]))
    assert lag(found, heard, 4.0) == pytest.approx(lag(found, heard, 10.0), abs=0.005)


def test_nobody_knows_what_plays_before_and_after_the_player():
    tap = ReferenceTap()
    aligner = ReferenceAligner(tap)
    silence = np.zeros(480, np.float32)
    assert drawn(aligner, silence) is None
    found = evening(aligner, tap, music(5), np.zeros(5 * RATE_HZ, np.float32))
    assert found[-1] is not None and len(found[-1]) == 480
    after = [drawn(aligner, silence) for _ in range(100)]
    assert after[0] is not None and after[-1] is None


def test_another_rate_is_brought_to_ours():
    tap = ReferenceTap()
    aligner = ReferenceAligner(tap, delay_s=0.2)
    time = np.arange(48_000 * 4) / 48_000
    tone = np.sin(2 * np.pi * 440 * time).astype(np.float32)
    found = []
    for number in range(40):
        block = tone[number * 4800 : (number + 1) * 4800]
        tap.pour(np.stack((block, block), axis=1), 48_000)
        found.append(drawn(aligner, np.zeros(1600, np.float32)))
    last = np.concatenate([f for f in found[-10:] if f is not None])
    assert np.abs(np.fft.rfft(last)).argmax() * RATE_HZ / len(last) == pytest.approx(440, abs=2)


def test_left_and_right_stay_apart_beside_each_other():
    tap = ReferenceTap()
    aligner = ReferenceAligner(tap, delay_s=0.2)
    left, right = music(4, seed=3), music(4, seed=4)
    found = []
    for start in range(0, len(left), 1600):
        tap.pour(np.stack((left, right), axis=1)[start : start + 1600], RATE_HZ)
        found.append(aligner.draw(np.zeros(1600, np.float32)))
    middle, side = (np.concatenate([f[n] for f in found[-20:] if f]) for n in (0, 1))
    ours = middle + side
    place = next(
        n for n in range(len(left)) if np.allclose(left[n : n + 8], ours[:8], atol=1e-6)
    )
    assert ours == pytest.approx(left[place : place + len(ours)], abs=1e-6)
    assert middle - side == pytest.approx(right[place : place + len(ours)], abs=1e-6)


def test_a_tap_that_nobody_empties_forgets_the_oldest():
    tap = ReferenceTap()
    for number in range(1000):
        tap.pour(np.full((10, 2), number, np.float32), RATE_HZ)
    blocks = [block for block, _, _ in tap.take()]
    assert len(blocks) < 300 and blocks[-1][0] == 999


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e20])
def test_a_track_with_values_that_are_no_sound_does_not_make_the_table_deaf(value):
    played = starter("calm", 40)
    talk = np.zeros(len(played), np.float32)
    talk[15 * RATE_HZ : 35 * RATE_HZ] = voice(20)
    heard = at_level(room(played), -33.0) + noise(40, 0.0005) + talk
    broken = played.copy()
    broken[5 * RATE_HZ : 5 * RATE_HZ + 300] = value
    tap = ReferenceTap()
    found = evening(ReferenceAligner(tap, delay_s=0.15), tap, broken, heard)
    assert all(np.isfinite(music).all() for music in found if music is not None)
    chunks = [
        AudioChunk(heard[i * 480 : (i + 1) * 480], i * 480, music)
        for i, music in enumerate(found)
    ]
    assert len(windows(hear(chunks))) > 10
