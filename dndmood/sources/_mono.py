"""One channel out of many that does not lose what only some of them hear."""

import numpy as np
from numpy.typing import NDArray

from dndmood.bounds import clamp
from dndmood.decibels import amplitude_of, power_db

_CELL_S = 0.1
"""Weights may move from one such stretch of sound to the next, and glide in between."""
_MEMORY_S = 3.0
"""How far back channels are compared; loud moments count most, so a pause changes nothing."""
_HOLD_CELLS = 5
"""A channel must want the other sign for so many cells in a row: half a second."""
_OPPOSITE = 0.3
"""Correlation below minus this turns a channel's sign, above it turns it back."""
_LOSS_DB = 6.5
"""The plain mean may be so much weaker than the strongest channel: with one of two channels
dead it is 6.0 dB weaker, which harms nothing. Of what goes beyond, twice as much is made good,
so that one live channel of four or more is as strong as by itself, and nothing jumps."""
_TINY = 1e-20


class Mono:
    """Mixes channels to one: their mean, unless that loses what they carry.

    A channel that runs against the strongest one, as the two wires of a balanced line do, is
    turned round instead of cancelling it. Where the mean is still much weaker than the
    strongest channel, as with one live channel of eight, it is made stronger.
    What is compared are differences between samples: they know neither a constant part nor hum.
    The same sound gives the same mix in blocks of any size.
    """

    def __init__(self, rate_hz: int) -> None:
        self._cell = max(2, round(rate_hz * _CELL_S))
        self._keep = float(np.exp(-_CELL_S / _MEMORY_S))
        self._channels = 0
        self._last: NDArray[np.float32] | None = (
            None  # frame before the next, shape (1, channels)
        )

    def mix(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """`block`, shape `(frames, channels)`, as one channel, shape `(frames,)`."""
        frames, channels = block.shape
        if channels != self._channels:
            self._begin(channels)
        if channels == 1:
            return block[:, 0].copy()
        mixed = np.empty(frames, dtype=np.float32)
        done = 0
        while done < frames:
            part = block[done : done + self._cell - self._filled]
            mixed[done : done + len(part)] = self._part(part)
            done += len(part)
        return mixed

    def gap(self) -> None:
        """Sound was lost: what comes does not join on to what was there."""
        self._last = None

    def _begin(self, channels: int) -> None:
        self._channels = channels
        self._signs = np.ones(channels)
        self._against = np.zeros(
            channels, dtype=np.int64
        )  # cells in which the other sign was due
        self._weights = self._target = np.full(channels, 1.0 / channels)
        self._together = np.zeros((channels, channels))  # recent covariance
        self._sum = np.zeros((channels, channels))  # of this cell so far
        self._gain = 1.0
        self._last = None
        self._filled = 0

    def _part(self, part: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mix some of one cell; at its end the weights for the next are decided."""
        before = part[:1] if self._last is None else self._last
        steps = np.diff(part, axis=0, prepend=before).astype(np.float64)
        self._sum += steps.T @ steps
        self._last = part[-1:].copy()
        if (self._weights == self._target).all():
            mixed = part @ self._target.astype(np.float32)
        else:
            way = (self._filled + 1 + np.arange(len(part))[:, np.newaxis]) / self._cell
            weights = self._weights + (self._target - self._weights) * way
            mixed = (part * weights).sum(axis=1)
        self._filled += len(part)
        if self._filled == self._cell:
            self._decide()
        found: NDArray[np.float32] = mixed.astype(np.float32)
        return found

    def _decide(self) -> None:
        self._together = self._together * self._keep + self._sum
        self._sum = np.zeros_like(self._sum)
        self._filled = 0
        self._weights = self._target
        self._turn()
        mean = self._signs / self._channels
        if not self._against.any():  # else a channel is about to be turned
            self._gain = self._made_good(mean)
        self._target = mean * self._gain

    def _turn(self) -> None:
        """Give each channel the sign with which it adds to the strongest one."""
        power = np.diag(self._together)
        strongest = int(power.argmax())
        likeness = self._together[strongest] / (np.sqrt(power * power[strongest]) + _TINY)
        wanted = likeness * self._signs * self._signs[strongest]
        self._against = np.where(wanted < -_OPPOSITE, self._against + 1, 0)
        self._signs = np.where(self._against >= _HOLD_CELLS, -self._signs, self._signs)
        self._against[self._against >= _HOLD_CELLS] = 0

    def _made_good(self, mean: NDArray[np.float64]) -> float:
        """The gain for `mean` that makes good what it loses of the strongest channel."""
        strongest = float(np.diag(self._together).max())
        mixed = float(mean @ self._together @ mean)
        loss_db = power_db((strongest + _TINY) / (mixed + _TINY), -300.0)
        gain_db = clamp(2.0 * (loss_db - _LOSS_DB), 0.0, loss_db)
        return float(min(amplitude_of(gain_db), self._channels))
