"""Wall time, for the edges only: pacing a file, waiting before a device is tried again."""

import time
from typing import Protocol


class Clock(Protocol):
    """What an edge may know about wall time."""

    def now_s(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Come back after `seconds`."""
        ...


class SystemClock:
    """The computer's own clock, fine enough to time a millisecond on every system.

    Python's monotonic clock moves in steps of 16 ms on Windows before 3.13.
    """

    def now_s(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        return time.perf_counter()

    def sleep(self, seconds: float) -> None:
        """Come back after `seconds`."""
        time.sleep(seconds)
