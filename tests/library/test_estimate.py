"""What a stretch of music sounds like."""

import numpy as np
import pytest

from dndmood.library.estimate.features import heard
from dndmood.library.estimate.model import Axis, Forest, MusicMoodModel, shipped
from dndmood.library.estimate.tonality import key_of
from tests.library.tunes import MAJOR, MINOR, RATE_HZ, piece


@pytest.mark.parametrize("root", [57, 60, 66])
def test_major_and_minor_are_told_apart_in_every_key(root):
    major, minor = (heard(piece(mode, 0.6, 12, root=root)) for mode in (MAJOR, MINOR))
    for name in ("triad_mode", "mode", "local_mode"):
        assert major.features[name] > minor.features[name]
    assert major.features["triad_mode"] > 0 > minor.features["triad_mode"]


def test_the_key_has_the_name_that_musicians_give_it():
    assert key_of(heard(piece(MAJOR, 0.6, 12, root=62)).chroma)[0] == "D major"
    assert key_of(heard(piece(MINOR, 0.6, 12, root=69)).chroma)[0] == "A minor"


@pytest.mark.parametrize("bpm", [80.0, 120.0, 150.0])
def test_the_tempo_is_that_of_the_beats_or_half_or_double(bpm):
    found = heard(piece(MAJOR, 60 / bpm, 12)).rhythm
    assert min(abs(found.tempo_bpm * factor / bpm - 1) for factor in (0.5, 1, 2)) < 0.04
    assert found.onsets_per_s == pytest.approx(bpm / 60, rel=0.15)


def test_how_loud_a_recording_is_says_nothing():
    sound = piece(MINOR, 0.4, 12)
    loud, soft = heard(sound).features, heard(sound * 0.01).features
    assert {name: round(value, 2) for name, value in loud.items()} == {
        name: round(value, 2) for name, value in soft.items()
    }


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(5 * RATE_HZ, np.float32),
        np.zeros(10, np.float32),
        np.ones(5 * RATE_HZ, np.float32),
        np.random.default_rng(1).normal(0, 0.1, 5 * RATE_HZ).astype(np.float32),
    ],
)
def test_what_is_no_music_has_numbers_too(sound):
    found = heard(sound)
    assert np.isfinite(list(found.features.values())).all()
    arousal, valence = shipped()([found.features])
    assert np.isfinite([arousal[0], valence[0]]).all()


def test_a_full_tree_adds_the_leaf_that_its_borders_lead_to():
    forest = Forest(
        feature=np.array([[0, 1, 1]], dtype=np.int16),
        border=np.array([[0.0, -1.0, 1.0]], dtype=np.float32),
        leaf=np.array([[1.0, 2.0, 3.0, 4.0]], dtype=np.float32),
    )
    rows = np.array([[-1.0, -2.0], [-1.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
    assert forest(rows).tolist() == [1.0, 2.0, 3.0, 4.0]


def test_a_model_comes_back_from_its_file_as_it_was(tmp_path):
    forest = Forest(
        np.zeros((2, 1), np.int16), np.zeros((2, 1), np.float32), np.ones((2, 2), np.float32)
    )
    axis = Axis(np.array([1.0]), 0.5, forest, share=0.25, scale=2.0)
    model = MusicMoodModel(("a",), np.zeros(1), np.ones(1), axis, axis)
    model.save(tmp_path / "m.npz")
    again = MusicMoodModel.load(tmp_path / "m.npz")
    assert again([{"a": 1.0}])[0] == pytest.approx(model([{"a": 1.0}])[0])
    assert model([{"a": 1.0}])[0][0] == pytest.approx(2.0 * (0.75 * 1.5 + 0.25 * 2.0))


def test_the_model_that_ships_is_small_and_knows_the_features_of_today():
    from dndmood.library.estimate import model

    file = model.Path(model.__file__).with_name("music_mood.npz")
    assert file.stat().st_size < 500_000
    assert set(shipped().names) == set(heard(piece(MAJOR, 0.5, 6)).features)


def test_fast_and_bright_sounds_more_excited_than_slow():
    fast, slow = heard(piece(MAJOR, 0.2, 12, root=67)), heard(piece(MAJOR, 1.5, 12, root=55))
    arousal, _ = shipped()([fast.features, slow.features])
    assert arousal[0] > arousal[1]


def test_major_sounds_more_pleasant_than_minor():
    major, minor = heard(piece(MAJOR, 0.5, 12)), heard(piece(MINOR, 0.5, 12))
    _, valence = shipped()([major.features, minor.features])
    assert valence[0] > valence[1]
