import io

import pytest
from rich.segment import Segment
from rich.style import Style

from dndmood.dashboard.paint import Painter


class Glass(io.StringIO):
    def isatty(self) -> bool:
        return True

    def taken(self) -> str:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


@pytest.fixture
def glass(monkeypatch) -> Glass:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Glass()


def rows(*texts: str, style: Style | None = None):
    return tuple((Segment(text, style or Style()),) for text in texts)


def test_only_rows_that_changed_are_written(glass):
    painter = Painter(glass)
    painter.paint(rows("one", "two", "three"))
    glass.taken()
    painter.paint(rows("one", "TWO", "three"))
    sent = glass.taken()
    assert "\x1b[2;1HTWO" in sent
    assert "one" not in sent
    assert "three" not in sent


def test_a_picture_that_is_there_already_costs_nothing(glass):
    painter = Painter(glass)
    painter.paint(rows("one", "two"))
    glass.taken()
    painter.paint(rows("one", "two"))
    assert glass.taken() == ""


def test_another_height_or_a_fresh_start_writes_everything(glass):
    painter = Painter(glass)
    painter.paint(rows("one", "two"))
    glass.taken()
    painter.paint(rows("one", "two", "three"))
    assert "one" in glass.taken()
    painter.forget()
    painter.paint(rows("one", "two", "three"))
    assert "one" in glass.taken()


def test_no_color_is_obeyed_and_bold_is_kept(glass, monkeypatch):
    red = rows("Battle", style=Style(color="#e1303c", bold=True))
    Painter(glass).paint(red)
    assert "38;2;225;48;60" in glass.taken()
    monkeypatch.setenv("NO_COLOR", "1")
    Painter(glass).paint(red)
    sent = glass.taken()
    assert "38;" not in sent
    assert "\x1b[1mBattle" in sent


def test_leaving_brings_back_cursor_wrapping_and_the_first_screen(glass):
    painter = Painter(glass)
    painter.enter()
    assert "\x1b[?1049h" in glass.taken()
    painter.leave()
    sent = glass.taken()
    assert all(code in sent for code in ("\x1b[?25h", "\x1b[?7h", "\x1b[?1049l"))
