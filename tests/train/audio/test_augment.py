import numpy as np
import pytest

from dndmood_train.audio import augment, synthetic_music


def voice(frames=200, seed=1):
    return np.random.default_rng(seed).exponential(1, (frames, 64)).astype(np.float32)


@pytest.mark.parametrize(
    "disturb", [augment.room, augment.pace, augment.narrow, augment.packed]
)
def test_a_disturbed_voice_is_finite_and_its_luck_is_seeded(disturb):
    samples = np.random.default_rng(2).standard_normal(8000).astype(np.float32)
    once, again = (disturb(samples, np.random.default_rng(5), []) for _ in range(2))
    assert np.isfinite(once).all() and np.array_equal(once, again)


def test_a_noise_lies_under_the_voice_at_the_level_asked_for():
    power, noise = voice(), 100 * voice(seed=3)
    added = augment.under(power, noise, snr_db=10.0) - power
    assert 10 * np.log10(power.mean() / added.mean()) == pytest.approx(10.0, abs=0.01)


def test_a_short_noise_starts_over():
    noise = voice(30)
    found = augment.looped(noise, 100, np.random.default_rng(0))
    assert np.array_equal(found, np.tile(noise, (4, 1))[:100])


def test_the_minstrel_plays_something_else_every_time():
    one, other = (synthetic_music.piece(np.random.default_rng(s), seconds=3) for s in (1, 2))
    assert one.shape == (48_000,) and np.abs(one).max() == pytest.approx(1.0)
    assert not np.array_equal(one, other)
