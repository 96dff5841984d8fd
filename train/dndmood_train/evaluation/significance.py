"""Whether a figure, or a difference between two models, could be chance. Arithmetic only.

Clips of one speaker resemble each other, so chance is modelled by drawing speakers, not clips.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Statistic = Callable[[NDArray[np.int64]], float]
"""Clip numbers (with repeats) to a figure; NaN where it is undefined."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure would lie if other speakers had been asked."""

    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether zero lies outside, so that a difference is probably real."""
        return self.low > 0 or self.high < 0


def bootstrap(
    statistic: Statistic,
    speakers: Sequence[str],
    *,
    rounds: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Percentile interval of `statistic` over redrawn speakers, one speaker name per clip.

    With a `statistic` that is the difference of two models on the same clips this is the
    paired bootstrap. Efron and Tibshirani, "An Introduction to the Bootstrap", 1993. The
    interval is NaN to NaN with fewer than two speakers.
    """
    if rounds == 0:
        return Interval(float("nan"), float("nan"))
    names, who = np.unique(np.asarray(speakers), return_inverse=True)
    if len(names) < 2:  # noqa: PLR2004 - one speaker cannot vary
        return Interval(float("nan"), float("nan"))
    clips_of = [np.flatnonzero(who == number) for number in range(len(names))]
    random = np.random.default_rng(seed)
    values = np.array(
        [
            statistic(np.concatenate([clips_of[n] for n in draw]))
            for draw in random.integers(len(names), size=(rounds, len(names)))
        ]
    )
    values = values[~np.isnan(values)]
    if len(values) == 0:
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


_FEW = 25
"""Disagreements below which the binomial is summed exactly."""


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Probability of a difference in accuracy this large between equally good models.

    `first` and `second` say of the same clips whether each model was right, shape `(n,)`.
    Exact binomial below 25 disagreements, else chi squared with continuity correction.
    McNemar, "Note on the sampling error of the difference between correlated proportions",
    Psychometrika 1947.
    """
    only_first = int(np.sum(first & ~second))
    only_second = int(np.sum(~first & second))
    differing = only_first + only_second
    if differing == 0:
        return 1.0
    if differing < _FEW:
        fewer = min(only_first, only_second)
        tail = math.ldexp(sum(math.comb(differing, k) for k in range(fewer + 1)), -differing)
        return min(1.0, 2 * tail)
    chi_squared = (abs(only_first - only_second) - 1) ** 2 / differing
    return math.erfc(math.sqrt(chi_squared / 2))
