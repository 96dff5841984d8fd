import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.players._limiter import CEILING, Limiter
from dndmood.players._mixer import Mixer

RATE_HZ = 44_100


def limited(sound: np.ndarray, sizes=(4096,)) -> np.ndarray:
    limiter, blocks, at = Limiter(RATE_HZ), [], 0
    while at < len(sound):
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(sound[at : at + size].copy())
        limiter.limit(blocks[-1])
        at += size
    return np.concatenate(blocks)


def sine(hz: float, level: float, seconds: float = 1.0) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def music(seed: int, level: float) -> np.ndarray:
    """Bursts and rests of noise and tones, two seconds."""
    rng = np.random.default_rng(seed)
    frames = 2 * RATE_HZ
    swell = np.repeat(rng.uniform(0.0, 1.0, 20) ** 3, frames // 20)[:frames, None]
    sound = rng.standard_normal((frames, 2)) * 0.3 + sine(110, 0.7, 2.0)
    return (sound * swell * level).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0.0, 30.0), st.lists(st.integers(1, 9000), min_size=1))
def test_no_peak_passes_and_block_sizes_do_not_matter(seed, level, sizes):
    sound = music(seed, level)
    whole = limited(sound, (len(sound),))
    assert np.abs(whole).max() <= CEILING
    assert np.allclose(limited(sound, sizes), whole, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_what_is_soft_enough_passes_bit_for_bit(seed):
    sound = music(seed, 1.0)
    sound *= 0.999 * CEILING / np.abs(sound).max()
    assert np.array_equal(limited(sound), sound)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(1.0, 20.0))
def test_no_step_is_larger_than_in_the_sound_itself(seed, level):
    sound = music(seed, level)[:, :1].repeat(2, axis=1)
    steps = np.abs(np.diff(limited(sound), axis=0))
    # What the gain adds is its slow release: a 44100th from one frame to the next.
    released = np.abs(sound[:-1]) / RATE_HZ
    assert (steps <= np.abs(np.diff(sound, axis=0)) + released + 1e-5).all()


@pytest.mark.parametrize("hz", [40, 200, 1000, 5000])
@pytest.mark.parametrize("over_db", [1, 6, 12])
def test_a_tone_that_is_too_loud_stays_a_tone(hz, over_db):
    out = limited(sine(hz, 10 ** (over_db / 20), 2.0))[RATE_HZ:, 0]
    spectrum = np.abs(np.fft.rfft(out)) ** 2
    tone = spectrum[hz - 2 : hz + 3].sum()
    spectrum[hz - 2 : hz + 3] = 0.0
    assert 10 * math.log10(spectrum.sum() / tone) < -60.0  # np.clip gives -8 to -25
    assert np.abs(out).max() == pytest.approx(CEILING, abs=0.01)


def test_after_a_loud_moment_the_music_is_as_loud_as_before():
    sound = np.concatenate((sine(200, 3.0, 0.5), sine(200, 0.5, 2.0)))
    out = limited(sound)
    assert np.array_equal(out[-RATE_HZ // 2 :], sound[-RATE_HZ // 2 :])


def test_both_sides_move_together():
    sound = sine(200, 0.4)
    sound[:, 0] *= 5.0
    out = limited(sound)[RATE_HZ // 2 :]
    assert np.allclose(out[:, 0], 5.0 * out[:, 1], rtol=1e-4)


class Loud:
    def ready(self) -> bool:
        return True

    def read(self, frames: int) -> np.ndarray:
        return np.full((frames, 2), 0.5, np.float32)

    def close(self) -> None: ...


def mixed(change_db: float, times: int) -> tuple[Mixer, float]:
    mixer = Mixer(RATE_HZ)
    mixer.cue(Loud(), 1)
    for _ in range(times):
        mixer.turn(change_db)
    mixer.render(2 * RATE_HZ)
    return mixer, float(mixer.render(10)[0, 0])


def test_the_volume_ends_at_forty_decibels_down_and_comes_back_at_the_first_key():
    mixer, level = mixed(-1.5, 60)
    assert level == pytest.approx(0.005, rel=1e-3) and not mixer.open()
    mixer.turn(1.5)
    mixer.render(RATE_HZ)
    assert mixer.render(1)[0, 0] == pytest.approx(0.5 * 10 ** (-38.5 / 20), rel=1e-3)
    assert mixer.open()


def test_the_volume_ends_at_twelve_decibels_up_and_nothing_is_clipped():
    _, level = mixed(1.5, 60)
    assert level == pytest.approx(CEILING, abs=1e-3)


def test_a_value_that_is_no_number_goes_no_further_than_the_mixer():
    class Broken(Loud):
        def read(self, frames: int) -> np.ndarray:
            block = super().read(frames)
            block[3], block[5, 0] = np.nan, np.inf
            return block

    mixer = Mixer(RATE_HZ)
    mixer.cue(Broken(), 1)
    assert np.isfinite(mixer.render(100)).all()
    mixer.cue(Loud(), 1)
    mixer.render(10)
    assert mixer.render(10)[:, 0] == pytest.approx(0.5)
