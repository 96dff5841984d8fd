"""Shows the latest screen a few times a second and turns keys into commands."""

import logging
import math
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import TextIOBase
from typing import TextIO

from rich.console import Console

from dndmood import console
from dndmood.clock import Clock
from dndmood.dashboard import keys
from dndmood.dashboard.block import Block, folded, row
from dndmood.dashboard.keystrokes import ESCAPE, Keystrokes
from dndmood.dashboard.legend import LEAVING
from dndmood.dashboard.link_page import LinkPage, link_page
from dndmood.dashboard.palette import BOLD, MARKED, POOR, RICH, Glyphs
from dndmood.dashboard.state import Screen
from dndmood.dashboard.summary import summary
from dndmood.dashboard.terminal import Terminal, opened, size
from dndmood.dashboard.view import LEAST, render
from dndmood.events import Command
from dndmood.mood_places import Place
from dndmood.threads import Cell

__all__ = ["show", "summary", "usable"]

_log = logging.getLogger(__name__)

_FRAME_S = 0.1
_STALLED_S = 2.0
"""Without any new sound for so long, the lamp says so."""
_FAILED = (
    "The picture cannot be drawn; listening and music go on, and every key works. "
    "The log, dndmood.log, says why."
)
_TWICE_S = 2.0
"""The key that ends the evening must come again within this time: a slip ends nothing."""
_HELD_S = 0.15
"""What comes sooner after the same key is a key held down, which most systems repeat every 0.03 s,
or text that was pasted."""


def usable(stream: TextIO | None) -> str:
    """Empty when `stream` can show the dashboard, else one sentence why not and what to do."""
    if stream is None or not console.is_terminal(stream):
        return "The output is no terminal: use --plain."
    if not console.is_terminal(sys.stdin):
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
    letters: Mapping[str, str] | None = None,
    alive: Callable[[], bool],
    clock: Clock,
    links: tuple[LinkPage, ...] = (),
) -> None:
    """Show what is in `cell` until `q` twice or Ctrl-C, or until `alive()` is False.

    The first of `links` is shown until a key is pressed; `l` brings them back one after the other.
    Must run on the main thread. Every key's command goes to `put`, also the last one, "quit".
    The terminal is given back as it was, whatever happens; whatever else is printed meanwhile is
    logged. `letters` choose where the party is, behind the key for that.
    """
    screen, printed = sys.stdout, _Logged()
    try:
        with (
            opened(screen, clock) as terminal,
            redirect_stdout(printed),
            redirect_stderr(printed),
        ):
            _Show(
                cell,
                put,
                places,
                clock,
                terminal,
                letters=letters,
                poor=not knows_signs(screen),
                links=links,
            ).run(alive)
    except (KeyboardInterrupt, EOFError):
        put(Command("quit"))
    except SystemExit:
        put(Command("quit"))
        console.give_up_unread()
        raise


class _Show:
    """What lasts from one frame to the next."""

    def __init__(
        self,
        cell: Cell[Screen],
        put: Callable[[Command], None],
        places: tuple[Place, ...],
        clock: Clock,
        terminal: Terminal,
        *,
        letters: Mapping[str, str] | None = None,
        poor: bool,
        links: tuple[LinkPage, ...] = (),
    ) -> None:
        self._cell = cell
        self._put = put
        self._places = places
        self._letters = letters or {}
        self._clock = clock
        self._terminal = terminal
        self._ascii = poor
        self._keystrokes = Keystrokes()
        self._links = links
        self._link = 0 if links else None  # which one is shown
        self._helping = self._failed = False
        self._placing = False  # after the key that begins a choice of place
        self._asked_s = -math.inf  # when `q` was pressed, with no other key since
        self._leaving: Command | None = None  # once nothing more comes after it
        self._heard_s = 0.0
        self._moved_s = clock.now_s()

    def run(self, alive: Callable[[], bool]) -> None:
        """Draw, read keys, and again, until there is a reason to end."""
        while alive():
            self._draw()
            sent = self._terminal.read(_FRAME_S)
            if not sent and self._leaving:
                self._put(self._leaving)
                return
            self._leaving = None
            pressed = self._keystrokes.push(sent)
            if len(pressed) < len(sent):  # an arrow, or text that was pasted
                self._asked_s = -math.inf
            for key in pressed:
                self._press(key)

    def _draw(self) -> None:
        screen = self._cell.value
        if screen.ear.heard_s != self._heard_s:
            self._heard_s, self._moved_s = screen.ear.heard_s, self._clock.now_s()
        now_s = self._clock.now_s()
        stalled = now_s - self._moved_s > _STALLED_S
        leaving = now_s - self._asked_s < _TWICE_S
        width, height = self._terminal.size()
        if width < LEAST[0] or height < LEAST[1]:
            words = f"{_too_small(width, height)}."
            self._terminal.painter.paint(_in_words(words, width, height, leaving=leaving))
            return
        if self._link is not None and not leaving:
            self._terminal.painter.paint(self._link_rows(width, height))
            return
        try:
            rows = render(
                screen,
                self._places,
                width=width,
                height=height,
                ascii=self._ascii,
                helping=self._helping,
                stalled=stalled,
                leaving=leaving,
                letters=self._letters if self._placing else {},
            ).rows
        except Exception:  # noqa: BLE001 - whatever it is, the evening goes on
            if not self._failed:
                _log.exception("The screen cannot be drawn")
            self._failed = True
            rows = _in_words(_FAILED, width, height, leaving=leaving)
        self._terminal.painter.paint(rows)

    def _link_rows(self, width: int, height: int) -> Block:
        number = self._link or 0
        glyphs = POOR if self._ascii else RICH
        more = number + 1 < len(self._links)
        return link_page(self._links[number], width, height, glyphs, more=more)

    def _press(self, key: str) -> None:
        """Do what `key` means."""
        if self._leave_or_turn_link(key):
            return
        if self._placing:
            self._placing = False
            if chosen := keys.place(key, self._letters):
                self._put(chosen)
                return
        command = keys.command(key, self._places)
        if command and command.verb == "quit":
            self._quit(command)
            return
        self._asked_s, self._leaving = -math.inf, None
        if key.lower() == keys.PLACE and self._letters:
            self._placing = True
        elif key in (keys.HELP, ESCAPE):
            self._helping = key == keys.HELP and not self._helping
        elif key == keys.REPAINT:
            self._terminal.painter.forget()
        elif command:
            self._put(command)

    def _leave_or_turn_link(self, key: str) -> bool:
        """Leave the address on the screen, or go on to the next; whether that is all `key` does."""
        if key == " " and self._link is not None:
            # The key that people take for any key must not stop the listening.
            self._link = None
            return True
        if not self._placing:
            after = 0 if self._link is None else self._link + 1
            wanted = key.lower() == keys.LINK and after < len(self._links)
            self._link = after if wanted else None
        return False

    def _quit(self, command: Command) -> None:
        """End the evening if the key for that was pressed a second time, with no other between."""
        before_s, self._asked_s = self._asked_s, self._clock.now_s()
        again = _HELD_S <= self._asked_s - before_s < _TWICE_S
        self._leaving = command if again else None


class _Logged(TextIOBase):
    """Where libraries print to while the screen is ours: each text becomes a line in the log."""

    def write(self, text: str) -> int:
        # Without any handler, what is logged would come back here.
        if text.strip() and logging.getLogger().handlers:
            _log.warning("printed: %s", text.rstrip())
        return len(text)


def _in_words(text: str, width: int, height: int, *, leaving: bool) -> Block:
    """What is shown when the picture itself cannot be."""
    shown, style = (LEAVING.strip(), MARKED) if leaving else (text, BOLD)
    return tuple(row(width, (line, style)) for line in folded(shown, width, height, POOR))


def _too_small(columns: int, lines: int) -> str:
    return (
        f"The terminal is {columns} by {lines}; the dashboard needs {LEAST[0]} by {LEAST[1]}: "
        "make it larger"
    )


def signs(stream: TextIO | None) -> Glyphs:
    """The signs that can be written to `stream`."""
    return RICH if knows_signs(stream) else POOR


def knows_signs(stream: TextIO | None) -> bool:
    """Whether braille and box drawing can be written; the bare Linux console has no font for it."""
    if os.environ.get("TERM") == "linux":
        return False
    try:
        (RICH.across + RICH.here + "\u28ff").encode(
            getattr(stream, "encoding", None) or "ascii"
        )
    except (UnicodeEncodeError, LookupError):
        return False
    return True
