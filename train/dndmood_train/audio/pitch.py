"""How high a voice is: a plain autocorrelation estimate, enough to sort speakers into three."""

import numpy as np

from dndmood.events import RATE_HZ, Samples

LOWEST_HZ, HIGHEST_HZ = 50.0, 350.0
"""Between these the fundamental of a voice is looked for."""
_FRAME = RATE_HZ // 20
_CLEAR = 0.5
"""Autocorrelation above which a frame is voiced."""
_LOUD_DB = 30.0
"""Frames further below the loudest are left out."""


def mean_f0_hz(samples: Samples) -> float:
    """Mean fundamental frequency over the clearly voiced frames; NaN when there are none.

    The highest peak of each 50 ms frame's normalised autocorrelation between 50 and 350 Hz.
    """
    count = len(samples) // _FRAME
    if count == 0:
        return float("nan")
    frames = samples[: count * _FRAME].reshape(count, _FRAME).astype(np.float64)
    frames = frames - frames.mean(axis=1, keepdims=True)
    power = np.mean(frames**2, axis=1)
    loud = power > max(1e-9, float(power.max()) * 10 ** (-_LOUD_DB / 10))
    spectrum = np.abs(np.fft.rfft(frames[loud], n=2 * _FRAME, axis=1)) ** 2
    similar = np.fft.irfft(spectrum, axis=1)[:, :_FRAME]
    # Fewer samples overlap at longer lags: without this, low voices would seem unvoiced.
    similar /= np.maximum(similar[:, :1], 1e-12) * (1 - np.arange(_FRAME) / _FRAME)
    shortest, longest = int(RATE_HZ / HIGHEST_HZ), int(RATE_HZ / LOWEST_HZ)
    window = similar[:, shortest : longest + 1]
    clear = window.max(axis=1, initial=0) > _CLEAR
    if not clear.any():
        return float("nan")
    around = similar[clear, shortest - 1 : longest + 2]
    peak = (window[clear] >= around[:, :-2]) & (window[clear] >= around[:, 2:])
    # The first peak that is nearly as good as the best: the best may be two periods long.
    good = peak & (window[clear] >= 0.9 * window[clear].max(axis=1, keepdims=True))
    good = good[good.any(axis=1)]
    if len(good) == 0:
        return float("nan")
    return float(np.mean(RATE_HZ / (shortest + good.argmax(axis=1))))


def register(f0_hz: float) -> str | None:
    """The group of ser-tests that a speaker's mean pitch belongs to; None when unknown."""
    if np.isnan(f0_hz):
        return None
    return "low" if f0_hz <= 145 else "middle" if f0_hz <= 190 else "high"  # noqa: PLR2004
