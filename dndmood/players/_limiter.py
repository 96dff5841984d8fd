"""Keeps the mix below full scale without clipping it. It counts in frames."""

import numpy as np
from numpy.typing import NDArray

from dndmood.decibels import amplitude_of
from dndmood.loudness import CEILING_DBTP
from dndmood.sample_peaks import frame_peaks, peak

CEILING = amplitude_of(CEILING_DBTP)
"""No sample of the mix is larger, as none of a track is that sounds alone."""
_HOLD_S = 0.025
"""The gain does not rise between two peaks of a wave of 20 Hz or more, so it bends no wave."""
_RELEASE_S = 1.0
"""So long from nothing to full; a gain of -6 dB is let go in half that time."""


class Limiter:
    """One gain for both sides: down at the very frame that would be too loud, up again slowly.

    It needs no look ahead and so delays nothing. Because it moves only while the sound rises
    over the ceiling it makes no step that was not in the sound. Sound below the ceiling passes
    as it is, bit for bit. How a stream is cut into blocks does not matter.
    """

    def __init__(self, rate_hz: int) -> None:
        self._hold = max(1, round(_HOLD_S * rate_hz))
        self._step = 1.0 / (_RELEASE_S * rate_hz)
        self._asked = np.ones(self._hold)
        """The gain that each of the last frames asked for."""
        self._gain = 1.0
        self._idle = True

    def limit(self, mix: NDArray[np.float32]) -> None:
        """Turn `mix`, shape `(frames, 2)`, down in place where it would be too loud."""
        if self._idle and peak(mix) <= CEILING:
            return
        peaks = frame_peaks(mix)
        asked = np.concatenate((self._asked, CEILING / np.maximum(peaks, CEILING)))
        held = sliding_least(asked, self._hold + 1)
        # gain[n] = min(held[n], gain[n - 1] + step), which is a running minimum of held - n * step.
        slope = self._step * np.arange(1, len(held) + 1)
        gain = np.minimum(np.minimum.accumulate(held - slope), self._gain) + slope
        mix *= gain.astype(np.float32)[:, np.newaxis]
        np.clip(mix, -CEILING, CEILING, out=mix)  # the rounding of a factor
        self._asked = asked[len(asked) - self._hold :].copy()
        self._gain = float(gain[-1])
        self._idle = self._gain >= 1.0 and float(self._asked.min()) >= 1.0


def sliding_least(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The least of every `width` neighbours, shape `(len(values) - width + 1,)`."""
    least, size = values, 1
    while 2 * size <= width:
        least = np.minimum(least[:-size], least[size:])
        size *= 2
    rest = width - size
    return np.minimum(least[: len(least) - rest], least[rest:]) if rest else least
