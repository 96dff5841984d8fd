"""Where a track is silent, and where it is loudest, from the power of every 100 ms."""

import numpy as np
from numpy.typing import NDArray

_SLICE_S = 0.1
LOUDEST_S = 15.0
"""Length of the part that stands for a track."""
_SILENT = 10 ** ((-60.0 + 0.691) / 10)
"""Weighted power at -60 LUFS: below it nobody hears anything at a table."""
_BELOW = 1e-4
"""Nor 40 dB below what is loud in the same track."""


def silence_s(powers: NDArray[np.float64]) -> tuple[float, float]:
    """How much silence a track begins and ends with; all of it at both where all is silent.

    `powers` are the K-weighted powers of 100 ms each, as `loudness.Loudness.powers` gives them.
    """
    whole = round(len(powers) * _SLICE_S, 1)
    if not len(powers):
        return 0.0, 0.0
    loud = float(np.percentile(powers, 95))
    heard = np.flatnonzero(powers > max(_SILENT, loud * _BELOW))
    if not len(heard):
        return whole, whole
    start, end = int(heard[0]), len(powers) - 1 - int(heard[-1])
    return round(start * _SLICE_S, 1), round(end * _SLICE_S, 1)


def loudest_s(powers: NDArray[np.float64]) -> float:
    """Where the loudest 15 s begin, in seconds from the beginning."""
    width = round(LOUDEST_S / _SLICE_S)
    if len(powers) <= width:
        return 0.0
    total = np.concatenate([[0.0], np.cumsum(powers)])
    return round(float(np.argmax(total[width:] - total[:-width])) * _SLICE_S, 1)
