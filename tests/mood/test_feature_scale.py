"""The table's own zero in the features, on invented tables of which the truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from dndmood.events import EmotionEstimate, TableScale
from dndmood.hearing.reading import Reading
from dndmood.mood.feature_evidence import FeatureEvidence, Variety
from dndmood.mood.feature_scale import FARTHEST_MOVE, FeatureScale
from dndmood.mood.feature_zero import DEVIATIONS, FARTHEST_MEAN, FeatureZero, unheard
from dndmood.mood.profile import Evening, Profile
from dndmood.mood.table_scale import rescale

LABELS = ("neutral", "angry", "sad", "happy")
WIDTH = 12
MIX = {"neutral": 0.4, "angry": 0.25, "sad": 0.15, "happy": 0.2}
_RNG = np.random.default_rng(11)
PLACES = {label: tuple(_RNG.normal(0, 0.7, WIDTH).tolist()) for label in LABELS}
_SPREAD = 0.8


def head(features) -> Reading:
    """The best possible answer in a world where features scatter around each emotion's place."""
    away = np.array([np.square(np.subtract(features, PLACES[label])).sum() for label in LABELS])
    shares = np.exp(-(away - away.min()) / (2 * _SPREAD**2))
    shares /= shares.sum()
    scores = dict(zip(LABELS, shares.tolist(), strict=True))
    return Reading(scores["angry"], scores["happy"], 0.4, scores, tuple(features))


def estimate(at_s: float, features, *, voice: float = 1.0) -> EmotionEstimate:
    said = head(features)
    return EmotionEstimate(
        at_s, said.arousal, said.valence, said.scores, voice, 1.0,
        features=tuple(float(one) for one in features),
    )  # fmt: skip


def evening(
    offset,
    emotions: dict[str, float],
    *,
    minutes: float,
    hop_s: float = 1.0,
    scene_s: float = 120.0,
    seed: int = 0,
) -> list[tuple[EmotionEstimate, str]]:
    """Windows of a table whose every feature lies `offset` from the training's, with the truth."""
    rng = np.random.default_rng(seed)
    names, shares = list(emotions), np.array(list(emotions.values()))
    told, length, left = [], round(minutes * 60.0 / hop_s), 0
    for number in range(length):
        if left <= 0:
            label = names[rng.choice(len(names), p=shares / shares.sum())]
            left = min(round(rng.exponential(scene_s / hop_s)), length // 4)
        left -= 1
        features = np.add(PLACES[label], offset) + _SPREAD * rng.standard_normal(WIDTH)
        told.append((estimate(number * hop_s, features), label))
    return told


def scale(**more) -> FeatureScale:
    return FeatureScale(head=head, width=WIDTH, labels=LABELS, places=PLACES, **more)


def after(told, **more) -> FeatureScale:
    heard = scale(**more)
    for one, _ in told:
        heard.push(one)
    return heard


def right(heard: FeatureScale | None, told, label: str = "") -> float:
    """Share of windows (of `label`) whose strongest emotion is the true one."""
    asked = [(one, truth) for one, truth in told if truth == label or not label]
    said = [(heard.placed(one) if heard else one).scores for one, _ in asked]
    return float(
        np.mean([max(s, key=s.get) == truth for s, (_, truth) in zip(said, asked, strict=True)])
    )


STRANGE = np.random.default_rng(5).normal(0, 0.9, WIDTH)
TOLD = evening(STRANGE, dict.fromkeys(LABELS, 1.0), minutes=10, scene_s=1.0, seed=99)
"""What is asked afterwards: every emotion equally often, at a strange table."""
USUAL = evening(np.zeros(WIDTH), dict.fromkeys(LABELS, 1.0), minutes=10, scene_s=1.0, seed=98)


@pytest.mark.parametrize(("minutes", "won"), [(1, 0.2), (5, 0.45), (30, 0.5)])
def test_a_strange_table_is_understood_better_the_longer_it_talks(minutes, won):
    """`won` is the share that is won of what the table's true zero would bring."""
    without = right(None, TOLD)
    best = right(after([], start=FeatureZero(tuple(STRANGE), (1.0,) * WIDTH, 5400.0)), TOLD)
    assert best - without > 0.05, "this table would not need a zero"
    own = right(after(evening(STRANGE, MIX, minutes=minutes)), TOLD)
    assert own - without >= won * (best - without)


def test_a_table_as_any_other_loses_nothing():
    for minutes in (1, 5, 30):
        own = after(evening(np.zeros(WIDTH), MIX, minutes=minutes, seed=4))
        assert right(own, USUAL) >= right(None, USUAL) - 0.02


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("minutes", [5, 60])
def test_an_evening_of_one_emotion_keeps_that_emotion(label, minutes):
    """A long battle is not taken for a loud table, nor a long calm for a soft one."""
    own = after(evening(np.zeros(WIDTH), {label: 1.0}, minutes=minutes, seed=6))
    assert right(own, USUAL, label) >= right(None, USUAL, label) - 0.1
    assert right(own, USUAL) >= right(None, USUAL) - 0.05


def test_without_places_only_an_evening_that_varies_says_anything():
    plain = FeatureScale(head=head, width=WIDTH, labels=LABELS)
    for one, _ in evening(STRANGE, {"angry": 1.0}, minutes=30, seed=6):
        plain.push(one)
    assert np.abs(plain.zero.mean).max() == pytest.approx(0.0)
    for one, _ in evening(STRANGE, dict.fromkeys(LABELS, 1.0), minutes=60, seed=6):
        plain.push(replace(one, at_s=one.at_s + 1800.0))
    assert right(plain, TOLD) > right(None, TOLD) + 0.02


def test_variety_is_what_changes_from_minute_to_minute_and_not_within_one():
    def after(*minutes) -> float:
        variety = Variety(2)
        for minute in minutes:
            for share in minute:
                variety.push(np.array([share, 1.0 - share]), 60.0 / len(minute))
        return variety.now()

    assert after([1.0, 0.0]) == 0.0
    assert after([1.0, 0.0], [1.0, 0.0], [0.0, 1.0]) == pytest.approx(0.0, abs=1e-6)
    assert after([1.0, 1.0], [0.0, 0.0]) == pytest.approx(np.log(2.0), abs=0.01)


def test_what_is_hardly_a_voice_or_no_number_teaches_nothing():
    own = scale()
    loud = np.full(WIDTH, 3.0)
    own.push(estimate(0.0, loud, voice=0.3))
    own.push(replace(estimate(1.0, loud), features=(float("nan"),) * WIDTH))
    own.push(replace(estimate(2.0, loud), features=(1.0,)))
    own.push(replace(estimate(3.0, loud), features=()))
    assert own.zero == unheard(WIDTH) and own.talk_s == 0.0


def test_talk_is_counted_by_time_and_not_by_windows():
    often = after(evening(STRANGE, MIX, minutes=5, hop_s=0.5))
    seldom = after(evening(STRANGE, MIX, minutes=5, hop_s=1.0))
    assert often.zero.talk_s == pytest.approx(seldom.zero.talk_s, rel=0.02)


def test_one_odd_sound_moves_nothing():
    told = evening(STRANGE, MIX, minutes=5)
    odd = estimate(told[-1][0].at_s + 1.0, np.full(WIDTH, 1e6))
    calm, wild = after(told), after([*told, (odd, "")])
    assert np.abs(np.subtract(calm.zero.mean, wild.zero.mean)).max() < 0.06


def test_nothing_moves_farther_than_its_bounds_whatever_is_heard():
    start = FeatureZero((1.4,) * WIDTH, (1.5,) * WIDTH, 600.0)
    for far in (-9.0, 9.0):
        own = after(evening(np.full(WIDTH, far), MIX, minutes=60), start=start)
        mean, deviation = own.zero.believed()
        assert np.abs(mean).max() <= FARTHEST_MEAN
        assert np.abs(mean - start.believed()[0]).max() <= FARTHEST_MOVE + 0.2
        assert DEVIATIONS[0] <= deviation.min() and deviation.max() <= DEVIATIONS[1]
        assert sum(own.placed(TOLD[0][0]).scores.values()) == pytest.approx(1.0)


def test_an_estimate_on_the_zero_has_lost_its_features_and_kept_its_voice():
    told = estimate(1.0, STRANGE, voice=0.9)
    placed = after(evening(STRANGE, MIX, minutes=5)).placed(told)
    assert placed.features == () and placed.voice == 0.9
    assert placed.heard_arousal == told.arousal and placed.heard_valence == told.valence
    assert placed.arousal != told.arousal


def test_an_old_evening_without_features_passes_as_it_was():
    own = after(evening(STRANGE, MIX, minutes=5))
    old = replace(estimate(1.0, STRANGE), features=(), heard_arousal=0.1, heard_valence=0.2)
    assert own.placed(old) == old


def test_the_next_evening_begins_where_this_one_ended_and_moves_less():
    first = after(evening(STRANGE, MIX, minutes=30), model="abc")
    profile = Profile("table").after(first.stated(1800.0))
    assert profile.features["abc"].talk_s == pytest.approx(first.zero.talk_s)
    assert right(scale(start=profile.features["abc"]), TOLD) == pytest.approx(
        right(first, TOLD), abs=0.01
    )
    other = evening(np.zeros(WIDTH), MIX, minutes=5)
    fresh, settled = after(other), after(other, start=profile.features["abc"])
    assert (
        np.abs(np.subtract(settled.zero.mean, first.zero.mean)).mean()
        < 0.5 * np.abs(np.subtract(fresh.zero.mean, first.zero.mean)).mean()
    )


def test_a_short_evening_leaves_the_profile_alone_and_each_model_has_its_own_zero():
    profile = Profile("table", features={"old": FeatureZero((0.5,), (1.0,), 600.0)})
    short = after(evening(STRANGE, MIX, minutes=4), model="new").stated(240.0)
    assert profile.after(short) is profile
    grown = profile.after(after(evening(STRANGE, MIX, minutes=30), model="new").stated(1800.0))
    assert set(grown.features) == {"old", "new"} and grown.evenings == 1
    assert grown.features["old"] == profile.features["old"]
    assert grown.zero == profile.zero and grown.model == profile.model


def test_what_two_evenings_at_once_teach_is_both_kept_and_each_counts_once():
    def at(mean: float, talk_s: float) -> Profile:
        return Profile("table", features={"m": FeatureZero((mean,), (1.0,), talk_s)})

    known = at(0.1, 600.0)
    this, other = at(0.3, 900.0), at(0.0, 700.0)
    alone = Evening(known, known).merged(known, this)
    assert alone.features == this.features
    again = Evening(alone, this).merged(alone, at(0.35, 1000.0))
    assert again.features == at(0.35, 1000.0).features
    both = Evening(known, known).merged(other, this)
    assert both.features["m"].mean[0] == pytest.approx(0.2)
    assert both.features["m"].talk_s == pytest.approx(1000.0)


def test_the_scale_is_stated_with_what_a_profile_keeps():
    told = [one for one, _ in evening(STRANGE, MIX, minutes=10)]
    own = scale(model="abc")
    stated = [e for e in rescale(told, scale=own) if isinstance(e, TableScale)]
    assert stated[-1].mean == own.zero.mean and stated[-1].model == "abc"
    assert stated[-1].evidence_s == pytest.approx(own.zero.talk_s) and stated[-1].talk_s > 590.0
    assert stated[-1].arousal_shift == 0.0 and stated[-1].tilts == {}


def test_a_start_of_another_width_is_no_start():
    own = scale(start=FeatureZero((0.5,), (1.0,), 600.0))
    assert own.zero == unheard(WIDTH)


def test_evidence_without_anything_heard_says_zero():
    evidence = FeatureEvidence(WIDTH, LABELS, PLACES)
    assert (evidence.mean() == 0.0).all()
