"""The guided minute, from a tape of which the truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from dndmood.errors import UserError
from dndmood.events import AudioChunk, EmotionEstimate
from dndmood.mood.calibration import STEPS, Calibration
from dndmood.mood.feature_zero import FeatureZero
from dndmood.mood.zero import Zero
from dndmood.mood.zero_in_words import described, described_features
from tests.fakes import heard, noise

LEVELS = {"room": 0.001, "normal": 0.05, "quiet": 0.02, "loud": 0.2}


def minute(arousals, *, levels=LEVELS, emotion="neutral", valence=0.55, begins_s=7.0):
    """The tape of a minute that begins at any audio time: sound, and an estimate each second."""
    at_s = begins_s
    for step in STEPS:
        for _ in range(round(step.seconds)):
            start = round(at_s * 16_000)
            for tenth in range(10):
                yield AudioChunk(
                    noise(0.1, levels[step.name], seed=tenth), start + tenth * 1600
                )
            at_s += 1.0
            if step.name in arousals:
                yield heard(at_s, emotion, arousals[step.name], valence)


def calibrated(tape):
    calibration, steps = Calibration(), []
    for event in tape:
        steps += calibration.push(event)
    assert calibration.done
    return calibration, steps


def test_a_soft_voice_gets_a_zero_that_lifts_it_and_every_step_is_asked_for_once():
    calibration, steps = calibrated(minute({"normal": 0.2, "quiet": 0.15, "loud": 0.35}))
    result = calibration.result()
    assert [step.name for step in steps] == ["room", "normal", "quiet", "loud"]
    assert 0.05 < result.zero.arousal_shift < 0.18
    assert result.warnings == ()
    assert result.room.room_db == pytest.approx(-60.0, abs=1.0)
    assert result.room.normal_db == pytest.approx(-26.0, abs=1.0)
    assert sum(step.seconds for step in STEPS) <= 60.0


def test_an_ordinary_voice_moves_nothing_a_narrow_one_is_spread_a_gloomy_one_lifted():
    def zero(*arousals, **how):
        told = dict(zip(("normal", "quiet", "loud"), arousals, strict=True))
        return calibrated(minute(told, **how))[0].result().zero

    usual = zero(0.38, 0.33, 0.58)
    assert abs(usual.arousal_shift) < 0.01 and abs(usual.valence_shift) < 0.01
    assert usual.gain == 1.0
    assert zero(0.38, 0.37, 0.40).gain > 1.1 and zero(0.38, 0.1, 0.95).gain < 1.0
    gloomy = zero(0.38, 0.33, 0.58, valence=0.3, emotion="angry")
    assert gloomy.valence_shift > 0.1 and gloomy.tilts["angry"] < 0.75


def test_when_nobody_speaks_it_says_what_to_do_and_gives_no_zero():
    calibration, _ = calibrated(minute({"loud": 0.5}))
    with pytest.raises(UserError, match="No voice was heard .*--device"):
        calibration.result()


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ({"room": 0.03}, "The room is loud"),
        ({"loud": 0.9}, "Your loud voice is cut off"),
        ({"loud": 0.05}, "hardly louder"),
    ],
)
def test_what_would_spoil_the_evening_is_told_with_the_way_out(levels, sentence):
    told = {"normal": 0.38, "quiet": 0.3, "loud": 0.6}
    calibration, _ = calibrated(minute(told, levels=LEVELS | levels))
    assert any(sentence in warning for warning in calibration.result().warnings)


def test_a_quiet_voice_that_is_not_heard_leaves_the_range_alone_and_is_told():
    calibration, _ = calibrated(minute({"normal": 0.38, "loud": 0.6}))
    result = calibration.result()
    assert result.zero.gain == 1.0
    assert any("quiet voice" in warning for warning in result.warnings)


def test_a_tape_that_ends_early_and_silence_are_no_crash():
    calibration = Calibration()
    assert not list(calibration.push(heard(1.0, "calm", 0.3, 0.5)))[1:]
    list(calibration.push(AudioChunk(np.zeros(0, np.float32), 0)))
    list(calibration.push(AudioChunk(np.zeros(1600, np.float32), 0)))
    assert not calibration.done
    with pytest.raises(UserError):
        calibration.result()


def test_a_zero_is_described_in_plain_words():
    assert described(Zero()) == ["This table sounds like most others: nothing is moved."]
    lines = described(Zero(0.1, -0.05, 1.2, {"angry": 0.7, "calm": 1.01}))
    assert lines[0].startswith("This table speaks more softly than most") and len(lines) == 4
    assert "sounds angry counts 0.70 times" in lines[-1]


PLACES = {"neutral": (0.0, -1.0, 0.0), "calm": (0.0, -1.0, 0.0), "angry": (1.0, 1.0, 0.0)}


def with_features(tape, offset):
    """The tape for a model with a head of its own, at a table that lies `offset` away."""
    for event in tape:
        if isinstance(event, EmotionEstimate):
            label = "angry" if event.arousal > 0.5 else "neutral"
            features = tuple(np.add(PLACES[label], offset).tolist())
            yield replace(
                event, scores=dict.fromkeys(PLACES, 0.0) | {label: 1.0}, features=features
            )
        else:
            yield event


def test_for_a_model_with_a_head_the_minute_fills_the_zero_in_the_features():
    told = minute({"normal": 0.38, "quiet": 0.3, "loud": 0.6})
    calibration = Calibration(places=PLACES)
    for event in with_features(told, (0.5, -0.2, 0.3)):
        list(calibration.push(event))
    result = calibration.result()
    assert result.zero == Zero()
    # What is read as usual is ordinary talk by the default: 64 % of it neutral or calm.
    assert result.features.mean == pytest.approx((0.5, -0.4, 0.3), abs=0.2)
    assert 5.0 < result.features.talk_s < 40.0
    mean, _ = result.features.believed()
    assert 0.0 < mean[0] < 0.35


def test_for_a_model_without_a_head_there_is_no_zero_in_the_features():
    calibration, _ = calibrated(minute({"normal": 0.2, "quiet": 0.15, "loud": 0.35}))
    assert calibration.result().features is None


@pytest.mark.parametrize(
    ("zero", "words"),
    [
        (FeatureZero((0.0, 0.1), (1.0, 1.0), 600.0), "sounds hardly different .* 10 minutes"),
        (FeatureZero((0.3, 0.2), (1.0, 1.0), 600.0), "sounds a little different"),
        (FeatureZero((1.0, -1.0), (1.0, 1.0), 600.0), "sounds different from .* 2 features"),
        (FeatureZero((1.0, -1.0), (1.0, 1.0), 20.0), "from 20 s of it"),
    ],
)
def test_a_zero_in_the_features_is_described_in_plain_words(zero, words):
    import re

    assert re.search(words, described_features(zero))
