"""Colours and glyphs. No two things differ by colour alone.

All hues have the same relative luminance of 0.18, which contrasts 4.5 to 1 with black as with
white, so one palette serves dark and light terminals. Plain text has the terminal's own colour.
"""

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style

from dndmood.mood_places import Place, colours

PLAIN = Style()
BOLD = Style(bold=True)
MARKED = Style(bold=True, reverse=True)
QUIET = Style(color="#777777")
"""Frames, labels, and what is over."""
GOOD = Style(color="#13876f", bold=True)
WARN = Style(color="#b95f0f", bold=True)
BAD = Style(color="#e1303c", bold=True)
BAR = Style(color="#0882a0")


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs that pictures are made of."""

    corners: str
    """Of a box: top left, top right, bottom left, bottom right."""
    across: str
    down: str
    full: str
    """A filled cell of a bar."""
    half: str
    """The end of a bar that fills half a cell."""
    rest: str
    """An empty cell of a bar."""
    peak: str
    on: str
    """A lamp that is lit."""
    off: str
    here: str
    """Where the talk is now."""
    was: str
    """Where the talk was when somebody last spoke."""
    more: str
    """At the end of a text that was cut off."""
    leads: str
    minus: str
    fine: bool
    """True where braille and half blocks can be shown."""


RICH = Glyphs("╭╮╰╯", "─", "│", "━", "╸", "─", "┃", "●", "○", "◆", "◇", "…", "→", "−", True)  # noqa: RUF001
POOR = Glyphs("++++", "-", "|", "=", "-", ".", "|", "*", "o", "@", "O", "~", ">", "-", False)


@lru_cache(maxsize=8)
def hues(places: tuple[Place, ...]) -> dict[str, Style]:
    """A colour for each mood, as styles."""
    return {name: Style(color=colour) for name, colour in colours(places).items()}
