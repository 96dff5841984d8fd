"""Tables of people who differ, and evenings of which the truth is known."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from dndmood.events import AudioChunk, EmotionEstimate, MoodState, TableScale
from dndmood.mood import book
from dndmood.mood.follow import follow
from dndmood.mood.profile import Profile
from dndmood.mood.table_scale import EveningScale, rescale
from dndmood.mood.zero import FARTHEST_SHIFT, Zero
from dndmood.paths import data
from dndmood.pipeline import connect
from tests.fakes import heard
from tests.mood.tables import LOUD, SOFT, Table, evening, right, shipped

MOODS = book.load(data("playlists"))
SCENES = ("calm", "suspense", "battle", "calm", "suspense", "battle", "suspense", "calm")


def followed(estimates, *, scale=None, evidence=None) -> list[MoodState]:
    stages = [partial(rescale, scale=scale)] if scale else []
    stages.append(
        partial(follow, moods=MOODS, opening="calm", resting="calm", evidence=evidence)
    )
    return [e for e in connect(estimates, *stages) if isinstance(e, MoodState)]


def found(table: Table, *, scale=None, evidence=None, seed: int = 3) -> dict[str, float]:
    """By mood: the share of its scenes, in the second hour, in which the music had it."""
    told = evening(table, [(name, 200.0) for name in SCENES] * 3, seed=seed)
    states = followed([estimate for estimate, _ in told], scale=scale, evidence=evidence)
    late, truth = len(told) * 2 // 3, [name for _, name in told]
    return {name: right(states[late:], truth[late:], name) for name in set(SCENES)}


@pytest.mark.parametrize("table", [SOFT, LOUD], ids=["soft", "loud"])
def test_a_soft_and_a_loud_table_both_get_calm_and_battle(table):
    without, by_ear = found(table), found(table, scale=EveningScale())
    calibrated = found(
        table, scale=EveningScale(Zero(-0.63 * table.louder, 0.63 * table.gloom))
    )
    assert min(without.values()) < 0.1, "this table would not need a zero"
    # Suspense, which is half drowned in neutral or anger here, is beyond what a shift brings back:
    # the evidence of a model that learned none takes it for plain talk.
    # What was heard in the first hour, before the zero was found, is learned as this table's talk
    # and costs a loud table's calm some eight points here (0.70; 0.79 without).
    assert by_ear["calm"] >= 0.68 and by_ear["battle"] >= 0.75
    assert min(calibrated["calm"], calibrated["battle"]) >= 0.75
    assert by_ear["suspense"] >= without["suspense"]


def test_with_what_was_learned_for_it_a_soft_table_gets_its_suspense_by_ear_too():
    by_ear = found(SOFT, scale=EveningScale(), evidence=shipped())
    assert min(by_ear.values()) >= 0.7


def test_a_loud_table_gets_some_of_its_suspense_once_it_was_calibrated():
    """Nearly a third of every tone is anger to the model there, and suspense has much of it anyhow."""
    without = found(LOUD, evidence=shipped())
    zero = Zero(-0.63 * LOUD.louder, 0.63 * LOUD.gloom)
    calibrated = found(LOUD, scale=EveningScale(zero), evidence=shipped())
    assert without["suspense"] < 0.1 and calibrated["suspense"] >= 0.35
    assert min(calibrated["calm"], calibrated["battle"]) >= 0.75


def test_a_table_as_any_other_is_left_nearly_alone():
    told = evening(Table(), [(name, 200.0) for name in SCENES] * 3, seed=5)
    scale = EveningScale()
    for estimate, _ in told:
        scale.push(estimate)
    assert abs(scale.zero.arousal_shift) < 0.02
    assert abs(scale.zero.valence_shift) < 0.02
    assert 0.95 < scale.zero.gain < 1.1
    assert all(0.7 < tilt < 1.3 for tilt in scale.zero.tilts.values())


@pytest.mark.parametrize("minutes", [5, 30, 120])
def test_an_evening_that_is_one_long_battle_keeps_its_battle(minutes):
    told = evening(Table(), [("battle", minutes * 60.0)], seed=8)
    states = followed([estimate for estimate, _ in told], scale=EveningScale())
    assert right(states[60:], ["battle"] * (len(states) - 60), "battle") > 0.95


def test_an_evening_of_nothing_but_small_talk_stays_calm():
    told = evening(Table(), [("calm", 5400.0)], seed=9)
    states = followed([estimate for estimate, _ in told], scale=EveningScale())
    assert right(states, ["calm"] * len(states), "calm") > 0.95


def test_noise_that_is_hardly_a_voice_teaches_nothing():
    scale = EveningScale()
    for at_s in range(400):
        scale.push(
            EmotionEstimate(float(at_s), 0.95, 0.0, {"angry": 1.0}, voice=0.3, voiced=1.0)
        )
        scale.push(
            EmotionEstimate(float(at_s), 0.95, 0.0, {"angry": 1.0}, voice=1.0, voiced=0.2)
        )
    assert scale.zero == Zero() and scale.talk_s == 0.0


@pytest.mark.parametrize(
    "odd",
    [{"arousal": float("nan")}, {"voice": float("nan")}, {"scores": {"sad": float("inf")}}],
)
def test_what_is_no_number_teaches_nothing(odd):
    scale = EveningScale()
    scale.push(replace(heard(1.0, "calm", 0.3, 0.6), **odd))
    assert scale.talk_s == 0.0
    scale.push(heard(2.0, "calm", 0.3, 0.6))
    assert scale.talk_s > 0.0 and scale.zero == scale.zero.bounded()


def test_one_shout_in_a_hundred_moves_nothing():
    """Robust: a mean would move, the quantile does not."""
    calm, wild = EveningScale(), EveningScale()
    for at_s in range(3000):
        calm.push(heard(float(at_s), "neutral", 0.2, 0.55))
        loud = at_s % 100 == 0
        wild.push(heard(float(at_s), "neutral", 1.0 if loud else 0.2, 0.55))
    assert wild.zero.arousal_shift == pytest.approx(calm.zero.arousal_shift, abs=0.005)


def test_nothing_moves_further_than_its_bounds_whatever_is_heard():
    rng = np.random.default_rng(4)
    start = Zero(0.25, -0.25, 1.3, {"angry": 0.6})
    for low in (0.0, 0.9):
        scale = EveningScale(start)
        for at_s in range(4_000):
            arousal, valence = (low + 0.1 * rng.random(2)).tolist()
            scale.push(heard(float(at_s), "angry", arousal, valence))
        zero = scale.zero
        assert abs(zero.arousal_shift) <= FARTHEST_SHIFT >= abs(zero.valence_shift)
        assert abs(zero.arousal_shift - start.arousal_shift) <= 0.12 + 1e-9
        assert 0.85 <= zero.gain <= 1.35 and min(zero.tilts.values()) >= 0.6
        placed = scale.placed(heard(0.0, "angry", 1.0, 0.0))
        assert 0.0 <= placed.arousal <= 1.0 and 0.0 <= placed.valence <= 1.0
        assert sum(placed.scores.values()) == pytest.approx(1.0)


def test_what_the_model_said_is_kept_and_an_old_evening_can_be_rescaled_again():
    once = list(
        rescale([heard(1.0, "calm", 0.3, 0.6)], scale=EveningScale(Zero(arousal_shift=0.1)))
    )
    first, stated = once
    assert isinstance(stated, TableScale)
    assert first.arousal == pytest.approx(0.4, abs=0.005) and first.heard_arousal == 0.3
    (again, *_) = rescale(once, scale=EveningScale(Zero(arousal_shift=0.1)))
    assert again.arousal == first.arousal and again.heard_arousal == 0.3


def test_five_minutes_move_little_and_an_hour_more():
    def after(minutes: float) -> float:
        scale = EveningScale()
        for estimate, _ in evening(SOFT, [("calm", minutes * 60.0)], seed=2):
            scale.push(estimate)
        return scale.zero.arousal_shift

    assert 0.0 < after(5) < 0.06 < after(60) <= 0.12


def test_the_next_evening_begins_a_part_of_the_way_and_a_short_one_leaves_all_alone():
    profile, scale = Profile("table"), EveningScale()
    for estimate, _ in evening(SOFT, [("calm", 900.0)], seed=2):
        scale.push(estimate)
    assert profile.after(scale.stated(0.0)) is profile
    for estimate, _ in evening(SOFT, [("calm", 3600.0)], seed=2):
        scale.push(estimate)
    grown = profile.after(scale.stated(0.0))
    assert grown.evenings == 1
    assert grown.zero.arousal_shift == pytest.approx(0.3 * scale.zero.arousal_shift)


def test_the_scale_is_stated_every_four_minutes_of_talk_and_at_the_end():
    told = [estimate for estimate, _ in evening(SOFT, [("calm", 1000.0)], seed=2)]
    scale = EveningScale()
    stated = [e for e in rescale(told, scale=scale) if isinstance(e, TableScale)]
    assert [one.at_s for one in stated] == [240.0, 480.0, 720.0, 960.0, 999.0]
    assert all(b.at_s - a.at_s <= 300.0 for a, b in pairwise(stated))
    assert stated[-1] == scale.stated(999.0)
    assert stated[0].talk_s < stated[-1].talk_s


def test_talk_before_a_long_silence_is_stated_in_it_and_silence_is_not():
    told = [heard(float(at_s), "calm", 0.3, 0.6) for at_s in range(100)]
    silence = [
        AudioChunk(np.zeros(160_000, np.float32), at_s * 16_000)
        for at_s in range(100, 2000, 10)
    ]
    tape = list(rescale([*told, *silence], scale=EveningScale()))
    (stated,) = (e for e in tape if isinstance(e, TableScale))
    assert stated.at_s == 270.0 and stated.talk_s == pytest.approx(100.0)
    assert not [e for e in rescale(silence, scale=EveningScale()) if isinstance(e, TableScale)]
