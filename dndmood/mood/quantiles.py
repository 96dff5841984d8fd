"""Quantiles of what was heard, of which the older counts less."""

import math

_BINS = 64


class Quantiles:
    """Quantiles of values within 0 to 1, forgotten by a half-life.

    >>> heard = Quantiles(half_life=100.0)
    >>> for value in (0.2, 0.2, 0.2, 0.9):
    ...     heard.push(value, 1.0)
    >>> round(heard.at(0.5), 1)
    0.2
    """

    def __init__(self, half_life: float) -> None:
        self._half_life = half_life
        self._bins = [0.0] * _BINS
        self.weight = 0.0
        """Of everything that is not forgotten."""

    def push(self, value: float, weight: float) -> None:
        """Take `value` in."""
        kept = math.exp2(-weight / self._half_life)
        self._bins = [held * kept for held in self._bins]
        self._bins[min(int(max(value, 0.0) * _BINS), _BINS - 1)] += weight
        self.weight = self.weight * kept + weight

    def at(self, quantile: float) -> float:
        """The value below which `quantile` of the weight lies; 0.5 before there is any."""
        wanted, below = quantile * self.weight, 0.0
        for number, held in enumerate(self._bins):
            if held > 0.0 and below + held >= wanted:
                return (number + (wanted - below) / held) / _BINS
            below += held
        return 0.5
