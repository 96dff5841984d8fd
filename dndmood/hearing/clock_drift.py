"""Plays the reference by the microphone's clock: two devices never count at the same pace."""

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ
from dndmood.hearing.room_filter import BLOCK, LOUDEST, Played, RoomFilter, Spectra

_LOOK = 25
"""Blocks from one look at the way to the next, half a second."""
_BAND_HZ = (100.0, 2000.0)
"""Where music is loud; above, half a second of drift may turn a phase further than can be told."""
_FOLLOW = 0.8
"""So much of the drift that is seen is made good."""
_SURE = 0.6
"""Coherence of two looks from which on they are the same way, only moved."""
_MOST = 300e-6
"""Clocks of sound devices differ by up to a hundred parts in a million."""
_MARGIN = 4
"""Samples that the interpolation needs around each."""
_BINS = slice(*(round(hz * 2 * BLOCK / RATE_HZ) for hz in _BAND_HZ))


class ClockDrift:
    """Slides the reference along as the clocks come apart, so that the way stays where it is.

    A clock that runs away turns the phases of the learnt way in proportion to frequency; the slope
    of that between two looks is the drift (as Pawig, Enzner and Vary correct it for acoustic echo
    control, IEEE Transactions on Signal Processing 58(1), 2010).
    """

    def __init__(self) -> None:
        self.drift = 0.0
        """How much slower the microphone's clock runs than the player's: 1e-6 is one in a million."""
        self._delay = BLOCK / 2.0  # samples by which the reference is held back
        self._past = np.zeros((1, 2 * BLOCK + 2 * _MARGIN), np.float32)
        self._before: Spectra | None = None
        self._blocks = 0

    def slid(self, played: Played, room: RoomFilter) -> Played:
        """`played`, 320 samples of each part, as late as it is by now; `room` is told of a whole block."""
        if len(played) > len(self._past):
            self._past = np.concatenate((self._past, np.zeros_like(self._past)))
        self._past[:, :-BLOCK] = self._past[:, BLOCK:]
        self._past[:, -BLOCK:] = np.where(np.abs(played) <= LOUDEST, played, np.float32(0.0))
        last = self._past.shape[1] - BLOCK - _MARGIN
        at = last + np.arange(BLOCK) - self._delay - self.drift * np.arange(BLOCK)
        self._delay += self.drift * BLOCK
        if not 0.0 <= self._delay < BLOCK:
            blocks = 1 if self._delay > 0.0 else -1
            self._delay -= blocks * BLOCK
            room.shift(blocks)
            self._before = None
        return _between(self._past, at)

    def look(self, room: RoomFilter) -> None:
        """Every half second: see how the way has moved since, and follow."""
        self._blocks += 1
        if self._blocks < _LOOK:
            return
        self._blocks = 0
        now = room.way[..., _BINS].copy()
        if self._before is not None and room.known > _LOOK and now.shape == self._before.shape:
            self._follow(now, self._before)
        self._before = now

    def after_gap(self) -> None:
        """Sound was lost: nothing before it can be compared with what follows."""
        self._past[:] = 0.0
        self._before = None
        self._blocks = 0

    def _follow(self, now: Spectra, before: Spectra) -> None:
        moved = (now * np.conj(before)).sum(axis=(0, 1))
        together = np.sqrt(_power(now) * _power(before)) + 1e-12
        if float(np.abs(moved).sum()) < _SURE * together:
            return
        # Phase = - frequency x delay: least squares, weighed by how much is known in each bin.
        radians = np.pi * np.arange(_BINS.start, _BINS.stop) / BLOCK
        weight = np.abs(moved) * radians
        later = -float((weight * np.angle(moved)).sum() / (weight * radians).sum())
        drift = self.drift + _FOLLOW * later / (_LOOK * BLOCK)
        self.drift = min(max(drift, -_MOST), _MOST)


def _power(way: Spectra) -> float:
    return float(np.square(np.abs(way)).sum())


def _between(sound: Played, at: NDArray[np.float64]) -> Played:
    """`sound` at places between its samples, by the cubic through four of them (Catmull and Rom)."""
    whole = np.floor(at).astype(np.int64)
    part = (at - whole).astype(np.float32)
    a, b, c, d = (sound[:, whole + i] for i in (-1, 0, 1, 2))
    curve = part * (2.0 * a - 5.0 * b + 4.0 * c - d + part * (3.0 * (b - c) + d - a))
    found: Played = (b + 0.5 * part * (c - a + curve)).astype(np.float32)
    return found
