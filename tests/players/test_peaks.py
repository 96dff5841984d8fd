import math

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.loudness import CEILING_DBTP, Loudness
from dndmood.players._peaks import CEILING, PeakLimiter

RATE_HZ = 44_100


def limited(sound: np.ndarray, sizes=(4096,)) -> np.ndarray:
    parts, at = [], 0
    while at < len(sound):
        size = sizes[len(parts) % len(sizes)]
        parts.append(sound[at : at + size])
        at += size
    return np.concatenate(list(PeakLimiter(RATE_HZ).of(iter(parts))))


def music(seed: int, level: float) -> np.ndarray:
    """Bursts and rests of noise and a tone, a second and a half."""
    rng = np.random.default_rng(seed)
    frames = 66_000
    swell = np.repeat(rng.uniform(0.0, 1.0, 20) ** 3, frames // 20)[:, None]
    tone = np.sin(np.arange(frames) / 40)[:, None]
    return ((rng.standard_normal((frames, 2)) * 0.3 + tone) * swell * level).astype(np.float32)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 99), st.floats(0.1, 30.0), st.lists(st.integers(300, 9000), min_size=1))
def test_no_true_peak_passes_and_block_sizes_do_not_matter(seed, level, sizes):
    sound = music(seed, level)
    whole = limited(sound, (len(sound),))
    measure = Loudness(RATE_HZ, 2)
    measure.push(whole)
    assert len(whole) == len(sound)
    assert measure.level().peak_dbtp <= CEILING_DBTP + 0.05
    assert np.allclose(limited(sound, sizes), whole, atol=1e-5)


def test_by_another_meter_peaks_are_below_one_decibel_under_full_scale():
    for seed in range(3):
        out = limited(music(seed, 5.0))
        peak = np.abs(soxr.resample(out, RATE_HZ, 8 * RATE_HZ, quality="VHQ")).max()
        assert 20 * math.log10(peak) < -1.0


def test_what_is_soft_enough_passes_bit_for_bit():
    sound = music(1, 1.0)
    sound *= 0.7 * CEILING / np.abs(sound).max()
    assert np.array_equal(limited(sound), sound)


@pytest.mark.parametrize("hz", [40, 200, 1000, 5000])
@pytest.mark.parametrize("over_db", [1, 6, 12])
def test_a_tone_that_is_too_loud_stays_a_tone(hz, over_db):
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    sound = 10 ** (over_db / 20) * np.sin(2 * np.pi * hz * time)
    out = limited(np.repeat(sound.astype(np.float32)[:, None], 2, axis=1))[RATE_HZ // 2 :, 0]
    spectrum = np.abs(np.fft.rfft(out[:RATE_HZ])) ** 2
    tone = spectrum[hz - 2 : hz + 3].sum()
    spectrum[hz - 2 : hz + 3] = 0.0
    assert 10 * math.log10(spectrum.sum() / tone) < -50.0


def test_a_stroke_is_turned_down_before_it_comes_and_let_go_quickly():
    sound = np.full((RATE_HZ, 2), 0.1, np.float32)
    sound[20_000:20_010] = 2.0
    gain = limited(sound)[:, 0] / sound[:, 0]
    assert gain[19_990] < 0.5 and gain[19_000] == gain[23_500] == 1.0
    assert np.abs(np.diff(gain)).max() < 0.02
