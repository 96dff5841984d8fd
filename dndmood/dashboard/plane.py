"""The map of the evening: moods as lands in the arousal/valence plane, and the way the talk took."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from dndmood.bounds import clamp
from dndmood.dashboard.block import Block, Row, box
from dndmood.dashboard.palette import BOLD, PLAIN, QUIET, Glyphs, hues
from dndmood.dashboard.state import Screen
from dndmood.dashboard.talk import Spot
from dndmood.mood_places import Place
from dndmood.printable import printable

_STALE_S = 10.0
"""An estimate older than this is not where the talk is now."""
_SHORE = 1.9
"""A mood's land ends this many spreads from its place."""
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
"""Which bit of a braille sign stands for which of its dots, 4 high and 2 wide."""
_EMPTY_BRAILLE = 0x2800

Cell: TypeAlias = tuple[str, Style]
Dots: TypeAlias = NDArray[np.bool_]
"""Where a dot is set, shape `(rows, columns)`."""
Lands: TypeAlias = NDArray[np.int16]
"""Number of the mood to which each dot belongs, -1 for none; shape `(rows, columns)`."""


def map_of_talk(
    screen: Screen, places: tuple[Place, ...], width: int, height: int, glyphs: Glyphs
) -> Block:
    """The plane in its frame, with the talk in it."""
    current = screen.history.mood.mood if screen.history.mood else ""
    trail = screen.talk.trail
    fresh = bool(trail) and screen.ear.heard_s - trail[-1].at_s <= _STALE_S
    return _framed("Talk", current, trail, places, width, height, glyphs, fresh=fresh)


def map_of_moods(places: tuple[Place, ...], width: int, height: int, glyphs: Glyphs) -> Block:
    """The plane in its frame, with nothing but the moods in it."""
    return _framed("Moods", "", (), places, width, height, glyphs, fresh=False)


@lru_cache(maxsize=4)
def _framed(
    title: str,
    current: str,
    trail: tuple[Spot, ...],
    places: tuple[Place, ...],
    width: int,
    height: int,
    glyphs: Glyphs,
    *,
    fresh: bool,
) -> Block:
    land = plane(places, current, trail, width - 4, height - 2, glyphs, fresh=fresh)
    foot = ("unpleasant", "drowsy", "pleasant")
    return box(land, width, height, glyphs, title=title, middle="excited", foot=foot)


@lru_cache(maxsize=4)
def plane(
    places: tuple[Place, ...],
    current: str,
    trail: tuple[Spot, ...],
    width: int,
    height: int,
    glyphs: Glyphs,
    *,
    fresh: bool,
) -> Block:
    """`width` by `height` cells: valence grows to the right, arousal upwards.

    The land of the mood `current` is shaded. The way of the talk is a line that thins out with
    age; the last estimate is marked, with another sign when it is not `fresh`.
    """
    cells = [list(line) for line in _ground(places, current, width, height, glyphs)]
    for x, y, sign in _way(trail, width, height, glyphs):
        cells[y][x] = (sign, BOLD)
    _label(cells, places, current, glyphs)
    if trail:
        x, y = _cell(trail[-1], width, height)
        _put(cells[y], x, glyphs.here if fresh else glyphs.was, BOLD)
    return tuple(_joined(line) for line in cells)


@lru_cache(maxsize=4)
def _ground(
    places: tuple[Place, ...], current: str, width: int, height: int, glyphs: Glyphs
) -> tuple[tuple[Cell, ...], ...]:
    """Every cell without labels and way: coasts, borders, and the shade of the current land."""
    tall, wide = (4, 2) if glyphs.fine else (1, 1)
    lands = _lands(places, width * wide, height * tall)
    number = next((i for i, place in enumerate(places) if place.name == current), -2)
    here = lands == number
    rows, columns = np.indices(lands.shape)
    shade = here & ((columns + rows // tall * 2) % 4 == 0) & (rows % tall == tall // 2)
    ruled = here.reshape(height, tall, width, wide).any(axis=(1, 3))
    tint = hues(places).get(current, QUIET)
    return tuple(
        tuple((sign, tint if mine else QUIET) for sign, mine in zip(line, row, strict=True))
        for line, row in zip(
            _signs(_coasts(lands) | shade, glyphs), ruled.tolist(), strict=True
        )
    )


def _coasts(lands: Lands) -> Dots:
    """Where one land ends and another begins, as lines one dot thin."""
    above, left = np.zeros(lands.shape, np.bool_), np.zeros(lands.shape, np.bool_)
    above[1:] = lands[1:] != lands[:-1]
    left[:, 1:] = lands[:, 1:] != lands[:, :-1]
    beside = above.copy()  # dots next to a line that is there already would make it thick
    beside[:, :-1] |= above[:, 1:]
    beside[:, 1:] |= above[:, :-1]
    beside[:-1] |= above[1:]
    return above | (left & ~beside)


def _lands(places: tuple[Place, ...], columns: int, rows: int) -> Lands:
    valence = (np.arange(columns) + 0.5) / columns
    arousal = 1.0 - (np.arange(rows)[:, np.newaxis] + 0.5) / rows
    if not places:
        return np.full((rows, columns), -1, dtype=np.int16)
    far = np.stack(
        [
            np.hypot(valence - p.valence, arousal - p.arousal) / max(p.spread, 0.01)
            for p in places
        ]
    )
    nearest: Lands = far.argmin(axis=0).astype(np.int16)
    nearest[far.min(axis=0) > _SHORE] = -1
    return nearest


def _signs(dots: Dots, glyphs: Glyphs) -> list[str]:
    """One sign for each cell that `dots` fills."""
    if not glyphs.fine:
        return ["".join("." if dot else " " for dot in line) for line in dots.tolist()]
    rows, columns = dots.shape
    cells = dots.reshape(rows // 4, 4, columns // 2, 2).astype(np.uint8)
    bits = np.einsum("aibj,ij->ab", cells, _DOTS)
    return [
        "".join(chr(_EMPTY_BRAILLE + b) if b else " " for b in line) for line in bits.tolist()
    ]


def _way(
    trail: tuple[Spot, ...], width: int, height: int, glyphs: Glyphs
) -> Iterator[tuple[int, int, str]]:
    """Cell and sign of every part of the way: every dot of the latest part, fewer of the rest."""
    tall, wide = (4, 2) if glyphs.fine else (1, 1)
    dots = np.zeros((height * tall, width * wide), dtype=np.bool_)
    for age, (to, start) in enumerate(pairwise(reversed(trail))):
        line = _line(start, to, dots.shape)
        for y, x in line[:: 1 + age // 6]:
            dots[y, x] = True
    for y, signs in enumerate(_signs(dots, glyphs)):
        for x, sign in enumerate(signs):
            if sign != " ":
                yield x, y, sign if glyphs.fine else "+"


def _line(start: Spot, to: Spot, shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """Row and column of every dot from one spot to another."""
    rows, columns = shape
    (x0, y0), (x1, y1) = _cell(start, columns, rows), _cell(to, columns, rows)
    steps = max(abs(x1 - x0), abs(y1 - y0), 1)
    return [
        (round(y0 + (y1 - y0) * i / steps), round(x0 + (x1 - x0) * i / steps))
        for i in range(steps + 1)
    ]


def _cell(spot: Spot, columns: int, rows: int) -> tuple[int, int]:
    x = int(clamp(spot.valence * columns, 0, columns - 1))
    y = int(clamp((1.0 - spot.arousal) * rows, 0, rows - 1))
    return x, y


def _label(
    cells: list[list[Cell]], places: tuple[Place, ...], current: str, glyphs: Glyphs
) -> None:
    """Write each mood's key and title at its place."""
    height, width = len(cells), len(cells[0])
    colours, taken = hues(places), set[int]()
    for place in places:
        text = printable(f"{place.key} {place.title}".strip())
        text = f"{glyphs.leads}{text}" if place.name == current else text
        text = text if cell_len(text) <= width // 2 else set_cell_size(text, width // 2)
        size = cell_len(text)
        x, y = _cell(Spot(0.0, place.arousal, place.valence), width, height)
        x = min(max(x - size // 2, 0), width - size)
        while y in taken and y + 1 < height:
            y += 1
        taken.add(y)
        style = colours[place.name]
        style = style + BOLD if place.name == current else style
        for sign in text:
            x += _put(cells[y], x, sign, style)


def _put(line: list[Cell], x: int, sign: str, style: Style) -> int:
    """Write `sign` at `x` and give its width; a sign that it covers by half becomes a blank."""
    size = cell_len(sign)
    if not size:
        return 0
    if line[x][0] == "":
        line[x - 1] = (" ", PLAIN)
    if x + size < len(line) and line[x + size][0] == "":
        line[x + size] = (" ", PLAIN)
    line[x] = (sign, style)
    if size > 1:
        line[x + 1] = ("", style)
    return size


def _joined(line: list[Cell]) -> Row:
    """Neighbouring cells that look alike as one segment."""
    return tuple(
        Segment("".join(sign for sign, _ in run), style)
        for style, run in groupby(line, key=lambda cell: PLAIN if cell[0] == " " else cell[1])
    )
