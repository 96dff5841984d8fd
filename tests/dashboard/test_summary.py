import io

from rich.console import Console

from dndmood.dashboard.live import summary
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


def test_an_evening_that_never_began_has_a_summary_too():
    assert text(Screen()) == "The evening 0:00:00, 0 changes of mood.\n"
