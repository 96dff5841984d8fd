"""What every source does at the door: mix to mono, resample to 16 kHz, count samples."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ, AudioChunk, Problem


class Door:
    """Turns blocks at the device's own rate into chunks of the tape.

    Sound that was lost is told with `skip`: the next chunk then starts later. Blocks with
    values that are not numbers count as lost; the first of them is told as a problem.
    """

    def __init__(self, rate_hz: int) -> None:
        self._start = 0
        self._told = False
        self.change_rate(rate_hz)

    @property
    def position(self) -> int:
        """Index of the next sample."""
        return self._start

    def change_rate(self, rate_hz: int) -> None:
        """From now on blocks come at `rate_hz`, as after another microphone was plugged in."""
        import soxr

        self._rate_hz = rate_hz
        self._resampler = soxr.ResampleStream(
            rate_hz, RATE_HZ, 1, dtype="float32", quality="HQ"
        )

    def push(self, block: NDArray[np.float32]) -> Iterator[AudioChunk | Problem]:
        """The chunks of `block`, shape `(frames, channels)`, as far as they are ready."""
        mono = block.mean(axis=1, dtype=np.float32)
        if not np.isfinite(mono).all():
            if not self._told:
                self._told = True
                yield Problem(
                    at_s=self._start / RATE_HZ,
                    text="The sound has values that are not numbers; those stretches are left "
                    "out. Save the recording again, or use another input.",
                )
            self.skip_frames(len(mono))
            return
        yield from self._chunk(self._resampler.resample_chunk(mono))

    def skip(self, seconds: float) -> None:
        """Leave a gap of `seconds`, at least one sample: what follows does not join on."""
        self._resampler.clear()
        self._start += max(1, round(seconds * RATE_HZ))

    def skip_frames(self, frames: int) -> None:
        """Leave a gap of `frames` at the device's own rate."""
        self.skip(frames / self._rate_hz)

    def flush(self) -> Iterator[AudioChunk]:
        """What the resampler still holds at the end of the sound."""
        yield from self._chunk(
            self._resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
        )

    def _chunk(self, samples: NDArray[np.float32]) -> Iterator[AudioChunk]:
        if len(samples):
            yield AudioChunk(samples, start=self._start)
            self._start += len(samples)
