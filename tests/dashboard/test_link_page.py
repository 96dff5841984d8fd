"""The page's address on the screen."""

import pytest
from rich.cells import cell_len

from dndmood.dashboard import live
from dndmood.dashboard.link_page import LinkPage, link_page
from dndmood.dashboard.palette import POOR, RICH
from dndmood.dashboard.state import Screen
from dndmood.events import Command
from dndmood.threads import Cell
from tests.dashboard.scenes import PLACES
from tests.fakes import FakeClock

CODE = tuple("█▀▄ " * 8 + "█" for _ in range(17))
PAGE = LinkPage("Your page", "http://192.168.178.123:8333/x/", "It is for you alone.", CODE)


def text(rows):
    return ["".join(segment.text for segment in row) for row in rows]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
def test_code_and_address_fill_the_screen(width, height):
    rows = text(link_page(PAGE, width, height, RICH, more=False))
    assert len(rows) == height and {cell_len(row) for row in rows} == {width}
    above = (height - 4 - 17) // 2
    assert [row.strip() for row in rows[above : above + 17]] == [line.strip() for line in CODE]
    assert any(PAGE.address in row for row in rows) and any(PAGE.note in row for row in rows)


def test_a_code_that_does_not_fit_or_cannot_be_shown_leaves_the_address():
    for glyphs, height in ((RICH, 18), (POOR, 24)):
        rows = text(link_page(PAGE, 80, height, glyphs, more=True))
        assert not any("▀" in row for row in rows)
        assert any(PAGE.address in row for row in rows)
        assert any("l shows the next one" in row for row in rows)


def test_a_letter_that_chooses_a_place_opens_no_address():
    put = []
    show = live._Show(
        Cell(Screen()), put.append, PLACES, FakeClock(), None,
        poor=False, links=(PAGE, PAGE), letters={"l": "lair"},
    )  # fmt: skip
    assert show._link == 0
    for key, link in (
        *(("l", 1), ("l", None), ("l", 0), ("\x1b", None), ("l", 0), ("n", None)),
        *(("p", None), ("l", None)),
    ):
        show._press(key)
        assert show._link == link, key
    assert put == [Command("skip"), Command("place", place="lair")]


def test_the_space_that_closes_an_address_stops_no_listening():
    put = []
    show = live._Show(
        Cell(Screen()), put.append, PLACES, FakeClock(), None, poor=False, links=(PAGE,)
    )
    show._press(" ")
    assert show._link is None and not put
    show._press(" ")
    assert put == [Command("pause")]
