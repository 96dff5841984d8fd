"""Stretches of stored sounds, cut for a whole batch."""

import dataclasses

import numpy as np
import pytest
import torch

from dndmood_train.audio.feature_cache import Spectra
from dndmood_train.distillation.stretches import Stretches

LENGTHS = (50, 90, 30)


@pytest.fixture
def spectra():
    """Two copies of three clips whose every level tells copy, clip and frame."""
    copies = {}
    for number, name in enumerate(("clean", "room")):
        whole = [
            np.arange(length, dtype=np.float16)[:, None].repeat(4, 1)
            + 200 * clip
            + 1000 * number
            for clip, length in enumerate(LENGTHS)
        ]
        copies[name] = (np.concatenate(whole), np.cumsum(LENGTHS))
    return Spectra(copies)


def many(value, count=12):
    return np.full(count, value)


def cut_of(stretches, clips, copies, frames):
    cut = stretches.placed(clips, copies, frames, np.random.default_rng(0))
    return stretches.read(cut)


def test_a_long_clip_is_cut_anywhere(spectra):
    found = cut_of(Stretches(spectra), many(1), many("clean"), 40)
    assert found.shape == (12, 40, 4)
    begin = found[:, 0, 0] - 200
    assert torch.equal(found[:, :, 0] - 200, begin[:, None] + torch.arange(40))
    assert begin.min() >= 0 and begin.max() <= 50 and len(begin.unique()) > 5


def test_a_short_clip_lies_whole_on_its_own_quiet(spectra):
    found = cut_of(Stretches(spectra), many(0), many("clean"), 120)
    starts = set()
    for window in found[:, :, 0].numpy():
        (start,) = [n for n in range(71) if np.array_equal(window[n : n + 50], np.arange(50))]
        starts.add(start)
        # A twentieth of the clip lies below frame 2.
        assert (np.delete(window, np.s_[start : start + 50]) == 2).all()
    assert len(starts) > 5


def test_every_window_comes_from_its_own_clip_and_copy(spectra):
    clips, copies = np.array([2, 0, 1]), np.array(["room", "clean", "room"])
    found = cut_of(Stretches(spectra), clips, copies, 30)[:, :, 0]
    assert (found // 200 * 200)[:, 0].tolist() == [1400, 0, 1200]


def test_a_short_noise_starts_over_and_a_long_one_does_not(spectra):
    found = Stretches(spectra).looped(np.array([2, 1]), 80, np.random.default_rng(0))[:, :, 0]
    assert torch.equal(found[0] - 400, torch.arange(80.0) % 30)
    assert torch.equal(found[1, 1:] - found[1, :-1], torch.ones(79))


def test_the_same_moments_can_be_heard_without_their_room(spectra):
    stretches = Stretches(spectra)
    cut = stretches.placed(many(1), many("room"), 40, np.random.default_rng(0))
    assert torch.equal(stretches.read(cut) - 1000, stretches.read(cut.heard_clean()))


def test_a_paced_copy_is_heard_as_it_is(spectra):
    copies = np.array(["pace", "clean", "narrow"])
    cut = Stretches(spectra).placed(many(1, 3), many("clean", 3), 20, np.random.default_rng(0))
    paced = dataclasses.replace(cut, copies=copies).heard_clean()
    assert paced.copies.tolist() == ["pace", "clean", "clean"]
