"""A table's own zero in the features, for models with a head of their own.

Every window's features are standardised by the table's mean and spread, then the head answers.
The mean must not follow the story, see `FeatureEvidence`: in a long battle everybody sounds angry,
which is not how this table sounds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from dndmood.events import EmotionEstimate, TableScale
from dndmood.mood.feature_evidence import FeatureEvidence
from dndmood.mood.feature_zero import FeatureZero, Values, unheard
from dndmood.mood.sure_talk import SureTalk

FARTHEST_MOVE = 1.5
"""One evening moves the mean of a feature by no more than this beyond where it began."""


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


class FeatureScale:
    """The scale of a table through one evening: begins as its profile's, moves with what is heard."""

    def __init__(
        self,
        *,
        head: Head,
        width: int,
        labels: Sequence[str],
        places: Mapping[str, Sequence[float]] | None = None,
        usual: Mapping[str, float] | None = None,
        start: FeatureZero | None = None,
        model: str = "",
    ) -> None:
        """`head` judges `width` features as `labels`, whose usual `places` the model's card says.

        `usual` is the share of each emotion in an evening as any other, `start` what was known of
        the table before, and `model` the beginning of the model's sha256.
        """
        fits = start is not None and len(start.mean) == len(start.deviation) == width
        self._model = model
        self._start = start.bounded() if start is not None and fits else unheard(width)
        self._begun = self._start.believed()
        self._head, self._width = head, width
        self._evidence = FeatureEvidence(width, labels, places or {}, usual)
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
        begun, heard = np.asarray(self._start.mean), self._evidence
        # Heard on the zero as it moves, the story would be taken for the table bit by bit.
        at_start = (
            self._heard(features, *self._begun) if self._start.talk_s else estimate.scores
        )
        heard.push(features, at_start, self._heard(features, *heard.all_talk()), step_s)
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

    def _heard(self, features: Values, mean: Values, deviation: Values) -> Mapping[str, float]:
        """Shares of emotions on that zero."""
        return self._head(((features - mean) / deviation).tolist()).scores
