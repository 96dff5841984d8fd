"""Records from a microphone for a while, through the one owner of PortAudio."""

from threading import Condition
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.clock import Clock
from dndmood.decibels import power_db
from dndmood.events import RATE_HZ, Samples
from dndmood.sound_devices import Device

Sound = NDArray[np.float32]
"""Shape `(frames, channels)`."""


class Recording:
    """What a microphone has given since it was opened last; a `User` of `open_stream`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = Condition()
        self._blocks: list[Sound] = []
        self._frames = 0
        self.rate_hz = 0
        self.began_s = float("inf")
        """When the first sample was heard, by the clock: the block that was handed over soonest
        after it was recorded says so best."""
        self.overflows = 0
        """How often sound was lost."""
        self.interruptions = 0
        """How often the device was lost or opened again."""

    def block(self, data: Sound, frames: int, _time: Any, status: Any) -> None:
        """Called by PortAudio on its own thread."""
        with self._changed:
            self._blocks.append(data.copy())
            self._frames += frames
            began_s = self._clock.now_s() - self._frames / self.rate_hz
            self.began_s = min(self.began_s, began_s)
            self.overflows += bool(status and status.input_overflow)
            self._changed.notify_all()

    def starting(self, _device: Device, rate_hz: int) -> None:
        """Begin again at `rate_hz`."""
        with self._changed:
            self.interruptions += self.rate_hz != 0
            self._blocks, self._frames = [], 0
            self.rate_hz, self.began_s = rate_hz, float("inf")

    def stopped(self) -> None:
        """Nothing comes just now."""

    def lost(self, _device: Device | None) -> None:
        """Nothing comes any more."""
        self.interruptions += 1

    def back(self, _device: Device) -> None:
        """Sound comes again."""

    def wait(self, seconds: float, *, patience_s: float) -> bool:
        """Whether at least `seconds` of sound are there, waiting no longer than `patience_s`."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self.rate_hz > 0 and self._frames >= seconds * self.rate_hz,
                timeout=patience_s,
            )

    @property
    def seconds(self) -> float:
        """How much sound is there."""
        return self._frames / self.rate_hz if self.rate_hz else 0.0

    def sound(self) -> Sound:
        """All of it so far."""
        with self._changed:
            blocks = list(self._blocks)
        return np.concatenate(blocks) if blocks else np.zeros((0, 1), np.float32)


def loudest(sound: Sound) -> Samples:
    """The channel of `sound` with most power, shape `(frames,)`: channels may cancel each other."""
    return np.ascontiguousarray(sound[:, int(np.square(sound).sum(axis=0).argmax())])


def at_16_khz(samples: Samples, rate_hz: int) -> Samples:
    """`samples` at the rate of everything else in this program."""
    import soxr

    return np.asarray(soxr.resample(samples, rate_hz, RATE_HZ), dtype=np.float32)


def level_db(samples: Samples) -> float:
    """Root mean square in dB below full scale, at least -120."""
    power = float(np.square(samples, dtype=np.float64).mean()) if len(samples) else 0.0
    return power_db(power, -120.0)
