"""A scan of the music that goes on beside the evening, in a process of its own that gives way."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

_LOWEST = 19
_LEAVE_S = 1.0


@contextmanager
def scanning(folder: str, options: Sequence[str] = ()) -> Iterator[None]:
    """Listen to the music in `folder` while the block lasts; what is found out is in the index.

    Leaving ends the scan, which keeps what it has done. Where no process can be started nothing
    happens: the evening goes on with what is known.
    """
    order = [sys.executable, "-m", "dndmood", "library", "scan", *options, "--workers", "1"]
    idle = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)  # Windows
    try:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*order, "--", folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C is for the evening, which then ends this
            creationflags=idle,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
    except (OSError, ValueError):
        yield
        return
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, process.pid, _LOWEST)
    try:
        yield
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        process.terminate() if os.name == "nt" else process.send_signal(signal.SIGINT)
    try:
        process.wait(_LEAVE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
