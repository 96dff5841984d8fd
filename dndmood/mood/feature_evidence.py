"""What the talk of an evening says about how a table sounds, its story aside."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from dndmood.mood.feature_zero import Values

HALF_LIFE_S = 1800.0
"""Of talk, not of time: what was heard so long ago counts half."""
_FARTHEST = 4.0
"""A feature that strays farther counts as this: one odd sound moves nothing."""
_LEAST_DEVIATION = 0.05
_MINUTE_S = 60.0
_AS_HEARD = 0.7
"""A model is too sure of what it hears at a strange table: so much of it is believed, and for the
rest the evening is one like others."""
_VARIETY = (0.15, 0.28)
"""Between which the story counts the less, the more it varies, in nats: evenings of one emotion
vary by up to 0.19 (speakers take turns), small talk by 0.28 or more, a campaign by 0.32."""


class Variety:
    """How much what is heard changes from minute to minute of talk.

    It is the information that the minute carries about the emotion: the entropy of all shares
    together less the mean entropy of each minute's, in nats.
    """

    def __init__(self, emotions: int) -> None:
        self._minute: Values = np.zeros(emotions)
        self._minute_s = 0.0
        self._shares: Values = np.zeros(emotions)
        self._entropy = 0.0
        self._minutes = 0.0

    def push(self, shares: Values, step_s: float) -> None:
        """Take in `step_s` of talk with these shares of emotions."""
        self._minute = self._minute + step_s * shares
        self._minute_s += step_s
        if self._minute_s < _MINUTE_S:
            return
        minute, kept = self._minute / self._minute_s, math.exp2(-self._minute_s / HALF_LIFE_S)
        self._shares = self._shares * kept + minute
        self._entropy = self._entropy * kept + _entropy(minute)
        self._minutes = self._minutes * kept + 1.0
        self._minute, self._minute_s = np.zeros(len(shares)), 0.0

    def now(self) -> float:
        """The variety of all whole minutes; 0 before there are two."""
        if self._minutes <= 1.0:
            return 0.0
        return _entropy(self._shares / self._minutes) - self._entropy / self._minutes


class FeatureEvidence:
    """Mean and spread of the features that an evening shows to be the table's.

    Off each window the usual place of what was heard in it is taken. There are two ways to hear
    it: on the zero with which the evening began, and on the mean of all talk so far. The second
    is the better one as soon as the story has been through several emotions, and wrong in a long
    battle; so the more the evening varies, the more it counts.
    """

    def __init__(
        self,
        width: int,
        labels: Sequence[str],
        places: Mapping[str, Sequence[float]],
        usual: Mapping[str, float] | None = None,
    ) -> None:
        """`places` says where the speech of each of `labels` usually lies in `width` features.

        Empty where nobody measured it: then only an evening that varies says anything. `usual` is
        the share of each emotion in an evening; without it, what is heard is believed.
        """
        self._labels = tuple(labels)
        self._as_heard = 1.0 if usual is None else _AS_HEARD
        self._usual = self._ordered(usual or {})
        self._places = (
            np.array([places[label] for label in labels])
            if places
            else np.full((len(labels), width), np.nan)
        )
        self._known_places = np.nan_to_num(self._places)
        self._all, self._at_start, self._at_mean = (_Moments(width) for _ in range(3))
        self._variety = Variety(len(labels))

    @property
    def talk_s(self) -> float:
        """Sure talk, in seconds, of everything that is not forgotten."""
        return self._all.weight

    def push(
        self,
        features: Values,
        at_start: Mapping[str, float],
        at_mean: Mapping[str, float],
        step_s: float,
    ) -> None:
        """Take in `step_s` of talk with these features and these shares of emotions.

        They are as heard `at_start`, on the zero of the evening's beginning, and `at_mean`, on
        that of all talk.
        """
        near = features.clip(-_FARTHEST, _FARTHEST)
        heard, own = self._ordered(at_start), self._ordered(at_mean)
        self._all.push(near, step_s)
        believed = self._as_heard * heard + (1.0 - self._as_heard) * self._usual
        self._at_start.push(near - believed @ self._places, step_s)
        self._at_mean.push(near - own @ self._known_places, step_s)
        self._variety.push(heard, step_s)

    def all_talk(self) -> tuple[Values, Values]:
        """Mean and deviation of all talk, whatever the story was; nearer to 0 and 1 at first."""
        sure = self.talk_s / (self.talk_s + _MINUTE_S)
        deviation = np.sqrt(self._all.variance()) + _LEAST_DEVIATION
        return self._all.mean() * sure, deviation**sure

    def mean(self) -> Values:
        """Where the features lie, the story aside, shape `(width,)`."""
        varied = self.varied()
        began = np.nan_to_num(self._at_start.mean())
        return np.asarray(varied * self._at_mean.mean() + (1.0 - varied) * began)

    def deviation(self) -> Values:
        """How far they spread, were every emotion heard equally often."""
        varied, between = self.varied(), self._places.var(axis=0)
        began = np.nan_to_num(self._at_start.variance() + between, nan=1.0)
        variance = varied * self._all.variance() + (1.0 - varied) * began
        return np.asarray(np.sqrt(variance) + _LEAST_DEVIATION)

    def varied(self) -> float:
        """How far an emotion heard on the mean of all talk can be believed, 0 to 1."""
        low, high = _VARIETY
        return float(np.clip((self._variety.now() - low) / (high - low), 0.0, 1.0))

    def _ordered(self, shares: Mapping[str, float]) -> Values:
        return np.array([shares.get(label, 0.0) for label in self._labels])


class _Moments:
    """Mean and variance, forgotten by the half-life."""

    def __init__(self, width: int) -> None:
        self._sum: Values = np.zeros(width)
        self._squares: Values = np.zeros(width)
        self.weight = 0.0

    def push(self, values: Values, weight: float) -> None:
        kept = math.exp2(-weight / HALF_LIFE_S)
        self._sum = self._sum * kept + weight * values
        self._squares = self._squares * kept + weight * np.square(values)
        self.weight = self.weight * kept + weight

    def mean(self) -> Values:
        return self._sum / max(self.weight, 1e-9)

    def variance(self) -> Values:
        return np.maximum(self._squares / max(self.weight, 1e-9) - np.square(self.mean()), 0.0)


def _entropy(shares: Values) -> float:
    """In nats, of shares that need not sum to 1."""
    whole = max(float(shares.sum()), 1e-9)
    parts = np.maximum(shares / whole, 1e-9)
    return float(-(parts * np.log(parts)).sum())
