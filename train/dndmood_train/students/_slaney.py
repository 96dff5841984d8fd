"""Slaney's mel scale: linear below 1 kHz, logarithmic above (Auditory Toolbox, 1998)."""

import numpy as np
from numpy.typing import NDArray

_KNEE_HZ = 1000.0
_KNEE_MEL = 15.0
_STEP = np.log(6.4) / 27.0


def edges_hz(bands: int, top_hz: float) -> NDArray[np.float64]:
    """Edges of as many overlapping triangles from 0 to `top_hz`, shape `(bands + 2,)`.

    >>> edges_hz(1, 1000.0).round(1).tolist()
    [0.0, 500.0, 1000.0]
    """
    top = _KNEE_MEL + np.log(top_hz / _KNEE_HZ) / _STEP
    mel = np.linspace(0.0, top, bands + 2)
    above = _KNEE_HZ * np.exp(_STEP * (mel - _KNEE_MEL))
    return np.where(mel < _KNEE_MEL, mel * _KNEE_HZ / _KNEE_MEL, above)
