"""The meter against the signals of EBU Tech 3341 that can be made, and what its gain is for."""

import math
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.loudness import CEILING_DBTP, Level, Loudness

RATES_HZ = [44_100, 48_000]


def sine(hz: float, parts, rate_hz: int = 48_000, *, phase: float = 0.0) -> np.ndarray:
    """A sine of so many dBFS for so many seconds each, shape `(n,)`."""
    levels = np.concatenate([np.full(round(s * rate_hz), 10 ** (db / 20)) for db, s in parts])
    time = np.arange(len(levels)) / rate_hz
    return (levels * np.sin(2 * math.pi * hz * time + phase)).astype(np.float32)


def level(sound: np.ndarray, rate_hz: int = 48_000, **more) -> Level:
    measure = Loudness(rate_hz, sound.shape[1], **more)
    measure.push(sound)
    return measure.level()


TECH_3341 = {
    1: [(-23, 20)],
    3: [(-36, 10), (-23, 60), (-36, 10)],
    4: [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],
    5: [(-26, 20), (-20, 20.1), (-26, 20)],
}


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("case", TECH_3341)
def test_integrated_loudness_is_that_of_tech_3341(case, rate_hz):
    sound = sine(1000, TECH_3341[case], rate_hz)[:, None].repeat(2, axis=1)
    assert level(sound, rate_hz).lufs == pytest.approx(-23.0, abs=0.1)


def test_a_softer_sine_is_softer_by_as_much():
    sound = sine(1000, [(-33, 20)])[:, None].repeat(2, axis=1)  # case 2
    assert level(sound).lufs == pytest.approx(-33.0, abs=0.1)


def test_five_channels_count_as_tech_3341_has_it():
    # Case 6: left, right, centre, left and right surround.
    sound = np.stack([sine(1000, [(db, 20)]) for db in (-28, -28, -24, -30, -30)], axis=1)
    weights = (1, 1, 1, 1.41, 1.41)
    assert level(sound, weights=weights).lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize(
    ("part", "degrees", "amplitude", "expected_db"),
    [(4, 0, 0.5, -6), (4, 45, 0.5, -6), (6, 60, 0.5, -6), (8, 67.5, 0.5, -6), (4, 45, 1.41, 3)],
)
def test_true_peaks_are_those_of_tech_3341(part, degrees, amplitude, expected_db, rate_hz):
    # Cases 15 to 19; they allow 0.2 dB more and 0.4 dB less.
    parts = [(20 * math.log10(amplitude), 2)]
    sound = sine(rate_hz / part, parts, rate_hz, phase=math.radians(degrees))
    fade = np.minimum(1, np.arange(len(sound)) / 1000)
    found = level((sound * fade * fade[::-1])[:, None].astype(np.float32), rate_hz).peak_dbtp
    assert expected_db - 0.4 <= found <= expected_db + 0.2


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 22_050, 96_000])
def test_other_rates_measure_the_same(rate_hz):
    sound = sine(997, [(-23, 5)], rate_hz)[:, None].repeat(2, axis=1)
    assert level(sound, rate_hz).lufs == pytest.approx(-23.0, abs=0.1)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(1, 90_000), min_size=1, max_size=6), st.integers(0, 99))
def test_block_sizes_do_not_matter(sizes, seed):
    rng = np.random.default_rng(seed)
    sound = (rng.standard_normal((sum(sizes), 2)) * 0.1).astype(np.float32)
    parts = np.split(sound, list(accumulate(sizes))[:-1])
    whole, pieces = Loudness(44_100, 2), Loudness(44_100, 2)
    whole.push(sound)
    for part in parts:
        pieces.push(part)
        pieces.level()  # asking changes nothing
    assert pieces.level() == whole.level()


def test_silence_and_nothing_are_silent_and_not_lifted():
    assert Loudness(48_000, 2).level() == Level(-math.inf, -math.inf, 0.0)
    assert level(np.zeros((96_000, 2), np.float32)) == Level(-math.inf, -math.inf, 0.0)


def test_a_sound_shorter_than_a_gating_block_has_a_loudness():
    for seconds in (0.05, 0.2, 0.39):
        sound = sine(1000, [(-23, seconds)])[:, None].repeat(2, axis=1)
        assert level(sound).lufs == pytest.approx(-23.0, abs=0.5)


def test_the_gain_brings_what_needs_no_limiter_to_the_target_exactly():
    for db in (-50, -30, -20, -3):
        sound = sine(1000, [(db, 5)])[:, None].repeat(2, axis=1)
        found = level(sound)
        assert found.gain_db == pytest.approx(-18.0 - found.lufs, abs=1e-6)
        assert found.peak_dbtp + found.gain_db < CEILING_DBTP


def test_a_sound_of_single_strokes_is_lifted_by_what_the_limiter_takes_from_it():
    sound = np.zeros((48_000 * 10, 2), np.float32)
    for at in range(0, len(sound), 24_000):  # a stroke every half second, nothing between
        stroke = np.exp(-np.arange(4800) / 700) * np.sin(np.arange(4800) / 7)
        sound[at : at + 4800] = stroke[:, None]
    found = level(sound)
    assert found.gain_db > -18.0 - found.lufs + 0.5


def test_memory_does_not_grow_with_the_sound():
    measure, sound = Loudness(48_000, 2), np.zeros((48_000, 2), np.float32)
    for _ in range(30):
        measure.push(sound)
    held = sum(a.nbytes for a in (*measure._slices, *measure._waiting))
    assert held < 30 * 10 * 40
