"""Sends what sound libraries and Python itself write to the standard error to a log file."""

import errno
import logging
import os
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

from dndmood import private_files

_log = logging.getLogger(__name__)

_LARGEST = 512 * 1024
"""Bytes; a log that would become larger is put aside, and one of those is kept."""


_LOOK_S = 5.0
"""So often the size of the log is looked at: what writes to the standard error says nothing of it."""


@contextmanager
def libraries_quiet(log: Path) -> Iterator[None]:
    """What sound libraries write to the standard error goes to the file `log` instead.

    ALSA and its friends write there from C whenever they like, across the dashboard. So would
    warnings and the errors of other threads, which are logged as well. Python's own `sys.stderr` goes on
    meaning the terminal. Where the log cannot be opened, or the disk is full, all this is dropped.
    """
    with ExitStack() as stack:
        try:
            saved = os.dup(2)
        except OSError:  # there is no standard error at all
            yield
            return
        stack.callback(os.close, saved)
        stack.callback(os.dup2, saved, 2)
        stack.enter_context(_terminal_kept(saved))
        handler = _opened(log)
        stack.enter_context(_logged(handler))
        if isinstance(handler, _Log):
            stack.enter_context(_bounded(handler))
        yield


class _Log(RotatingFileHandler):
    """A log that takes the standard error with it, and fails without a word."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, maxBytes=_LARGEST, backupCount=1, encoding="utf-8", errors="backslashreplace"
        )
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        _stderr_to(self.stream)

    def _open(self) -> TextIOWrapper:
        """The file, which only its owner may read: titles and names of devices stand in it."""
        with suppress(OSError):
            os.chmod(self.baseFilename, 0o600)  # noqa: PTH101 - as logging names it
        how = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(self.baseFilename, how, 0o600)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # a pipe would be waited for
            os.close(descriptor)
            raise OSError(errno.EINVAL, "it is no ordinary file")
        file = os.fdopen(descriptor, "a", encoding=self.encoding, errors=self.errors)
        assert isinstance(file, TextIOWrapper)  # noqa: S101 - so it is in this mode
        return file

    def doRollover(self) -> None:  # noqa: N802 - the name that logging gives it
        """Begin a new file; one that cannot be put aside is gone on with."""
        # Windows renames no file that is open, and the standard error has it open as well.
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - not a Path
            _stderr_to(nowhere)
        with suppress(OSError):
            super().doRollover()
        self.stream = self.stream or self._open()
        _stderr_to(self.stream)

    def bound(self) -> None:
        """Begin a new file when what libraries wrote, of which logging knows nothing, is too much."""
        with suppress(OSError, ValueError):
            self.acquire()
            try:
                if self.stream and os.fstat(self.stream.fileno()).st_size > _LARGEST:
                    self.doRollover()
            finally:
                self.release()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - as above
        """Nothing: a log that cannot be written, as on a full disk, must disturb no evening."""

    def close(self) -> None:
        """Close the file, also when the disk has no room for what still waits."""
        with suppress(OSError, ValueError):
            super().close()


@contextmanager
def _bounded(log: _Log) -> Iterator[None]:
    """Keep `log` small also where only libraries write to it, looking now and then."""
    leave = threading.Event()

    def look() -> None:
        while not leave.wait(_LOOK_S):
            log.bound()

    thread = threading.Thread(target=look, name="log", daemon=True)
    thread.start()
    try:
        yield
    finally:
        leave.set()
        thread.join(1.0)  # longer only on a drive that hangs


def _opened(path: Path) -> logging.Handler:
    try:
        private_files.make_folder(path.parent)
        return _Log(path)
    except OSError:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - not a Path
            _stderr_to(nowhere)
        return logging.NullHandler()


def _stderr_to(stream: TextIO | None) -> None:
    if stream is not None:
        os.dup2(stream.fileno(), 2)


@contextmanager
def _logged(handler: logging.Handler) -> Iterator[None]:
    """Everything that Python would complain about goes to `handler`."""
    root, raises = logging.getLogger(), logging.raiseExceptions
    hooks = threading.excepthook, sys.unraisablehook
    root.addHandler(handler)
    logging.getLogger("dndmood").setLevel(logging.INFO)
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    threading.excepthook = _thread_failed
    sys.unraisablehook = _was_unraisable
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(False)
        logging.raiseExceptions = raises
        root.removeHandler(handler)
        handler.close()


@contextmanager
def _terminal_kept(saved: int) -> Iterator[None]:
    """`sys.stderr` writes to the descriptor `saved`, in the encoding that it has."""
    before = sys.stderr
    encoding = getattr(before, "encoding", None) or "utf-8"
    terminal = os.fdopen(os.dup(saved), "w", buffering=1, encoding=encoding, errors="replace")
    sys.stderr = terminal
    try:
        yield
    finally:
        sys.stderr = before
        with suppress(OSError, ValueError):
            terminal.close()


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    name = failed.thread.name if failed.thread else "?"
    _log.error("The thread %s failed", name, exc_info=_whole(failed.exc_value))


def _was_unraisable(failed: "sys.UnraisableHookArgs") -> None:
    _log.error(
        "%s: %r", failed.err_msg or "Ignored", failed.object, exc_info=_whole(failed.exc_value)
    )


def _whole(
    error: BaseException | None,
) -> tuple[type[BaseException], BaseException, TracebackType | None] | None:
    return (type(error), error, error.__traceback__) if error is not None else None
