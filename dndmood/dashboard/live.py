"""Shows the latest screen a few times a second and turns keys into commands."""

import os
import sys
from collections.abc import Callable
from typing import TextIO

from rich.console import Console

from dndmood.clock import Clock
from dndmood.dashboard import keys
from dndmood.dashboard.block import Block, folded, row
from dndmood.dashboard.palette import BOLD, POOR, RICH
from dndmood.dashboard.state import Place, Screen
from dndmood.dashboard.summary import summary
from dndmood.dashboard.terminal import Terminal, opened, size
from dndmood.dashboard.view import LEAST, render
from dndmood.events import Command
from dndmood.threads import Cell

__all__ = ["show", "summary", "usable"]

_FRAME_S = 0.1
_STALLED_S = 2.0
"""Without any new sound for so long, the lamp says so."""


def usable(stream: TextIO) -> str:
    """Empty when `stream` can show the dashboard, else one sentence why not and what to do."""
    if not stream.isatty():
        return "The output is no terminal: use --plain."
    if not sys.stdin.isatty():
        return "The dashboard cannot read keys because the input is no terminal: use --plain."
    if os.environ.get("TERM") in ("dumb", "unknown"):
        return "This terminal can only show lines of text: use --plain."
    if Console(file=stream).legacy_windows:
        return "This console is too old for the dashboard: use Windows Terminal, or --plain."
    columns, lines = size(stream)
    if columns < LEAST[0] or lines < LEAST[1]:
        return f"{_too_small(columns, lines)}, or use --plain."
    return ""


def show(
    cell: Cell[Screen],
    put: Callable[[Command], None],
    *,
    places: tuple[Place, ...],
    alive: Callable[[], bool],
    clock: Clock,
) -> None:
    """Show what is in `cell` until `q` or Ctrl-C, or until `alive()` is False.

    Must run on the main thread. Every key's command goes to `put`, also the last one, "quit".
    The terminal is given back as it was, whatever happens.
    """
    with opened(sys.stdout, clock) as terminal:
        try:
            _Show(cell, put, places, clock, terminal).run(alive)
        except (KeyboardInterrupt, EOFError):
            put(Command("quit"))


class _Show:
    """What lasts from one frame to the next."""

    def __init__(
        self,
        cell: Cell[Screen],
        put: Callable[[Command], None],
        places: tuple[Place, ...],
        clock: Clock,
        terminal: Terminal,
    ) -> None:
        self._cell = cell
        self._put = put
        self._places = places
        self._clock = clock
        self._terminal = terminal
        self._ascii = not knows_signs(sys.stdout)
        self._helping = False
        self._heard_s = 0.0
        self._moved_s = clock.now_s()

    def run(self, alive: Callable[[], bool]) -> None:
        """Draw, read keys, and again, until there is a reason to end."""
        while alive():
            self._draw()
            for key in keys.presses(self._terminal.read(_FRAME_S)):
                if self._press(key):
                    return

    def _draw(self) -> None:
        screen = self._cell.value
        if screen.ear.heard_s != self._heard_s:
            self._heard_s, self._moved_s = screen.ear.heard_s, self._clock.now_s()
        stalled = self._clock.now_s() - self._moved_s > _STALLED_S
        width, height = self._terminal.size()
        if width < LEAST[0] or height < LEAST[1]:
            self._terminal.painter.paint(_notice(width, height))
            return
        picture = render(
            screen,
            self._places,
            width=width,
            height=height,
            ascii=self._ascii,
            helping=self._helping,
            stalled=stalled,
        )
        self._terminal.painter.paint(picture.rows)

    def _press(self, key: str) -> bool:
        """Do what `key` means; True when it ends the show."""
        if key == keys.HELP:
            self._helping = not self._helping
        elif key == keys.REPAINT:
            self._terminal.painter.forget()
        elif command := keys.command(key, self._places):
            self._put(command)
            return command.verb == "quit"
        return False


def _notice(width: int, height: int) -> Block:
    lines = folded(f"{_too_small(width, height)}.", width, height, POOR)
    return tuple(row(width, (line, BOLD)) for line in lines)


def _too_small(columns: int, lines: int) -> str:
    return (
        f"The terminal is {columns} by {lines}; the dashboard needs {LEAST[0]} by {LEAST[1]}: "
        "make it larger"
    )


def knows_signs(stream: TextIO) -> bool:
    """Whether braille and box drawing can be written; the bare Linux console has no font for it."""
    if os.environ.get("TERM") == "linux":
        return False
    try:
        (RICH.across + RICH.here + "\u28ff").encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
