"""The spectrogram that Whisper was trained on: 80 mel bands, a window of 25 ms every 10 ms.

Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022), section 2.2;
the bands are those of Slaney's Auditory Toolbox (1998), as librosa makes them.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ, Samples

BANDS = 80
_WINDOW, _HOP = 400, 160
_LINEAR_HZ, _LOG_FROM_HZ = 200.0 / 3.0, 1000.0
_LOG_STEP = np.log(6.4) / 27.0
_FLOOR = 1e-10
_RANGE = 8.0
"""In powers of ten below the loudest: what is softer is as soft."""


def log_mel(samples: Samples) -> NDArray[np.float32]:
    """Shape `(80, frames)` for sound of shape `(n,)` at 16 kHz, one frame for each 10 ms."""
    padded = np.pad(samples.astype(np.float64), _WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][:-1]
    window = np.hanning(_WINDOW + 1)[:-1]
    power = np.abs(np.fft.rfft(frames * window)) ** 2
    levels = np.log10(np.maximum(_filters() @ power.T, _FLOOR))
    levels = np.maximum(levels, levels.max() - _RANGE)
    return np.ascontiguousarray((levels + 4.0) / 4.0, np.float32)


@cache
def _filters() -> NDArray[np.float64]:
    """Shape `(80, 201)`: triangles of equal area."""
    edges = _hz(np.linspace(0.0, _mel(RATE_HZ / 2.0), BANDS + 2))
    bins = np.linspace(0.0, RATE_HZ / 2.0, _WINDOW // 2 + 1)
    rises = (bins - edges[:-2, np.newaxis]) / np.diff(edges)[:-1, np.newaxis]
    falls = (edges[2:, np.newaxis] - bins) / np.diff(edges)[1:, np.newaxis]
    area = 2.0 / (edges[2:] - edges[:-2])
    return np.maximum(0.0, np.minimum(rises, falls)) * area[:, np.newaxis]


def _mel(hz: float) -> float:
    return float(_LOG_FROM_HZ / _LINEAR_HZ + np.log(hz / _LOG_FROM_HZ) / _LOG_STEP)


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _LOG_FROM_HZ / _LINEAR_HZ
    above = _LOG_FROM_HZ * np.exp(_LOG_STEP * np.maximum(mel - knee, 0.0))
    return np.where(mel < knee, mel * _LINEAR_HZ, above)
