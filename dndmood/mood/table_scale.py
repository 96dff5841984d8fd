"""Stage `rescale`: puts every estimate on the table's own scale, slowly and within bounds.

A `FeatureScale` does it for a model with a head of its own, an `EveningScale` for all others.
There, with o for the arousal of ordinary talk: arousal becomes o + (arousal + arousal_shift - o) x gain,
valence becomes valence + valence_shift, and each emotion's score is multiplied by its tilt, after
which the scores are divided by their sum.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from dndmood.bounds import clamp
from dndmood.events import AudioChunk, EmotionEstimate, Event, TableScale
from dndmood.mood.quantiles import Quantiles
from dndmood.mood.sure_talk import SureTalk
from dndmood.mood.zero import Ordinary, Zero, within

_EVENING_SHIFT = 0.12
"""One evening moves it by no more than this beyond its profile, so that a night that really is
one long battle keeps its battle."""
_HALF_LIFE_S = 1800.0
"""Of talk, not of time: what was heard so long ago counts half."""
_DOUBT_S = 600.0
"""So much talk of this evening weighs as much as what was believed before it."""
_JUDGED_EACH_S = 5.0
"""Of talk: what moves by half-lives of many minutes need not be looked at more often."""
_STATED_EACH_S = 240.0
"""Of audio time: a program that is killed loses so much of what the evening taught."""
_SILENCE_S = 30.0
"""After so long without an estimate the scale is stated all the same."""


@dataclass(frozen=True, slots=True)
class _Zone:
    """Where a quantile of an evening's talk may lie by what the story is alone, for any table."""

    quantile: float
    low: float
    high: float

    def excess(self, heard: float) -> float:
        """How far `heard` lies outside; 0 inside."""
        return min(heard - self.low, 0.0) + max(heard - self.high, 0.0)


# A long battle must not be taken for a loud table, since an evening's content explains much of
# how loud it is. Its ordinary talk is its softest and most pleasant part, so a low quantile of arousal and
# a high one of valence are watched; where they lie, relative to ordinary talk, between "all
# small talk" and "mostly fights and dread", the table is as any other and nothing moves.
_AROUSAL = _Zone(0.20, -0.05, 0.05)
_VALENCE = _Zone(0.80, -0.10, 0.15)
_REACH = _Zone(0.90, 0.38, 0.62)  # this quantile of arousal above that of `_AROUSAL`
_MILDLY = 0.5
"""Power with which an emotion's share of the evening is held against its usual share."""


class Scale(Protocol):
    """A table's scale through one evening: begins as its profile's, moves with what is heard."""

    talk_s: float
    """How much sure talk was heard, nothing forgotten."""

    def push(self, estimate: EmotionEstimate) -> None:
        """Learn from what the model said, if it is surely a voice."""

    def placed(self, estimate: EmotionEstimate) -> EmotionEstimate:
        """`estimate` on the table's scale; what the model said is kept beside it."""

    def stated(self, at_s: float) -> TableScale:
        """The scale now as a fact."""


class EveningScale:
    """The scale for a model without a head of its own: its answers are moved."""

    def __init__(self, start: Zero | None = None, ordinary: Ordinary | None = None) -> None:
        self._start = (start or Zero()).bounded()
        self._ordinary = ordinary or Ordinary()
        self._arousal = Quantiles(_HALF_LIFE_S)
        self._valence = Quantiles(_HALF_LIFE_S)
        self._scores: dict[str, float] = {}  # seconds of talk, forgotten likewise
        self._talk = SureTalk()
        self.talk_s = 0.0
        """How much sure talk was heard, nothing forgotten."""
        self._next_s = 0.0  # talk after which the scale is judged again
        self.zero = self._start
        """The scale now."""

    def push(self, estimate: EmotionEstimate) -> None:
        """Learn from what the model said, if it is surely a voice."""
        estimate = _as_heard(estimate)
        step_s = self._talk.taught_s(estimate)
        if not step_s:
            return
        self.talk_s += step_s
        self._arousal.push(estimate.arousal, step_s)
        self._valence.push(estimate.valence, step_s)
        kept = math.exp2(-step_s / _HALF_LIFE_S)
        for label in {*self._scores, *estimate.scores}:
            score = estimate.scores.get(label, 0.0)
            self._scores[label] = self._scores.get(label, 0.0) * kept + score * step_s
        if self.talk_s >= self._next_s:
            self._next_s = self.talk_s + _JUDGED_EACH_S
            self.zero = self._judged()

    def placed(self, estimate: EmotionEstimate) -> EmotionEstimate:
        """`estimate` on the table's scale; what the model said is kept beside it."""
        estimate = _as_heard(estimate)
        zero, ordinary = self.zero, self._ordinary.arousal
        arousal = ordinary + (estimate.arousal + zero.arousal_shift - ordinary) * zero.gain
        scores = {
            label: score * zero.tilts.get(label, 1.0)
            for label, score in estimate.scores.items()
        }
        whole = sum(scores.values())
        return replace(
            estimate,
            arousal=clamp(arousal),
            valence=clamp(estimate.valence + zero.valence_shift),
            scores={label: score / whole for label, score in scores.items()}
            if whole > 0.0
            else estimate.scores,
            heard_arousal=estimate.arousal,
            heard_valence=estimate.valence,
            features=(),
        )

    def stated(self, at_s: float) -> TableScale:
        """The scale now as a fact."""
        zero = self.zero
        return TableScale(
            at_s,
            self.talk_s,
            zero.arousal_shift,
            zero.valence_shift,
            zero.gain,
            dict(zero.tilts),
        )

    def _judged(self) -> Zero:
        """The start, moved by how far this evening lies outside of what stories explain."""
        start, ordinary, weight_s = self._start, self._ordinary, self._arousal.weight
        trust = weight_s / (weight_s + _DOUBT_S)
        low = self._arousal.at(_AROUSAL.quantile)
        arousal = _AROUSAL.excess(low + start.arousal_shift - ordinary.arousal)
        valence = _VALENCE.excess(
            self._valence.at(_VALENCE.quantile) + start.valence_shift - ordinary.valence
        )
        reach = max((self._arousal.at(_REACH.quantile) - low) * start.gain, 0.05)
        wanted = within(reach - _REACH.excess(reach), 0.0, 1.0, reach) / reach
        most = _EVENING_SHIFT
        return Zero(
            start.arousal_shift - within(arousal * trust, -most, most, 0.0),
            start.valence_shift - within(valence * trust, -most, most, 0.0),
            start.gain * wanted**trust,
            {label: self._tilt(label, weight_s, trust) for label in self._scores},
        ).bounded()

    def _tilt(self, label: str, weight_s: float, trust: float) -> float:
        """An emotion that is heard more than in other evenings says less, a rarer one more."""
        share, start = self._scores[label] / weight_s, self._start.tilts.get(label, 1.0)
        usual = self._ordinary.evening.get(label, 1.0 / len(self._scores))
        return float(start * (usual / max(share * start, 0.02)) ** (_MILDLY * trust))


def rescale_ear(tape: Iterable[Event], *, scale: Scale, ear: str) -> Iterator[Event]:
    """Put each `EmotionEstimate` of a further `ear` on a scale of its own, which is kept nowhere.

    Another microphone, or a call's, has another zero than the table's.
    """
    for event in tape:
        if isinstance(event, EmotionEstimate) and event.ear == ear:
            scale.push(event)
            yield scale.placed(event)
        else:
            yield event


def rescale(tape: Iterable[Event], *, scale: Scale) -> Iterator[Event]:
    """Put each `EmotionEstimate` of the microphone on the table's own scale; all else passes.

    The scale is stated as a `TableScale` after every four minutes in which somebody spoke, and at
    the end of the tape.
    """
    due_s, stated_s, now_s = _STATED_EACH_S, scale.talk_s, 0.0
    for event in tape:
        late_s = 0.0
        match event:
            case EmotionEstimate(at_s=at_s, ear=""):
                scale.push(event)
                yield scale.placed(event)
            case AudioChunk():
                yield event
                # Later than estimates: in which pieces the sound comes must not matter.
                at_s, late_s = event.end_s, _SILENCE_S
            case _:
                yield event
                continue
        now_s = max(now_s, at_s)
        if at_s >= due_s + late_s and scale.talk_s > stated_s:
            due_s, stated_s = at_s + _STATED_EACH_S, scale.talk_s
            yield scale.stated(at_s)
    if scale.talk_s > stated_s:
        yield scale.stated(now_s)


def _as_heard(estimate: EmotionEstimate) -> EmotionEstimate:
    """`estimate` as the model gave it, also when an old evening is replayed."""
    if estimate.heard_arousal is None or estimate.heard_valence is None:
        return estimate
    return replace(estimate, arousal=estimate.heard_arousal, valence=estimate.heard_valence)
