"""Blocks of text of a fixed width and height, and how they are put side by side and in boxes."""

from collections.abc import Iterable
from textwrap import wrap
from typing import TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from dndmood.dashboard.palette import BOLD, PLAIN, QUIET, Glyphs
from dndmood.printable import printable

Part: TypeAlias = tuple[str, Style]
"""A text and how it looks."""
Row: TypeAlias = tuple[Segment, ...]
"""One line; all rows of a block are equally wide."""
Block: TypeAlias = tuple[Row, ...]


def fit(text: str, width: int, glyphs: Glyphs) -> str:
    """`text` filled up or cut off to exactly `width` cells."""
    text = printable(text)
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + glyphs.more if width > 0 else ""


def folded(text: str, width: int, lines: int, glyphs: Glyphs) -> tuple[str, ...]:
    """`text` wrapped into exactly `lines` lines of `width` cells; the last one may be cut off."""
    found = wrap(printable(text), width) or [""]
    if len(found) > lines:
        found[lines - 1] = " ".join(found[lines - 1 :])
    found = (found + [""] * lines)[:lines]
    return tuple(fit(line, width, glyphs) for line in found)


def row(width: int, *parts: Part) -> Row:
    """`parts` one after the other, filled up or cut off to `width` cells."""
    segments, left = [], width
    for part, style in parts:
        text = printable(part)
        size = cell_len(text)
        if size > left:
            text, size = set_cell_size(text, left), left
        if size:
            segments.append(Segment(text, style))
        left -= size
    if left:
        segments.append(Segment(" " * left, PLAIN))
    return tuple(segments)


def sized(block: Block, width: int, height: int) -> Block:
    """`block` with empty rows below, or without its last rows, to be `height` high."""
    empty = (row(width),)
    return block[:height] + empty * (height - len(block))


def beside(*blocks: Block) -> Block:
    """Blocks of the same height from left to right."""
    return tuple(
        tuple(segment for part in rows for segment in part)
        for rows in zip(*blocks, strict=True)
    )


def box(
    content: Iterable[Row],
    width: int,
    height: int,
    glyphs: Glyphs,
    *,
    title: str = "",
    middle: str = "",
    note: Part = ("", PLAIN),
    foot: tuple[str, str, str] = ("", "", ""),
) -> Block:
    """`content` (rows of `width - 4`) in a frame, `width` by `height` in all.

    `title` stands at the left of the upper edge, `middle` in its middle, `note` at its right,
    `foot` at the left, in the middle and at the right of the lower edge.
    """
    inner = sized(tuple(content), width - 4, height - 2)
    left, right = Segment(f"{glyphs.down} ", QUIET), Segment(f" {glyphs.down}", QUIET)
    body = tuple((left, *line, right) for line in inner)
    upper = _edge(width, glyphs, glyphs.corners[:2], (title, BOLD), middle, note)
    lower = _edge(
        width, glyphs, glyphs.corners[2:], (foot[0], QUIET), foot[1], (foot[2], QUIET)
    )
    return (upper, *body, lower)


def _edge(
    width: int, glyphs: Glyphs, corners: str, left: Part, middle: str, right: Part
) -> Row:
    """One edge of a box with three texts in it."""
    texts = [f" {printable(text)} " if text else "" for text in (left[0], middle, right[0])]
    sizes = [cell_len(text) for text in texts]
    gap = max(width - 4 - sum(sizes), 0)
    before = min(max((width - sizes[1]) // 2 - 2 - sizes[0], 0), gap)
    after = gap - before
    return row(
        width,
        (corners[0] + glyphs.across, QUIET),
        (texts[0], left[1]),
        (glyphs.across * before, QUIET),
        (texts[1], QUIET),
        (glyphs.across * after, QUIET),
        (texts[2], right[1]),
        (glyphs.across + corners[1], QUIET),
    )
