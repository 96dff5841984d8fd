import io
from dataclasses import replace

from rich.console import Console

from dndmood.dashboard.live import summary
from dndmood.dashboard.palette import POOR
from dndmood.dashboard.state import Screen
from dndmood.events import Command, Problem
from dndmood.scene import PlaceState
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
        Problem(9.0, "The speaker is gone.", about="the speaker"),
        Problem(12.0, "The speaker\x1b[2J is back.", solved=True, about="the speaker"),
        sound(60.0),
    )
    places = (replace(PLACES[0], title="Calm\x1b]0;PWNED\x07"), *PLACES[1:])
    console = Console(file=io.StringIO(), width=80)
    console.print(summary(seen, places, POOR))
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert "1 problem, over at 0:00:12: The speaker [2J is back." in told
    assert told.isascii() and told.replace("\n", "").isprintable()


def test_a_problem_that_still_stands_is_named_and_not_the_last_that_is_over():
    seen = screen(
        *mood(0.0, "calm", "so"),
        Problem(9.0, "The speaker is gone.", about="the speaker"),
        Problem(10.0, "The microphone is gone.", about="the microphone"),
        Problem(12.0, "The microphone is back.", solved=True, about="the microphone"),
        sound(60.0),
    )
    assert "2 problems, not over, since 0:00:09: The speaker is gone." in text(seen)


def test_the_places_are_named_with_their_time():
    seen = screen(
        *mood(0.0, "calm", "so"),
        PlaceState(0.0, "", 0.0, "nobody knows"),
        PlaceState(60.0, "tavern", 60.0, "Tavern: heard “tavern”"),
        PlaceState(90.0, "tavern", 60.0, "stays Tavern: chosen by hand", forced=True),
        PlaceState(120.0, "forest", 120.0, "Forest: chosen by hand", forced=True),
        PlaceState(720.0, "tavern", 720.0, "Tavern: chosen by hand", forced=True),
        sound(780.0),
    )
    assert "Places: forest 10:00, tavern 2:00." in text(seen).splitlines()
    many = [PlaceState(float(n), f"p{n}", float(n), "x") for n in range(9)]
    shown = text(screen(*mood(0.0, "calm", "so"), *many, sound(60.0)))
    assert "Places: p8 0:52, p0 0:01, p1 0:01, p2 0:01, and 5 more." in shown.splitlines()


def test_an_evening_that_never_began_has_a_summary_too():
    assert text(Screen()) == "The evening 0:00:00, 0 changes of mood.\n"
