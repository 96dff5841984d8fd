"""A table's own zero in the features, for models with a head of their own.

Every window's features are standardised by the table's mean and spread, then the head answers.
The mean must not follow the story: in a long battle everybody sounds angry, and the mean of all
talk would take that for how this table sounds. So the usual place of what the head heard is
taken off each window first, as it was heard when the evening began; what remains is the table's.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from dndmood.events import EmotionEstimate, TableScale
from dndmood.mood.feature_zero import FeatureZero, Values, unheard
from dndmood.mood.sure_talk import SureTalk

HALF_LIFE_S = 1800.0
"""Of talk, not of time: what was heard so long ago counts half."""
FARTHEST_MOVE = 0.75
"""One evening moves the mean of a feature by no more than this beyond where it began."""
_FARTHEST = 4.0
"""A feature that strays farther counts as this: one odd sound moves nothing."""
_LEAST_DEVIATION = 0.05


class Answer(Protocol):
    """What a head says; scales as in `EmotionEstimate`."""

    @property
    def arousal(self) -> float: ...
    @property
    def valence(self) -> float: ...
    @property
    def scores(self) -> Mapping[str, float]: ...


Head = Callable[[Sequence[float]], Answer]
"""Judges the features of one window."""


class FeatureEvidence:
    """What the talk of one evening says about the table's mean and spread."""

    def __init__(self, places: Mapping[str, Sequence[float]], width: int) -> None:
        """`places` says where each emotion's speech usually lies; without it nothing is taken off."""
        self._labels = tuple(places)
        self._places = np.array([places[label] for label in places]).reshape(-1, width)
        self._sum: Values = np.zeros(width)  # of what remains, times seconds
        self._squares: Values = np.zeros(width)
        self.talk_s = 0.0
        """Of everything that is not forgotten."""

    def push(self, features: Values, shares: Mapping[str, float], step_s: float) -> None:
        """Take in `step_s` of talk with these features, heard as these shares of emotions."""
        kept = math.exp2(-step_s / HALF_LIFE_S)
        told = np.array([shares.get(label, 0.0) for label in self._labels]) @ self._places
        remains = features.clip(-_FARTHEST, _FARTHEST) - told
        self._sum = self._sum * kept + step_s * remains
        self._squares = self._squares * kept + step_s * np.square(remains)
        self.talk_s = self.talk_s * kept + step_s

    def mean(self) -> Values:
        """Where the features lie once the story is taken off, shape `(width,)`."""
        return self._sum / max(self.talk_s, 1e-9)

    def deviation(self) -> Values:
        """How far they would spread were every emotion heard equally often."""
        within = self._squares / max(self.talk_s, 1e-9) - np.square(self.mean())
        between = self._places.var(axis=0) if len(self._places) else 0.0
        return np.sqrt(np.maximum(within, 0.0) + between) + _LEAST_DEVIATION


class FeatureScale:
    """The scale of a table through one evening: begins as its profile's, moves with what is heard."""

    def __init__(
        self,
        *,
        head: Head,
        width: int,
        places: Mapping[str, Sequence[float]] | None = None,
        start: FeatureZero | None = None,
        model: str = "",
    ) -> None:
        """`head` judges `width` features; `places` says where each emotion's usually lie.

        That is its mean in the speech that the model learned from; without it, the mean of all
        talk is the zero, whatever the story. `start` is what was known of the table before, `model`
        the beginning of the model's sha256.
        """
        fits = start is not None and len(start.mean) == len(start.deviation) == width
        self._model = model
        self._start = start.bounded() if start is not None and fits else unheard(width)
        self._begun = self._start.believed()
        self._head, self._width = head, width
        self._evidence = FeatureEvidence(places or {}, width)
        self._talk = SureTalk()
        self.talk_s = 0.0
        """How much sure talk was heard, nothing forgotten."""
        self.zero = self._start
        """What is known of the table now."""
        self._believed = self._begun

    def push(self, estimate: EmotionEstimate) -> None:
        """Learn from what the model said, if it is surely a voice and has features."""
        step_s = self._talk.taught_s(estimate)
        features = np.asarray(estimate.features)
        if not step_s or len(features) != self._width or not np.isfinite(features).all():
            return
        self.talk_s += step_s
        self._evidence.push(features, self._at_start(estimate), step_s)
        begun, heard = np.asarray(self._start.mean), self._evidence
        mean = heard.mean().clip(begun - FARTHEST_MOVE, begun + FARTHEST_MOVE)
        self.zero = self._start.with_more(mean, heard.deviation(), heard.talk_s)
        self._believed = self.zero.believed()

    def placed(self, estimate: EmotionEstimate) -> EmotionEstimate:
        """`estimate` as the head answers on the table's own zero, without its features.

        How surely it is a voice stays as the model said. One without features stays as it is.
        """
        if len(estimate.features) != self._width:
            return estimate
        mean, deviation = self._believed
        answer = self._head(((np.asarray(estimate.features) - mean) / deviation).tolist())
        return replace(
            estimate,
            arousal=answer.arousal,
            valence=answer.valence,
            scores=answer.scores,
            heard_arousal=estimate.arousal,
            heard_valence=estimate.valence,
            features=(),
        )

    def stated(self, at_s: float) -> TableScale:
        """What is known of the table now, as a fact."""
        zero = self.zero
        return TableScale(
            at_s, self.talk_s, 0.0, 0.0, 1.0, {},
            mean=zero.mean, deviation=zero.deviation, evidence_s=zero.talk_s, model=self._model,
        )  # fmt: skip

    def _at_start(self, estimate: EmotionEstimate) -> Mapping[str, float]:
        """Shares of emotions as heard on the zero of the evening's beginning.

        Heard on the zero as it moves, the story would be taken off bit by bit.
        """
        if not self._start.talk_s:
            return estimate.scores
        mean, deviation = self._begun
        standardised = (np.asarray(estimate.features) - mean) / deviation
        return self._head(standardised.tolist()).scores
