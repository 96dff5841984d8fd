"""Puts pictures on the terminal and writes only the rows that are not there already.

A frame that changes two rows costs two rows: this is what keeps the screen calm and the
processor free, where drawing everything ten times a second would not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TextIO

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment

from dndmood.dashboard.block import Block, Row

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h\x1b[2J"
"""Second screen, no cursor, no wrapping at the right edge, pasted text marked as such, empty."""
_LEAVE = "\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l"
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
"""Terminals that know it show everything in between at once."""
_COLOURS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
    "windows": ColorSystem.WINDOWS,
}


class Painter:
    """Remembers what the terminal shows. `stream` must be a terminal that knows ANSI."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        console = Console(file=stream)
        self._colours = _COLOURS.get(console.color_system or "")
        self._no_color = console.no_color
        self._shown: Block = ()

    def enter(self) -> None:
        """Switch to the second screen, so that what was in the terminal comes back later."""
        self.forget()
        self._write(_ENTER)

    def leave(self) -> None:
        """Bring back what was in the terminal before."""
        self._write(_LEAVE)

    def forget(self) -> None:
        """Take nothing for granted: the next picture is written as a whole."""
        self._shown = ()

    def paint(self, rows: Block) -> None:
        """Make the terminal show `rows`, which must fill it."""
        whole = len(rows) != len(self._shown)
        news = [
            f"\x1b[{number + 1};1H{self._ansi(row)}"
            for number, row in enumerate(rows)
            if whole or row != self._shown[number]
        ]
        self._shown = rows
        if news:
            try:
                self._write(_BEGIN + "\x1b[2J" * whole + "".join(news) + _END)
            except BlockingIOError:  # somebody has set the terminal so; it took a part only
                self.forget()

    def _ansi(self, row: Row) -> str:
        return "".join(_ansi(segment, self._colours, self._no_color) for segment in row)

    def _write(self, text: str) -> None:
        with gone():
            self._stream.write(text)
            self._stream.flush()


@contextmanager
def gone() -> Iterator[None]:
    """Raise `EOFError` where the terminal has been closed under us."""
    try:
        yield
    except BlockingIOError:
        raise
    except OSError as error:
        raise EOFError("The terminal was closed.") from error


@lru_cache(maxsize=4096)
def _ansi(segment: Segment, colours: ColorSystem | None, no_color: bool) -> str:  # noqa: FBT001
    if segment.style is None or colours is None:
        return segment.text
    style = segment.style.without_color if no_color else segment.style
    return style.render(segment.text, color_system=colours)
