"""From a recording to a profile with a model that has a head of its own."""

import json

import numpy as np
import pytest
import soundfile

from dndmood import assembly, profiles, rehearsal, table
from dndmood.events import EmotionEstimate, TableScale
from dndmood.hearing.model import open_model
from dndmood.mood import FeatureScale, Profile
from dndmood.mood.feature_zero import FeatureZero
from dndmood.mood.profile import MODEL_DIGITS, Room
from dndmood.settings import Settings
from tests.fakes import LABELS
from tests.featured_model import featured_model
from tests.test_cli import home

__all__ = ["home"]

CENTRES = {label: 0.04 * (number + 1) for number, label in enumerate(LABELS)}
ROOM = Room(-60.0, -40.0, -30.0, -20.0, "2026-11-25")


@pytest.fixture
def folder(tmp_path):
    return featured_model(tmp_path / "ash", centres=CENTRES)


def fitted(known: Profile, folder):
    said: list[str] = []
    with open_model(folder) as model:
        profile, scale = assembly.fitted(known, model, said.append)
    return profile, scale, said


def test_a_model_with_a_head_has_a_zero_in_the_features_which_begins_as_its_profiles(folder):
    with open_model(folder) as model:
        digits = model.card.sha256[:MODEL_DIGITS]
    known = Profile(
        "table", room=ROOM, features={digits: FeatureZero((0.5, 0.1), (1.0, 1.2), 900.0)}
    )
    profile, scale, said = fitted(known, folder)
    assert isinstance(scale, FeatureScale) and scale.zero == known.features[digits]
    assert profile == known and said == []


def test_a_table_calibrated_with_another_model_starts_over_and_keeps_what_it_knew(folder):
    known = Profile(
        "table", room=ROOM, model="abc", features={"old": FeatureZero((0.5,), (1.0,), 9.0)}
    )
    profile, scale, said = fitted(known, folder)
    assert profile == known and scale.zero.talk_s == 0.0
    assert "another model, for which it is kept" in said[0]


def test_a_new_table_is_told_nothing(folder):
    assert fitted(Profile("table"), folder)[2] == []


def recording(path, seconds: int):
    """Something like a voice that gets louder and softer."""
    time = np.arange(seconds * 16_000) / 16_000
    tones = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 25))
    swell = (0.55 - 0.45 * np.cos(2 * np.pi * 3.5 * time)) * (1.5 + np.sin(time / 7.0))
    soundfile.write(path, (0.05 * tones * swell).astype(np.float32), 16_000)
    return path


def test_a_rehearsal_says_which_model_listens_and_writes_no_features(folder, home, tmp_path):
    said, journal = [], tmp_path / "evening.jsonl"
    settings = Settings(model=str(folder), player="silent")
    sound = recording(tmp_path / "voice.wav", 40)
    tape = list(rehearsal.rehearse(settings, sound, write=journal, say=said.append))
    estimates = [event for event in tape if isinstance(event, EmotionEstimate)]
    assert estimates and all(one.features == () for one in estimates)
    assert all(one.heard_arousal is not None for one in estimates)
    stated = [event for event in tape if isinstance(event, TableScale)]
    assert len(stated[-1].mean) == 2 and stated[-1].evidence_s > 5.0
    assert any(sentence.startswith("The model ash (12 weights, 0.0") for sentence in said)
    for line in journal.read_text().splitlines():
        assert not {"features", "mean", "deviation"} & set(json.loads(line))


def test_tune_says_for_which_model_the_table_has_a_zero(home):
    zero = FeatureZero((0.5, 0.1), (1.0, 1.2), 900.0)
    profiles.save(Profile("table", room=ROOM, features={"0123456789ab": zero}))
    page = "\n".join(table.tune(Settings(), say=pytest.fail))
    assert "calibrated on 2026-11-25" in page
    assert "With another model (0123456789ab): This table sounds" in page
    assert "nothing is moved" not in page
