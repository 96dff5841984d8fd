import io
from dataclasses import replace

from rich.console import Console

from dndmood.dashboard.live import summary
from dndmood.dashboard.palette import POOR
from dndmood.dashboard.state import Screen
from dndmood.events import Command, Problem
from tests.dashboard.scenes import PLACES, mood, screen, sound


def text(seen: Screen) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(summary(seen, PLACES))
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_summary_says_how_long_and_how_it_was_shared():
    seen = screen(
        *mood(0.0, "calm", "so"),
        Command("force", mood="battle", at_s=900.0),
        *mood(900.0, "battle", "by hand", forced=True),
        Problem(950.0, "The disk is full: make room."),
        sound(1200.0),
    )
    assert text(seen).splitlines() == [
        "The evening 0:20:00, 1 change of mood, 1 by hand.",
        "  Calm           ━━━━━━━━━━━━━━━━━━━━━━╸───────  75%     15:00",
        "  Battle         ━━━━━━━╸──────────────────────  25%      5:00",
        "It ended in Battle after 5:00 of it.",
        "1 problem, the last at 0:15:50: The disk is full: make room.",
    ]


def test_a_problem_that_is_over_and_odd_names_are_told_plainly():
    seen = screen(
        *mood(0.0, "calm", "so"),
        Problem(9.0, "The speaker is gone."),
        Problem(12.0, "The speaker\x1b[2J is back.", solved=True),
        sound(60.0),
    )
    places = (replace(PLACES[0], title="Calm\x1b]0;PWNED\x07"), *PLACES[1:])
    console = Console(file=io.StringIO(), width=80)
    console.print(summary(seen, places, POOR))
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert "1 problem, over at 0:00:12: The speaker [2J is back." in told
    assert told.isascii() and told.replace("\n", "").isprintable()


def test_an_evening_that_never_began_has_a_summary_too():
    assert text(Screen()) == "The evening 0:00:00, 0 changes of mood.\n"
