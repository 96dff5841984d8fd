"""What every source does before its sound goes on the tape: mix to mono, resample to 16 kHz, count samples."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ, AudioChunk, Problem
from dndmood.sample_peaks import peak
from dndmood.sources._mono import Mono

_MOST = 2.0**33
"""No sound is larger: whole numbers of 32 bits, taken for parts of one, still are not."""

NO_NUMBERS = (
    "The sound has values that are not numbers or far too large; those stretches are left out. "
    "Save the recording again, or use another input."
)


class Resampler:
    """Turns blocks at the device's own rate into chunks of the tape.

    After sound was lost, call `skip`: the next chunk then starts later. Blocks with
    values that are not numbers count as lost, unless another channel is good; the first of them
    yields a `Problem`. Audio time never falls behind the frames that came: what the resampler
    holds at a gap is part of the gap.
    """

    def __init__(self, rate_hz: int) -> None:
        self._start = 0
        self._reported = False
        self._came = 0.0  # what has come and what was lost, in samples at 16 kHz
        self.change_rate(rate_hz)

    @property
    def position(self) -> int:
        """Index of the next sample."""
        return self._start

    def change_rate(self, rate_hz: int) -> None:
        """From now on blocks come at `rate_hz`, as after another microphone was plugged in.

        What was held of the sound so far is lost, also when the rate is the same.
        """
        import soxr

        self._start = max(self._start, round(self._came))
        self._stream = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32", quality="HQ")
        self._mono = Mono(rate_hz)
        self._rate_hz = rate_hz

    def push(self, block: NDArray[np.float32]) -> Iterator[AudioChunk | Problem]:
        """The chunks of `block`, shape `(frames, channels)`, as far as they are ready."""
        good = _good(block)
        if not good.all() and not self._reported:
            self._reported = True
            yield Problem(at_s=self._start / RATE_HZ, text=NO_NUMBERS)
        if not good.any():
            yield from self.flush()
            self.skip_frames(len(block))
            return
        whole = block if good.all() else np.where(good, block, np.float32(0.0))
        ready = self._stream.resample_chunk(self._mono.mix(whole))
        self._came += len(block) * RATE_HZ / self._rate_hz
        yield from self._chunk(ready)

    def skip(self, seconds: float) -> None:
        """Leave a gap of `seconds`, at least one sample: what follows does not join on."""
        self._stream.clear()
        self._mono.gap()
        self.count_lost(seconds)

    def count_lost(self, seconds: float) -> None:
        """Let audio time go on by `seconds`, and touch nothing else: for when all else failed."""
        self._came = max(self._came + seconds * RATE_HZ, self._start + 1.0)
        self._start = max(self._start + 1, round(self._came))

    def skip_frames(self, frames: int) -> None:
        """Leave a gap of `frames` at the device's own rate."""
        self.skip(frames / self._rate_hz)

    def flush(self) -> Iterator[AudioChunk]:
        """What the resampler still holds at the end of the sound."""
        yield from self._chunk(
            self._stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
        )

    def _chunk(self, samples: NDArray[np.float32]) -> Iterator[AudioChunk]:
        if len(samples):
            yield AudioChunk(samples, start=self._start)
            self._start += len(samples)


def _good(block: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which channels hold nothing but numbers that can be, shape `(channels,)`."""
    if peak(block) <= _MOST:  # never true of what is not a number
        return np.ones(block.shape[1], dtype=np.bool_)
    return np.asarray((np.abs(block) <= _MOST).all(axis=0))
