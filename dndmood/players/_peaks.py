"""Keeps the true peaks of one track below the ceiling, by looking ahead. It counts frames."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from dndmood.decibels import amplitude_of
from dndmood.loudness import CEILING_DBTP, UP, between
from dndmood.players._faders import Block
from dndmood.players._limiter import sliding_least
from dndmood.sample_peaks import frame_peaks, peak

CEILING = amplitude_of(CEILING_DBTP)
_AHEAD_S = 0.005
"""The gain is down when a peak comes, and takes so long for its way there."""
_HOLD_S, _RELEASE_S = 0.005, 0.05
"""A peak is let go at once, or music of single strokes would become soft. The release is from
nothing to full."""
_STEADY_S = 0.05
_STEADY_HOLD_S, _STEADY_RELEASE_S = 0.025, 0.4
"""What is too loud all the time is held down by a gain that stands still: it bends no wave."""
_AROUND = UP.shape[1]
_BEHIND = _AROUND // 2
"""Frames that must have come until the sound around a frame is known."""
_MOST_UP = float(np.abs(UP).sum(axis=1).max())
"""A true peak is at most so many times the largest sample."""
_PIECE = 1024
"""Between samples is looked only in pieces of so many frames that are loud enough."""


class PeakLimiter:
    """Two gains, each the same for all channels, so that no true peak is over the ceiling.

    The first turns down what is too loud all the time: tones whose root mean square over 50 ms
    times the square root of two, which is a sine's peak, is over the ceiling. The second one
    takes what peaks are left. Each is the mean over 5 ms of a gain that holds the least of what
    the next 5 ms ask for, so it is down when a peak comes, and has made no step. Sound below the
    ceiling passes as it is, bit for bit. How a stream is cut into blocks does not matter.
    """

    def __init__(self, rate_hz: int) -> None:
        ahead = max(1, round(_AHEAD_S * rate_hz))
        self._steady = _Gain(ahead, _STEADY_HOLD_S, _STEADY_RELEASE_S, rate_hz)
        self._peaks = _Gain(ahead, _HOLD_S, _RELEASE_S, rate_hz)
        self._steady_frames = max(2, round(_STEADY_S * rate_hz))
        self._delay = 2 * ahead + _BEHIND
        self._channels = 0
        self._before = np.zeros((0, 0), dtype=np.float32)
        self._loudest = 0.0  # sample of `_before`
        self._after = np.zeros((0, 0), dtype=np.float32)

    def of(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """`blocks` with their peaks turned down, shapes `(frames, channels)`; not a frame is moved."""
        early = self._delay
        for block in blocks:
            if not self._channels:
                self._begin(block.shape[1])
            ready = self._push(block)
            if len(ready) > early:
                yield ready[early:]
            early = max(0, early - len(ready))
        if self._channels:
            rest = self._push(np.zeros((self._delay, self._channels), dtype=np.float32))
            yield rest[early:]

    def _begin(self, channels: int) -> None:
        self._channels = channels
        self._before = np.zeros((self._steady_frames, channels), dtype=np.float32)
        self._after = np.zeros((_BEHIND + _AROUND, channels), dtype=np.float32)

    def _push(self, block: Block) -> Block:
        """As many frames as `block` has, those of a moment ago."""
        if not len(block):
            return block
        level = self._steady.turned(block, self._steady_asked(block))
        frames = len(level)
        sound = np.concatenate((self._after, level))
        self._after = sound[frames:].copy()
        late = sound[len(sound) - _BEHIND - frames : len(sound) - _BEHIND]
        return self._peaks.turned(late, _peaks_asked(sound, late))

    def _steady_asked(self, block: Block) -> NDArray[np.float64] | None:
        """What each frame would have to be turned down by for what was steady up to it."""
        before, loudest = self._before, max(self._loudest, peak(block))
        parts = (block,) if len(block) >= self._steady_frames else (before, block)
        self._before = np.concatenate(parts)[-self._steady_frames :].copy()
        self._loudest = peak(self._before)
        if loudest**2 * 2.0 <= CEILING**2:
            return None
        squares = np.square(np.concatenate((before, block)), dtype=np.float64)
        sums = np.cumsum(squares, axis=0)
        means = (
            sums[self._steady_frames :] - sums[: -self._steady_frames]
        ) / self._steady_frames
        levels = np.sqrt(2.0 * np.maximum(means, 0.0).max(axis=1))
        return np.asarray(CEILING / np.maximum(levels, CEILING), dtype=np.float64)


class _Gain:
    """One gain over time, and the sound that waits for it."""

    def __init__(self, ahead: int, hold_s: float, release_s: float, rate_hz: int) -> None:
        self._ahead = ahead
        self._width = max(1, round(hold_s * rate_hz)) + ahead + 1
        self._step = 1.0 / (release_s * rate_hz)
        self._sound: Block | None = None
        self._asked = np.ones(self._width - 1)
        self._released = np.ones(ahead)
        self._idle = True  # nothing is asked or being released

    def turned(self, block: Block, asked: NDArray[np.float64] | None) -> Block:
        """As many frames as `block` has, of `ahead` frames ago; `asked` is for those of `block`.

        None asks for nothing, which is how most of it passes.
        """
        frames = len(block)
        if self._sound is None:
            self._sound = np.zeros((self._ahead, block.shape[1]), dtype=np.float32)
        sound = np.concatenate((self._sound, block))
        late, self._sound = sound[:frames], sound[frames:].copy()
        if asked is None and self._idle:
            return late
        asked = np.concatenate((self._asked, np.ones(frames) if asked is None else asked))
        self._asked = asked[frames:].copy()
        self._idle = min(float(asked.min()), float(self._released.min())) >= 1.0
        if self._idle:
            return late
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


def _peaks_asked(sound: Block, late: Block) -> NDArray[np.float64] | None:
    """What each frame of `late` would have to be turned down by; `sound` goes on behind it."""
    # Twelve frames that end with n lie around n - 6 and n - 5.
    near = sound[len(sound) - len(late) - _AROUND :]
    asked: NDArray[np.float64] | None = None
    for begin in range(0, len(late), _PIECE):
        around = near[begin : begin + _PIECE + _AROUND]
        if peak(around) * _MOST_UP <= CEILING:
            continue
        asked = np.ones(len(late)) if asked is None else asked
        peaks = frame_peaks(late[begin : begin + _PIECE]).astype(np.float64)
        for channel in around.T:
            largest = between(channel)
            peaks = np.maximum(peaks, np.maximum(largest[:-1], largest[1:]))
        asked[begin : begin + _PIECE] = CEILING / np.maximum(peaks, CEILING)
    return asked
