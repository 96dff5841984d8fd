"""Thousands of estimates as one smooth line and one map."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dndmood.bounds import clamp
from dndmood.report.story import Evening

Numbers = NDArray[np.float64]

_FINE = 60
"""Cells of the map along each side."""

_AT_ONCE = 1000
"""Windows taken together: memory stays small however long the journal is."""
_FAR = 8.0
"""So many widths away a window counts for less than 1e-13."""

_NOBODY = 0.1
"""Less than a tenth of one window nearby is nobody speaking."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """How the table sounded over the evening; all arrays have shape `(n,)`."""

    at_s: Numbers
    arousal: Numbers
    """0 to 1; not a number where nobody spoke."""
    valence: Numbers
    """0 to 1; not a number where nobody spoke."""


def smoothed(evening: Evening, *, points: int = 500, breadth: float = 1.0) -> Curve:
    """Arousal and valence at `points` moments, each the mean of the talk around it.

    How much is taken together grows with the evening, from four seconds to a bit more than a minute, so that
    the line has about as many turns to look at in a demo as in a long night; `breadth`
    multiplies it. The line breaks where nobody spoke.
    """
    width_s = clamp(evening.length_s / 180.0, 4.0, 75.0) * breadth
    at_s = np.linspace(0.0, max(evening.length_s, 1.0), points)
    weight, arousal, valence = np.zeros((3, points))
    for begin in range(0, len(evening.talk), _AT_ONCE):
        some = evening.talk[begin : begin + _AT_ONCE]
        heard = np.array([[t.at_s, t.arousal, t.valence, t.weight] for t in some])
        ends_s = heard[:, 0].min() - _FAR * width_s, heard[:, 0].max() + _FAR * width_s
        here = slice(*np.searchsorted(at_s, ends_s))
        near = np.exp(-0.5 * ((at_s[here, None] - heard[:, 0]) / width_s) ** 2) * heard[:, 3]
        weight[here] += near.sum(axis=1)
        arousal[here] += near @ heard[:, 1]
        valence[here] += near @ heard[:, 2]
    known = np.where(weight > _NOBODY, weight, np.nan)
    for quiet in evening.quiet:
        known[(at_s > quiet.start_s) & (at_s < quiet.end_s)] = np.nan
    return Curve(at_s, arousal / known, valence / known)


def density(evening: Evening) -> Numbers:
    """Where the talk dwelt, 0 to 1, shape `(60, 60)`: rows are arousal, columns valence."""
    field = np.zeros((_FINE, _FINE))
    centres = (np.arange(_FINE) + 0.5) / _FINE
    for one in _thinned(evening):
        rows = np.exp(-0.5 * ((centres - one[0]) / 0.035) ** 2)
        columns = np.exp(-0.5 * ((centres - one[1]) / 0.035) ** 2)
        field += one[2] * np.outer(rows, columns)
    return field / (field.max() or 1.0)


def _thinned(evening: Evening) -> list[tuple[float, float, float]]:
    """Arousal, valence and weight of at most a few thousand windows, spread over the evening."""
    step = max(len(evening.talk) // 3000, 1)
    return [(t.arousal, t.valence, t.weight) for t in evening.talk[::step]]
