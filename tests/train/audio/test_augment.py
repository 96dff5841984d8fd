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


def test_a_short_clip_lies_whole_on_its_own_quiet():
    clip = voice(50)
    window = augment.cut(clip, 120, np.random.default_rng(0))
    assert window.shape == (120, 64)
    (start,) = [n for n in range(71) if np.array_equal(window[n : n + 50], clip)]
    around = np.delete(window, np.s_[start : start + 50], axis=0)
    assert (around == around[0]).all() and around[0].mean() < 0.2 * clip.mean()


def test_a_long_clip_is_cut_anywhere():
    clip, chance = voice(90), np.random.default_rng(0)
    found = [augment.cut(clip, 40, chance) for _ in range(8)]
    starts = {n for one in found for n in range(51) if np.array_equal(one, clip[n : n + 40])}
    assert len(starts) > 3


def test_a_short_noise_starts_over():
    noise = voice(30)
    found = augment.looped(noise, 100, np.random.default_rng(0))
    assert np.array_equal(found, np.tile(noise, (4, 1))[:100])


def test_masking_leaves_the_given_batch_alone():
    batch = np.log(np.stack([voice(), voice(seed=2)])).transpose(0, 2, 1).copy()
    before = batch.copy()
    after = augment.masked(batch, np.random.default_rng(1))
    assert np.array_equal(batch, before) and not np.array_equal(after, before)


@pytest.mark.parametrize(("bands", "frames", "moment"), [(64, 200, 25), (26, 1000, 125)])
def test_what_is_masked_stays_small(bands, frames, moment):
    batch = np.random.default_rng(0).standard_normal((40, bands, frames)).astype(np.float32)
    after = augment.masked(batch, np.random.default_rng(1), moment=moment)
    # A stripe is the window's mean throughout; half of the windows are turned by some bands.
    flat = np.isclose(after, batch.mean((1, 2))[:, None, None], atol=1e-6)
    assert 0 < flat.all(2).sum(1).max() < 10 * bands / 64
    assert 0 < flat.all(1).sum(1).max() < moment
    assert flat.mean() < 0.25


def test_the_minstrel_plays_something_else_every_time():
    one, other = (synthetic_music.piece(np.random.default_rng(s), seconds=3) for s in (1, 2))
    assert one.shape == (48_000,) and np.abs(one).max() == pytest.approx(1.0)
    assert not np.array_equal(one, other)
