"""Keeps the true peaks of one track below the ceiling, by looking ahead. It counts frames."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from dndmood.decibels import amplitude_of
from dndmood.loudness import CEILING_DBTP, UP, between
from dndmood.players._faders import Block
from dndmood.players._limiter import sliding_least

CEILING = amplitude_of(CEILING_DBTP)
_AHEAD_S = 0.005
"""The gain is down when a peak comes, and takes so long for its way there."""
_HOLD_S = 0.025
"""The gain does not rise between two peaks of a wave of 20 Hz or more, so it bends no wave."""
_RELEASE_S = 0.4
"""So long from nothing to full. A slow one would make music of single strokes soft."""
_AROUND = UP.shape[1]
_BEHIND = _AROUND // 2
"""Frames that must have come until the sound around a frame is known."""


class PeakLimiter:
    """One gain for all channels, as gain[n] <= ceiling / true peak[n] for every frame n.

    It is the mean over 5 ms of a gain that holds the least of what the next 5 ms ask for, and is
    let go slowly. Sound below the ceiling passes as it is, bit for bit. How a stream is cut into
    blocks does not matter.
    """

    def __init__(self, rate_hz: int) -> None:
        self._ahead = max(1, round(_AHEAD_S * rate_hz))
        self._hold = max(1, round(_HOLD_S * rate_hz))
        self._step = 1.0 / (_RELEASE_S * rate_hz)
        self._delay = self._ahead + _BEHIND

    def of(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """`blocks` with their peaks turned down, shapes `(frames, channels)`; not a frame is moved."""
        state: _State | None = None
        early = self._delay
        for block in blocks:
            state = state or _State(self._ahead, self._hold, self._step, block.shape[1])
            ready = state.push(block)
            if len(ready) > early:
                yield ready[early:]
            early = max(0, early - len(ready))
        if state is not None:
            rest = state.push(np.zeros((self._delay, state.channels), dtype=np.float32))
            yield rest[early:]


class _State:
    """What of the sound before the next block still counts."""

    def __init__(self, ahead: int, hold: int, step: float, channels: int) -> None:
        self.channels = channels
        self._ahead, self._step = ahead, step
        self._width = hold + ahead + 1
        self._sound = np.zeros((ahead + _BEHIND + _AROUND, channels), dtype=np.float32)
        self._asked = np.ones(hold + ahead)
        self._released = np.ones(ahead)

    def push(self, block: Block) -> Block:
        """As many frames as `block` has, those of a moment ago."""
        frames, delay = len(block), self._ahead + _BEHIND
        sound = np.concatenate((self._sound, block))
        self._sound = sound[len(sound) - len(self._sound) :].copy()
        late = sound[len(sound) - delay - frames : len(sound) - delay]
        asked = np.concatenate((self._asked, self._gain_asked(sound, frames)))
        self._asked = asked[frames:].copy()
        if min(float(asked.min()), float(self._released.min())) >= 1.0:
            return late.copy()
        held = sliding_least(asked, self._width)
        # gain[n] = min(held[n], gain[n - 1] + step), which is a running minimum of held - n * step.
        slope = self._step * np.arange(1, frames + 1)
        last = float(self._released[-1])
        released = np.minimum(np.minimum.accumulate(held - slope), last) + slope
        whole = np.concatenate((self._released, released))
        self._released = whole[frames:].copy()
        sums = np.cumsum(np.concatenate(([0.0], whole)))
        gain = (sums[self._ahead + 1 :] - sums[1 : frames + 1]) / self._ahead
        limited: Block = late * np.minimum(gain, 1.0).astype(np.float32)[:, np.newaxis]
        return limited

    def _gain_asked(self, sound: Block, frames: int) -> NDArray[np.float64]:
        """What each of so many frames would have to be turned down by, `_BEHIND` frames late."""
        end = len(sound) - _BEHIND
        peaks = np.abs(sound[end - frames : end]).max(axis=1)
        # The sound between frames: twelve frames that end with n lie around n - 6 and n - 5.
        near = sound[len(sound) - frames - _AROUND :]
        if float(np.abs(near).max(initial=0.0)) * 2.03 > CEILING:
            for channel in near.T:
                sizes = between(channel)
                peaks = np.maximum(peaks, np.maximum(sizes[:-1], sizes[1:]))
        return np.asarray(CEILING / np.maximum(peaks, CEILING), dtype=np.float64)
