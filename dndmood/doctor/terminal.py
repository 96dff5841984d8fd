"""The terminal as the dashboard needs it: size, colours, signs and keys."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console

from dndmood.dashboard import live
from dndmood.dashboard.view import LEAST
from dndmood.doctor._finding import Finding, hint, ok
from dndmood.settings import Settings

ORDER = 50
STUCK = "Close this terminal and open another one."


@dataclass(frozen=True, slots=True)
class Terminal:
    """What is known of the terminal."""

    shown: bool
    """Whether the output is a terminal at all."""
    keys: bool
    """Whether the input is one."""
    refusal: str
    """Why the dashboard would not start; empty when it would."""
    columns: int
    lines: int
    colours: str
    """As rich calls them: "truecolor", "256", "standard", "windows"; empty for none."""
    encoding: str
    signs: bool
    """Whether the encoding has the dashboard's signs."""


def check(_settings: Settings) -> Iterator[Finding]:
    """This terminal."""
    shown = sys.stdout.isatty()
    console = Console(file=sys.stdout)
    columns, lines = os.get_terminal_size(sys.stdout.fileno()) if shown else (0, 0)
    yield from judged(
        Terminal(
            shown=shown,
            keys=sys.stdin.isatty(),
            refusal=live.usable(sys.stdout),
            columns=columns,
            lines=lines,
            colours=(console.color_system or "") if shown else "",
            encoding=sys.stdout.encoding or "",
            signs=live.knows_signs(sys.stdout),
        )
    )


def judged(terminal: Terminal) -> Iterator[Finding]:
    """What the dashboard would look like in `terminal`."""
    if not terminal.shown:
        yield hint(
            "The output is no terminal here, so its size, colours and keys were not looked at.",
            "Type 'dndmood doctor' in the window in which you play.",
        )
        return
    if terminal.refusal:
        yield hint(terminal.refusal)
    if not terminal.signs:
        yield hint(
            f"The encoding {terminal.encoding} lacks the dashboard's signs, and letters in titles "
            "are shown as '?'.",
            "Use a terminal with UTF-8; on Windows type 'chcp 65001' first, elsewhere "
            "'export LC_ALL=C.UTF-8'.",
        )
    if not terminal.colours:
        yield hint(
            "This terminal shows no colours; nothing is told by colour alone.",
            "Unset NO_COLOR, and set TERM to xterm-256color if the terminal can do it.",
        )
    if not terminal.refusal:
        size = f"{terminal.columns} by {terminal.lines} (at least {LEAST[0]} by {LEAST[1]})"
        colours = f"colours: {terminal.colours or 'none'}"
        yield ok(f"The dashboard fits: {size}, {colours}, {terminal.encoding}, keys are read.")
