"""The screen as a picture: same screen, same picture, always `height` rows of `width` cells."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment

from dndmood.dashboard import legend, music_panel, panels, timeline
from dndmood.dashboard.block import Block, beside, row, sized
from dndmood.dashboard.palette import POOR, RICH, Glyphs
from dndmood.dashboard.plane import map_of_moods, map_of_talk
from dndmood.dashboard.state import Screen
from dndmood.mood_places import Place

LEAST = (80, 24)
"""Smallest width and height that hold everything."""
_ROOMY = 34
"""From this height on, the evening gets one lane for each mood if the rest keeps its room."""
_LEAST_UPPER = 14
"""Rows that the map, the mood and the voices need."""
_LEAST_NOTES = 4
"""Rows below which what happened is not worth a frame."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of styled text that rich can print."""

    rows: Block

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        """Every row, each with its line end."""
        for line in self.rows:
            yield from line
            yield Segment.line()


def render(  # noqa: PLR0913 - one keyword for each thing that can be seen
    screen: Screen,
    places: tuple[Place, ...],
    *,
    width: int,
    height: int,
    ascii: bool = False,  # noqa: A002 - the word for it
    helping: bool = False,
    stalled: bool = False,
    leaving: bool = False,
    letters: Mapping[str, str] | None = None,
) -> Picture:
    """`screen` as `height` rows of `width` cells, at least 80 by 24.

    With `ascii`, no other signs are used. `helping` shows the help in place of the upper part;
    `stalled` says that no sound has arrived for a while, `leaving` that the key to end the
    evening was pressed once. `letters` are shown with their places while one is being chosen.
    """
    width, height = max(width, LEAST[0]), max(height, LEAST[1])
    places = screen.current(places)
    glyphs = POOR if ascii else RICH
    head: Block = (panels.header(screen, width, _left(width), glyphs, stalled=stalled),)
    if height >= _ROOMY:
        head = (*head, row(width))
    room = height - len(head) - _LEAST_UPPER
    low = _lower(screen, places, width, room, glyphs, leaving=leaving, letters=letters or {})
    upper = _upper(
        screen, places, width, height - len(head) - len(low), glyphs, helping=helping
    )
    rows = sized(head + upper + low, width, height)
    return Picture(tuple(tuple(map(_bare, row)) for row in rows) if ascii else rows)


def atlas(places: tuple[Place, ...], *, width: int = 72, height: int = 20) -> Picture:
    """The moods alone as lands in the arousal/valence plane, as `height` rows of `width` cells."""
    return Picture(map_of_moods(places, width, height, RICH))


def _upper(
    screen: Screen,
    places: tuple[Place, ...],
    width: int,
    height: int,
    glyphs: Glyphs,
    *,
    helping: bool,
) -> Block:
    if helping:
        return legend.help_page(screen.troubles(), places, width, height, glyphs)
    left = _left(width)
    voices = panels.voices_height(screen, height)
    notes = height - voices - _LEAST_UPPER if height >= 30 else 0  # noqa: PLR2004 - room for a log
    notes = notes if notes >= _LEAST_NOTES else 0
    mood = height - voices - notes
    right = panels.mood(screen, places, width - left, mood, glyphs)
    right += panels.voices(screen.talk.scores, width - left, voices, glyphs)
    if notes:
        right += panels.notes(screen.notes, width - left, notes, glyphs)
    return beside(map_of_talk(screen, places, left, height, glyphs), right)


def _left(width: int) -> int:
    """How many of `width` cells the left column takes."""
    return round(width * 0.475)


def _lower(
    screen: Screen,
    places: tuple[Place, ...],
    width: int,
    room: int,
    glyphs: Glyphs,
    *,
    leaving: bool,
    letters: Mapping[str, str],
) -> Block:
    """Music, evening, problem and keys in at most `room` rows, which are at least nine."""
    music = music_panel.music(screen, width, glyphs)
    keys = legend.key_lines(screen, places, width, glyphs, leaving=leaving, letters=letters)
    problem = panels.problem(screen, width, glyphs)
    if room >= _ROOMY - 2 - _LEAST_UPPER:
        lanes = timeline.in_a_frame(screen, places, width, glyphs)
        whole = music + lanes + sized(problem, width, 2) + keys
        if len(whole) <= room:
            return whole
    strip = timeline.in_two_rows(screen, places, width, glyphs)
    if len(problem) > 1:
        strip = strip[1:]  # the heading gives way to the problem's second line
    return music + strip + sized(problem, width, 3 - len(strip)) + keys


def _bare(segment: Segment) -> Segment:
    """`segment` in ASCII, as many cells wide as before."""
    if segment.text.isascii():
        return segment
    bare = "".join(map(_bare_sign, segment.text))
    # Signs that are joined are as wide together as they are not alone.
    return Segment(set_cell_size(bare, cell_len(segment.text)), segment.style)


def _bare_sign(sign: str) -> str:
    base, size = unicodedata.normalize("NFKD", sign)[0], cell_len(sign)
    return base[:size].ljust(size) if base.isascii() else "?" * size
