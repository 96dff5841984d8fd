"""Colours and glyphs. No two things differ by colour alone.

All hues have the same relative luminance of 0.18, which contrasts 4.5 to 1 with black as with
white, so one palette serves dark and light terminals. Plain text has the terminal's own colour.
"""

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style

from dndmood.dashboard.state import Place

PLAIN = Style()
BOLD = Style(bold=True)
MARKED = Style(bold=True, reverse=True)
QUIET = Style(color="#777777")
"""Frames, labels, and what is over."""
GOOD = Style(color="#13876f", bold=True)
WARN = Style(color="#b95f0f", bold=True)
BAD = Style(color="#e1303c", bold=True)
BAR = Style(color="#0882a0")

_HUES = (  # colour and the corner of the plane it suits: valence, arousal
    ("#13876f", 0.60, 0.30),
    ("#b95f0f", 0.80, 0.65),
    ("#9f54d4", 0.38, 0.50),
    ("#e1303c", 0.25, 0.85),
    ("#2274e6", 0.25, 0.25),
    ("#937308", 0.88, 0.88),
    ("#338822", 0.85, 0.40),
    ("#d43491", 0.50, 0.90),
    ("#0882a0", 0.50, 0.10),
)


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
    """A colour for each mood: the nearest in the plane that no mood before it has taken."""
    free, chosen = list(_HUES), {}
    for place in places:
        hue = min(
            free or _HUES,
            key=lambda hue: (hue[1] - place.valence) ** 2 + (hue[2] - place.arousal) ** 2,
        )
        chosen[place.name] = Style(color=hue[0])
        if hue in free:
            free.remove(hue)
    return chosen
