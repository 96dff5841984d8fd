"""The evening so far: which mood ruled when, as one strip or as one lane for each mood."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from rich.cells import cell_len, set_cell_size

from dndmood.dashboard.block import Block, Part, Row, box, fit, row
from dndmood.dashboard.history import Stretch
from dndmood.dashboard.palette import BOLD, PLAIN, QUIET, Glyphs, hues
from dndmood.dashboard.state import Screen
from dndmood.mood_places import Place
from dndmood.printable import printable
from dndmood.times import hours_minutes

_SPANS = {
    5: 5,
    10: 5,
    20: 4,
    30: 6,
    60: 6,
    120: 4,
    180: 6,
    240: 4,
    360: 6,
    480: 4,
    720: 6,
    1440: 6,
}
"""Lengths of the time axis in minutes, and into how many parts each is divided.

The axis grows in steps, so that what is drawn stays where it is.
"""


_LOST_S = 0.1
"""Less lost sound than this is not worth a word."""


def in_two_rows(screen: Screen, places: tuple[Place, ...], width: int, glyphs: Glyphs) -> Block:
    """The evening in two rows: a heading and the strip of moods."""
    whole_s = span_s(screen.ear.heard_s)
    cell_s = whole_s / (width - 2)
    heard = int(screen.ear.heard_s / cell_s) + 1
    line = strip(screen.history.stretches, places, heard, cell_s, width - 2, glyphs)
    title = f" {glyphs.across} Evening "
    note = f" {_changes(screen)}, 0:00 to {hours_minutes(whole_s)} {glyphs.across} "
    rest = (glyphs.across * (width - len(title) - len(note)), QUIET)
    heading = row(width, (title[:3], QUIET), (title[3:], BOLD), rest, (note, QUIET))
    return heading, (*row(1), *line, *row(1))


def in_a_frame(screen: Screen, places: tuple[Place, ...], width: int, glyphs: Glyphs) -> Block:
    """The evening in a frame: one lane for each mood, and a time axis."""
    inner = width - 4
    whole_s = span_s(screen.ear.heard_s)
    wide = cells(inner, places, laned=True)
    cell_s = whole_s / wide
    heard = int(screen.ear.heard_s / cell_s) + 1
    rows = lanes(screen.history.stretches, places, heard, cell_s, inner, glyphs)
    rows = (*rows, axis(whole_s, inner, inner - wide, glyphs))
    note = (_changes(screen), QUIET)
    return box(rows, width, len(rows) + 2, glyphs, title="Evening", note=note)


def span_s(heard_s: float) -> float:
    """The time axis that holds the whole evening, in seconds."""
    return next((m * 60.0 for m in _SPANS if heard_s < m * 60.0), heard_s)


@lru_cache(maxsize=4)
def strip(
    stretches: tuple[Stretch, ...],
    places: tuple[Place, ...],
    heard: int,
    cell_s: float,
    width: int,
    glyphs: Glyphs,
) -> Row:
    """One row in which each stretch shows its mood's title, then a line.

    A cell stands for `cell_s`; `heard` cells are over.
    """
    colours, titles = hues(places), {place.name: place.title for place in places}
    parts: list[Part] = []
    for mood, begin, end in _stretched(stretches, heard, cell_s):
        title, size = printable(titles.get(mood, mood)), max(end - begin, 0)
        line = glyphs.full * (size - cell_len(title) - 2)
        text = f"{title} {line} " if size > cell_len(title) else title
        # In one cell a letter would be read as part of the next mood's title.
        alone = size == 1 and end < heard
        text = set_cell_size(glyphs.half if alone else text, max(size - 1, 1))
        text = set_cell_size(text, size)
        parts.append((text, colours.get(mood, PLAIN) + BOLD))
    done = sum(cell_len(text) for text, _ in parts)
    return row(width, *parts, (glyphs.rest * max(width - done, 0), QUIET))


@lru_cache(maxsize=4)
def lanes(
    stretches: tuple[Stretch, ...],
    places: tuple[Place, ...],
    heard: int,
    cell_s: float,
    width: int,
    glyphs: Glyphs,
) -> Block:
    """One row for each mood: its title, then a line wherever it ruled, however shortly."""
    colours, rows = hues(places), []
    label = width - cells(width, places, laned=True)
    for place in places:
        ruled = {
            cell
            for mood, begin, end in _stretched(stretches, heard, cell_s)
            if mood == place.name
            for cell in range(begin, max(end, begin + 1))
        }
        line = [
            (glyphs.full * len(list(run)), colours[place.name])
            if full
            else (" " * len(list(run)), PLAIN)
            for full, run in groupby(range(width - label), key=lambda cell: cell in ruled)
        ]
        rows.append(row(width, (fit(place.title, label, glyphs), PLAIN), *line))
    return tuple(rows)


def cells(width: int, places: tuple[Place, ...], *, laned: bool) -> int:
    """How many of `width` cells are left for time beside the moods' titles."""
    longest = max((cell_len(printable(place.title)) for place in places), default=0)
    return width - min(longest, 14) - 2 if laned else width


def axis(whole_s: float, width: int, indent: int, glyphs: Glyphs) -> Row:
    """Hours and minutes on a line that begins after `indent` cells and lasts `whole_s`."""
    wide = width - indent
    marks = _SPANS.get(round(whole_s / 60.0), 4)
    texts = [
        hours_minutes(round(whole_s * mark / marks / 60.0) * 60.0) for mark in range(marks + 1)
    ]
    line = f"{texts[0]} "
    for mark, text in enumerate(texts[1:-1], start=1):
        line = line.ljust(max(wide * mark // marks - 1, 0), glyphs.rest) + f" {text} "
    line = line.ljust(wide - len(texts[-1]) - 1, glyphs.rest) + f" {texts[-1]}"
    return row(width, (" " * indent + line, QUIET))


def _stretched(
    stretches: tuple[Stretch, ...], heard: int, cell_s: float
) -> Iterator[tuple[str, int, int]]:
    """Mood, first cell, and the one after the last cell of every stretch."""
    ends = [int(stretch.from_s / cell_s) for stretch in stretches[1:]] + [heard]
    for stretch, end in zip(stretches, ends, strict=False):
        yield stretch.mood, int(stretch.from_s / cell_s), end


def _changes(screen: Screen) -> str:
    count, lost_s = screen.history.changes, screen.ear.lost_s
    lost = f", {lost_s:.1f} s of sound lost" if lost_s >= _LOST_S else ""
    return ("1 change" if count == 1 else f"{count} changes") + lost
