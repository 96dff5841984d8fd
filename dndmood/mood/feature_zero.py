"""A table's own zero in the features of a model: where they lie, how they spread, and how sure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
"""One number for each feature, shape `(width,)`."""

FARTHEST_MEAN = 2.0
"""In deviations of the speech that the model learned from: a zero lies no farther away."""
DEVIATIONS = (0.6, 1.6)
"""How far features may be pressed together or stretched."""
LONGEST_MEMORY_S = 5400.0
"""Of talk: what a table is known by outweighs one evening, and moves all the same."""
_DOUBT_S = 50.0
"""So much talk moves the mean half of the way."""
_SPREAD_DOUBT_S = 150.0
"""The same for the spread, which takes longer to know and matters less."""


@dataclass(frozen=True, slots=True)
class FeatureZero:
    """What was heard of a table, in units of the speech that the model learned from."""

    mean: tuple[float, ...]
    """Where each feature lies; 0 as in that speech."""
    deviation: tuple[float, ...]
    """How far each spreads around it; 1 as in that speech."""
    talk_s: float
    """How much sure talk both rest on: 0 for nothing, `LONGEST_MEMORY_S` at most."""

    def bounded(self) -> "FeatureZero":
        """The same within what a table may be; values that are no numbers say nothing."""
        low, high = DEVIATIONS
        mean = np.nan_to_num(self.mean, nan=0.0).clip(-FARTHEST_MEAN, FARTHEST_MEAN)
        deviation = np.nan_to_num(self.deviation, nan=1.0).clip(low, high)
        talk_s = float(np.clip(np.nan_to_num(self.talk_s), 0.0, LONGEST_MEMORY_S))
        return FeatureZero(tuple(mean.tolist()), tuple(deviation.tolist()), talk_s)

    def with_more(self, mean: Values, deviation: Values, talk_s: float) -> "FeatureZero":
        """The same after `talk_s` more of talk, in which the features lay so."""
        whole_s = self.talk_s + talk_s
        share = talk_s / whole_s if whole_s else 0.0
        old, spread = np.asarray(self.mean), np.log(self.deviation)
        return FeatureZero(
            tuple((old + share * (mean - old)).tolist()),
            tuple(np.exp(spread + share * (np.log(deviation) - spread)).tolist()),
            whole_s,
        )

    def moved(self, before: "FeatureZero", after: "FeatureZero") -> "FeatureZero":
        """The same, as much further as `after` is from `before`."""
        if not len(self.mean) == len(before.mean) == len(after.mean):
            return after
        ratio = np.divide(after.deviation, before.deviation)
        return FeatureZero(
            tuple((np.add(self.mean, np.subtract(after.mean, before.mean))).tolist()),
            tuple((np.multiply(self.deviation, ratio)).tolist()),
            self.talk_s + after.talk_s - before.talk_s,
        ).bounded()

    def believed(self) -> tuple[Values, Values]:
        """Mean and deviation to standardise with: nearer to 0 and 1, the less was heard."""
        sure = self.talk_s / (self.talk_s + _DOUBT_S)
        spread_sure = self.talk_s / (self.talk_s + _SPREAD_DOUBT_S)
        kept = self.bounded()
        return np.asarray(kept.mean) * sure, np.asarray(kept.deviation) ** spread_sure


def unheard(width: int) -> FeatureZero:
    """The zero of a table of which nothing was heard."""
    return FeatureZero((0.0,) * width, (1.0,) * width, 0.0)
