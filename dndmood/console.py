"""The standard streams: nothing that is printed may end an evening or leave a traceback."""

import errno
import os
import shutil
import sys
import textwrap
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from select import select
from typing import TYPE_CHECKING, Any, TextIO

from dndmood.errors import UserError
from dndmood.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

_FULL = {
    errno.EBADF,
    errno.ENOSPC,
    errno.EFBIG,
    errno.EIO,
    getattr(errno, "EDQUOT", errno.ENOSPC),
}
_MODES = ("r", "w", "w")
_NAMES = ("stdin", "stdout", "stderr")
_MOMENT_S = 0.5
_VIRTUAL_TERMINAL = 0x0004
"""ENABLE_VIRTUAL_TERMINAL_PROCESSING, learn.microsoft.com/windows/console/setconsolemode"""
_STANDARD_OUTPUT = -11
"""STD_OUTPUT_HANDLE, learn.microsoft.com/windows/console/getstdhandle"""


class ReaderGone(Exception):  # noqa: N818 - not an error: whoever read our lines has seen enough
    """Nobody reads the standard output any more, as after `| head`."""


def prepare() -> None:
    """Make the standard streams ones that can be used, whatever they were.

    A closed one becomes the null device: otherwise the next file that is opened, a journal for
    one, would be what libraries write their messages to. A sign that the encoding lacks is
    written as `?`. Windows' console is asked to obey escape sequences.
    """
    for number, (name, mode) in enumerate(zip(_NAMES, _MODES, strict=True)):
        _open_if_closed(number)
        if (known := getattr(sys, name)) is None or known.closed:
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor, for good
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")
    if os.name == "nt":
        understand_escapes()


def understand_escapes(kernel32: Any = None) -> bool:
    """Ask Windows' console to obey escape sequences; False where it is none or does not know how.

    Windows Terminal would anyway; the mode belongs to the console and cmd.exe starts without it.
    """
    import ctypes

    kernel32 = kernel32 or ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle, mode = kernel32.GetStdHandle(_STANDARD_OUTPUT), ctypes.c_uint32()
    if not kernel32.GetConsoleMode(handle, ctypes.byref(mode)):
        return False
    return bool(kernel32.SetConsoleMode(handle, mode.value | _VIRTUAL_TERMINAL))


def write(text: str) -> None:
    """Print `text`, which may have several lines, each made printable.

    Raises `ReaderGone` when nobody reads it, and `UserError` when it cannot be written: what a
    command was asked for is never lost without a word.
    """
    safe = "\n".join(map(printable, text.split("\n")))
    _write(lambda: print(_fitting(safe, sys.stdout), flush=True))  # noqa: T201


def line(text: str) -> None:
    """Print `text` as one line, made printable; raises `OSError` when it cannot be written."""
    print(_fitting(printable(text), sys.stdout), flush=True)  # noqa: T201


def say(sentence: str) -> None:
    """Print `sentence`, which may have lines, to the standard error, made printable.

    In a terminal no line breaks within a word. Where nobody can read it, nothing happens.
    """
    lines = [printable(line) for line in sentence.split("\n")]
    _print("\n".join(map(_folded, lines) if is_terminal(sys.stderr) else lines) + "\n")


def meter(level_db: float, left_s: float) -> None:
    """In a terminal, one line that is written over: a bar for the level, and the seconds left."""
    if is_terminal(sys.stderr):
        bar = "#" * round(max(level_db + 60.0, 0.0) / 2.0)
        line = f"  [{bar:<30}] {left_s:3.0f} s" if left_s else ""
        _print(f"\r{line:<44}\r")


def draw(picture: "RenderableType") -> None:
    """Print something that rich can draw; where it cannot be written, nothing happens."""
    from rich.console import Console

    drawn = _Drawn()
    Console(file=drawn).print(picture)
    if takes_more(sys.stdout):
        with suppress(OSError, ValueError):
            print(_fitting(drawn.getvalue(), sys.stdout), end="", flush=True)  # noqa: T201


def is_terminal(stream: TextIO | None) -> bool:
    """Whether `stream` is a terminal; False for one that is closed or is not there."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def takes_more(stream: TextIO) -> bool:
    """Whether a line can be written to `stream` without waiting for more than a moment.

    A pipe whose reader stands still and a terminal that was stopped take nothing, perhaps for
    hours. True where that cannot be known: Windows asks sockets only.
    """
    try:
        return bool(select([], [stream.fileno()], [], _MOMENT_S)[1])
    except (OSError, ValueError, AttributeError):
        return True


def give_up_unread() -> None:
    """When the evening must end: drop what a standard output that takes no more has not taken."""
    if not takes_more(sys.stdout):
        _to_nowhere(sys.stdout)


def flush() -> None:
    """Write what still waits, as `write` does; what cannot be written is dropped."""
    try:
        _write(sys.stdout.flush)
    finally:
        for stream in (sys.stdout, sys.stderr):
            _give_up(stream)


def unwritten(error: OSError) -> UserError:
    """The error to report when something that was open cannot be written any more."""
    return UserError(
        f"What was to be written is lost: {error.strerror}. Make room, or send it somewhere else."
    )


def is_full(error: OSError) -> bool:
    """Whether `error` says that no more can be written to something that was open already."""
    return error.filename is None and error.errno in _FULL


def is_gone(error: OSError) -> bool:
    """Whether `error` says that nobody reads a pipe any more (Windows calls that EINVAL)."""
    return isinstance(error, BrokenPipeError) or (
        os.name == "nt" and error.errno == errno.EINVAL
    )


class _Drawn(StringIO):
    """Keeps what is written, and is otherwise what the standard output is."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(sys.stdout, "encoding", None) or "ascii"

    def isatty(self) -> bool:
        return sys.stdout.isatty()

    def fileno(self) -> int:
        return sys.stdout.fileno()


def _print(text: str) -> None:
    if takes_more(sys.stderr):
        with suppress(OSError, ValueError):
            print(_fitting(text, sys.stderr), end="", file=sys.stderr, flush=True)  # noqa: T201


def _folded(line: str) -> str:
    """`line` in as many lines as the terminal needs, each as far in as the first."""
    indent = " " * (len(line) - len(line.lstrip()))
    # More than 80 columns are hard to read aloud from; paths and other long words stay whole.
    columns = min(shutil.get_terminal_size().columns, 80)
    return textwrap.fill(
        line,
        columns,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _write(printing: Callable[[], object]) -> None:
    try:
        printing()
    except OSError as error:
        if is_gone(error):
            raise ReaderGone from error
        raise unwritten(error) from error


def _give_up(stream: TextIO) -> None:
    """Send what `stream` still holds nowhere, or Python would complain about it at its end."""
    try:
        stream.flush()
    except (OSError, ValueError):
        _to_nowhere(stream)


def _to_nowhere(stream: TextIO) -> None:
    with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - no Path
        os.dup2(nowhere.fileno(), stream.fileno())


def _fitting(text: str, stream: TextIO) -> str:
    """`text` with a `?` for each sign that `stream` cannot write."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding, "replace")


def _open_if_closed(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
