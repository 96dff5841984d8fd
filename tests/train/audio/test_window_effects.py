"""What happens to windows of mel power, a batch at once."""

import numpy as np
import pytest
import torch

from dndmood_train.audio import window_effects
from dndmood_train.students import MelFrontEnd, WhisperFrontEnd


def chance(seed=1):
    return np.random.default_rng(seed)


def voices(count=3, frames=200, seed=1):
    power = chance(seed).exponential(1, (count, frames, 64))
    return torch.from_numpy(power.astype(np.float32))


def warped(levels, odds):
    warp = window_effects.Warp.drawn(
        len(levels), chance(), odds, longer=levels.shape[1], frames=200
    )
    return warp.of(levels, 200)


def burst(frames=200, at=20):
    """A tenth of a second of sound, and nothing before and behind it."""
    power = torch.full((1, frames, 64), 1e-6)
    power[:, at : at + 10] = 1.0
    return power


def test_noises_lie_under_the_chosen_voices_at_the_level_asked_for():
    power, noise = voices(), 100 * voices(seed=3)
    snr_db, chosen = np.array([10.0, 0.0, 5.0]), np.array([True, True, False])
    added = window_effects.under(power, noise, snr_db, chosen) - power
    found = 10 * torch.log10(power.mean((1, 2)) / added.mean((1, 2)).clamp_min(1e-12))
    assert found[:2].numpy() == pytest.approx([10.0, 0.0], abs=0.01)
    assert (added[2] == 0).all()


def test_a_hiss_is_steady_and_far_below_the_voice():
    added = window_effects.hissing(voices(), chance(), 1.0) - voices()
    level_db = 10 * torch.log10(added.mean((1, 2)) / voices().mean((1, 2)))
    assert ((level_db > -35.1) & (level_db < -14.9)).all()
    assert added.std((1, 2)).max() < 1e-3


def test_a_microphone_colours_every_moment_alike():
    gain = window_effects.coloured(voices(), chance(), 1.0) / voices()
    assert torch.allclose(gain, gain[:, :1].expand_as(gain), rtol=1e-4)
    assert gain.std() > 0.05


def test_without_luck_nothing_happens():
    power = voices()
    for effect in (window_effects.hissing, window_effects.coloured):
        assert torch.equal(effect(power, chance(), 0.0), power)
    assert torch.equal(window_effects.echoing(power, chance(), 0.0, per_second=100), power)


def test_a_room_answers_after_the_sound_and_dies_away_sooner_in_high_bands():
    after = window_effects.echoing(burst(), chance(), 1.0, per_second=100)
    assert torch.allclose(after[:, :20], burst()[:, :20], atol=1e-5)
    early, late = after[0, 32], after[0, 52]
    assert (early > 10 * late).all() and (early > 1e-4).all()
    fall = torch.log10(early / late)
    assert fall[-1] > 1.3 * fall[0]


def test_an_echo_is_from_ten_below_to_six_decibels_above_the_sound():
    many = burst(frames=400).expand(40, -1, -1)
    added = window_effects.echoing(many, chance(), 1.0, per_second=100) - many
    level_db = 10 * torch.log10(added.sum((1, 2)) / many.sum((1, 2)))
    assert -10.5 < level_db.min() < -7 and 3 < level_db.max() < 6.5


def test_another_voice_is_slower_or_faster_and_nothing_else_is_lost():
    levels = torch.linspace(0, 1, 240)[None, :, None].expand(30, 240, 64)
    after = warped(levels, 1.0)
    assert after.shape == (30, 200, 64)
    pace = (after[:, 100:101] - after[:, 99:100])[:, 0, 0] * 239
    assert 0.85 < pace.min() < 0.9 and 1.1 < pace.max() < 1.17


def test_another_throat_moves_bands_by_an_eighth_at_most():
    levels = torch.arange(64.0).expand(30, 240, 64)
    after = warped(levels, 1.0)
    moved = after[:, 100, 40] - 40
    assert 2 < moved.abs().max() < 0.13 * 40 + 1.5


def test_the_same_voice_is_a_stretch_of_what_was_given():
    levels = torch.arange(240.0)[None, :, None].expand(20, 240, 64)
    after = warped(levels, 0.0)
    assert torch.allclose(after[:, 1:] - after[:, :-1], torch.ones(1), atol=1e-3)
    assert len(after[:, 0, 0].round().unique()) > 5


def test_two_front_ends_hear_the_same_other_voice():
    """A partial that lies at the same pitch in both lies at the same pitch afterwards."""
    ears, others = MelFrontEnd().centres, WhisperFrontEnd().centres
    warp = window_effects.Warp.drawn(30, chance(), 1.0, longer=240, frames=200)

    def ridge(hz):
        level = -(np.log2(hz / 900.0) ** 2)
        return torch.from_numpy(level.astype(np.float32)).expand(30, 240, len(hz))

    def heard_at(levels, hz):
        finer = np.geomspace(300, 3000, 2000)
        curves = [np.interp(finer, hz, level) for level in levels[:, 100].numpy()]
        return finer[np.argmax(curves, axis=1)]

    own = heard_at(warp.of(ridge(ears), 200), ears)
    places = window_effects.places_among(others, ears)
    theirs = heard_at(warp.of(ridge(others), 200, places), others)
    assert own.max() / own.min() > 1.2
    assert np.abs(np.log2(theirs / own)).max() < 0.12


def test_bands_are_where_they_were_in_a_voice_that_is_not_warped():
    hz = WhisperFrontEnd().centres
    places = window_effects.places_among(hz, MelFrontEnd().centres)
    levels = torch.arange(80.0).expand(4, 240, 80)
    warp = window_effects.Warp.drawn(4, chance(), 0.0, longer=240, frames=200)
    assert torch.allclose(warp.of(levels, 200, places), levels[:, :200], atol=1e-3)


def test_masking_leaves_the_given_batch_alone():
    batch = voices(count=2).log().transpose(1, 2).clone()
    before = batch.clone()
    after = window_effects.masked(batch, chance())
    assert torch.equal(batch, before) and not torch.equal(after, before)


@pytest.mark.parametrize(("bands", "frames", "moment"), [(64, 200, 25), (26, 1000, 125)])
def test_what_is_masked_stays_small(bands, frames, moment):
    batch = chance(0).standard_normal((40, bands, frames)).astype(np.float32)
    after = window_effects.masked(torch.from_numpy(batch), chance(), moment=moment).numpy()
    # A stripe is the window's mean throughout; half of the windows are turned by some bands.
    flat = np.isclose(after, batch.mean((1, 2))[:, None, None], atol=1e-6)
    assert 0 < flat.all(2).sum(1).max() < 10 * bands / 64
    assert 0 < flat.all(1).sum(1).max() < moment
    assert flat.mean() < 0.25
