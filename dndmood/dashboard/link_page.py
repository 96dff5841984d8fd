"""The address of a page in the terminal, with its square code: for who takes up a phone."""

from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from dndmood.dashboard.block import Block, Row, folded, row, sized
from dndmood.dashboard.palette import BOLD, PLAIN, QUIET, Glyphs

_INK = Style(color="#000000", bgcolor="#ffffff")
"""Phones read dark on light more surely than the other way round."""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """One address."""

    title: str
    """What it is for."""
    address: str
    note: str
    """One sentence: who can open it."""
    code: tuple[str, ...] = ()
    """The square code in half blocks, for dark ink; empty when no phone could follow it."""


def link_page(page: LinkPage, width: int, height: int, glyphs: Glyphs, *, more: bool) -> Block:
    """`page` as `height` rows of `width` cells; `more` when another address comes after it."""
    closes = f"Any key closes this; l {'shows the next one' if more else 'brings it back'}."
    texts = (
        _centred(page.title, width, BOLD),
        _centred(page.address, width, PLAIN),
        *(
            _centred(line.strip(), width, PLAIN)
            for line in folded(page.note, width - 2, 1, glyphs)
        ),
        _centred(closes, width, QUIET),
    )
    room = height - len(texts)
    fits = glyphs.fine and page.code and len(page.code) <= room and len(page.code[0]) <= width
    code = tuple(_centred(line, width, _INK) for line in page.code) if fits else ()
    above = (row(width),) * ((room - len(code)) // 2)
    return sized((*above, *code, *texts), width, height)


def _centred(text: str, width: int, style: Style) -> Row:
    before = max((width - cell_len(text)) // 2, 0)
    return row(width, (" " * before, PLAIN), (text, style))
