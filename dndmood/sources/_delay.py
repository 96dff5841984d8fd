"""How much later the microphone hears what was played: found from the evening itself."""

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ, Samples

_BLOCK = 2 * RATE_HZ
_EARLY, _LATE = round(0.4 * RATE_HZ), round(1.4 * RATE_HZ)
"""Delays that are looked for: players hand music over a little late or rather early."""
_SIZE = 65_536
_LOW_HZ, _HIGH_HZ = 150.0, 5000.0
_CLEAR = 9.0
"""A delay counts when its peak is this many times the root mean square of the whole curve."""
_AGREE = round(0.004 * RATE_HZ)
_TIMES = 3
"""So many looks in a row must agree."""
_QUIET = 1e-5
_MEMORY = 0.85
_EXPECTED = round(0.02 * RATE_HZ)
_EXPECTED_SHARE = 0.7
"""A peak where one is expected counts before a higher one, as music repeats itself."""
_SLOW = 2
"""While all is as expected only every second stretch is looked at."""


class DelayFinder:
    """Correlates music and microphone, whitened, over two seconds at a time.

    This is the generalised cross-correlation with phase transform (GCC-PHAT: Knapp and Carter,
    IEEE Transactions on Acoustics, Speech, and Signal Processing 24(4), 1976).

    Talk has nothing to do with the music and averages out, so nobody need be silent for it.
    """

    def __init__(self) -> None:
        self._expected: int | None = None
        self._pace = 1  # stretches from one look to the next
        self._sound = np.zeros(_BLOCK + _LATE, dtype=np.float32)
        self._music = np.zeros(_BLOCK + _LATE, dtype=np.float32)
        self._fresh = 0
        self._heard = 0
        hz = np.fft.rfftfreq(_SIZE, 1.0 / RATE_HZ)
        self._band = (hz > _LOW_HZ) & (hz < _HIGH_HZ)
        self._cross = np.zeros(len(hz), dtype=np.complex128)
        self._looks: list[int] = []

    def expect(self, delay_s: float) -> None:
        """From now on `delay_s` is what should be found; another one must be clearer."""
        self._expected = round(delay_s * RATE_HZ)

    def push(self, sound: Samples, music: Samples) -> float | None:
        """The delay in seconds each time it is certain; negative for sound before its music."""
        for kept, new in ((self._sound, sound), (self._music, music)):
            new = new[-len(kept) :]  # noqa: PLW2901
            kept[: len(kept) - len(new)] = kept[len(new) :]
            kept[len(kept) - len(new) :] = new
        self._fresh += len(sound)
        self._heard += len(sound)
        if self._fresh < _BLOCK * self._pace or self._heard < len(self._sound):
            return None
        self._fresh = 0
        return self._look()

    def _look(self) -> float | None:
        # Only sound that has music for every delay from _EARLY before to _LATE after it.
        sound = self._sound[_LATE - _EARLY : _LATE - _EARLY + _BLOCK - _EARLY]
        if not (np.square(self._music).mean() > _QUIET and sound.any()):
            return None
        heard, played = np.fft.rfft(sound, _SIZE), np.fft.rfft(self._music, _SIZE)
        cross = heard * np.conj(played)
        cross = np.where(self._band, cross / (np.abs(cross) + 1e-9), 0.0)
        self._cross = self._cross * _MEMORY + cross
        curve = np.fft.irfft(self._cross, _SIZE)
        # Sample 0 of `sound` is sample _LATE - _EARLY of the music.
        lags = np.arange(-_EARLY, _LATE - _EARLY)
        found = np.abs(curve[(lags - (_LATE - _EARLY)) % _SIZE])
        return self._judged(found, lags)

    def _judged(self, found: NDArray[np.float64], lags: NDArray[np.int64]) -> float | None:
        best = self._best(found, lags)
        self._pace = _SLOW if self._is_expected(int(lags[best])) else 1
        if found[best] < _CLEAR * float(np.sqrt(np.square(found).mean())):
            self._looks.clear()
            return None
        self._looks = [*self._looks[1 - _TIMES :], int(lags[best])]
        if len(self._looks) < _TIMES or max(self._looks) - min(self._looks) > _AGREE:
            return None
        return float(np.median(self._looks)) / RATE_HZ

    def _best(self, found: NDArray[np.float64], lags: NDArray[np.int64]) -> int:
        """Where the delay most likely is."""
        best = int(found.argmax())
        if self._expected is None:
            return best
        near = np.where(np.abs(lags - self._expected) <= _EXPECTED, found, 0.0)
        return int(near.argmax()) if near.max() >= _EXPECTED_SHARE * found[best] else best

    def _is_expected(self, lag: int) -> bool:
        return self._expected is not None and abs(lag - self._expected) <= _EXPECTED
