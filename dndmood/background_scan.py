"""A scan of the music that goes on beside the evening, in a process of its own that gives way.

It comes again every few minutes, so that what is put into the folder meanwhile is heard as well.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event as Flag
from threading import Thread

_LOWEST = 19
_LEAVE_S = 1.0
_LOOK_S = 1.0
_AGAIN_S, _AT_MOST_S = 120.0, 300.0
_REST = 50.0
"""A scan rests so many times as long as it took, within these bounds: of 5,000 tracks that are known
it costs 2 % of a core, of fewer next to nothing."""


@contextmanager
def scanning(
    folder: str,
    options: Sequence[str] = (),
    *,
    at_once: bool = True,
    moves: Callable[[], int] = lambda: 0,
) -> Iterator[Callable[[], None]]:
    """Listen to the music in `folder` while the block lasts; what is found out is in the index.

    Unless `at_once` the first scan comes in some minutes, as where all is known; when `moves`,
    how often files came or went, has grown the next one comes at once. Leaving ends the
    scan, which keeps what it has done, and takes up to three seconds; what is yielded tells it so
    beforehand and waits for nothing. Where no process can be started nothing happens: the
    evening goes on with what is known.
    """
    order = [sys.executable, "-m", "dndmood", "library", "scan", *options, "--workers", "1"]
    scans = _Scans([*order, "--", folder], moves)
    if at_once and not scans.start():
        yield scans.leave
        return
    scans.thread.start()
    try:
        yield scans.leave
    finally:
        scans.end()


class _Scans:
    """One scan after the other, on a thread that waits for each."""

    def __init__(self, order: Sequence[str], moves: Callable[[], int]) -> None:
        self._order, self._moves = order, moves
        self._seen = moves()
        self._leave = Flag()
        self._process: subprocess.Popen[bytes] | None = None
        self.thread = Thread(target=self._run, name="scans", daemon=True)

    def start(self) -> bool:
        """Begin a scan; whether there is one now."""
        idle = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)  # Windows
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                self._order,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C is for the evening, which then ends this
                creationflags=idle,
                env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
        except (OSError, ValueError):
            return False
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _LOWEST)
        return True

    def leave(self) -> None:
        """No more scans; the one that runs keeps what it has done. Returns at once."""
        self._leave.set()

    def end(self) -> None:
        """Leave, and wait until the scan has ended."""
        self.leave()
        self.thread.join(3.0 * _LEAVE_S)

    def _run(self) -> None:
        since_s = time.monotonic()
        while True:
            if self._process is not None and not self._ended(self._process):
                return
            took_s = time.monotonic() - since_s
            self._rest(min(max(_AGAIN_S, _REST * took_s), _AT_MOST_S))
            if self._leave.is_set():
                return
            self._seen = self._moves()
            since_s = time.monotonic()
            if not self.start():
                return

    def _rest(self, seconds: float) -> None:
        """Do nothing for so long, or until files came or went or the evening ends."""
        until_s = time.monotonic() + seconds
        while self._moves() == self._seen and (left_s := until_s - time.monotonic()) > 0.0:
            if self._leave.wait(min(left_s, _LOOK_S)):
                return

    def _ended(self, process: "subprocess.Popen[bytes]") -> bool:
        """Wait for a scan; False when it was ended before its time."""
        while process.poll() is None:
            if self._leave.wait(_LOOK_S):
                _end(process)
                return False
        return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        process.terminate() if os.name == "nt" else process.send_signal(signal.SIGINT)
    try:
        process.wait(_LEAVE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        with suppress(subprocess.TimeoutExpired):  # a dead drive may hold it
            process.wait(_LEAVE_S)
