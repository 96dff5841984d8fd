import numpy as np

from dndmood.dashboard import keys
from dndmood.dashboard.state import Screen, fold
from dndmood.dashboard.view import render
from dndmood.events import AudioChunk, Command, MoodState
from dndmood.mood_places import Place
from dndmood.scene import PlaceState

MOODS = (Place("calm", "Calm", "1", 0.3, 0.6),)
LETTERS = {"f": "forest", "t": "tavern"}


def shown(screen, **more):
    rows = render(screen, MOODS, width=100, height=30, **more).rows
    return "\n".join("".join(segment.text for segment in row) for row in rows)


def evening(*events):
    screen = Screen()
    first = (AudioChunk(np.zeros(16000, np.float32), 0), MoodState(0.0, "calm", 0.0, "Calm: x"))
    for event in (*first, *events):
        screen = fold(screen, event)
    return screen


def test_p_and_a_letter_choose_a_place_and_p_p_is_automatic():
    assert keys.place("t", LETTERS) == Command("place", place="tavern")
    assert keys.place("T", LETTERS) == Command("place", place="tavern")
    assert keys.place("p", LETTERS) == Command("place")
    assert keys.place("z", LETTERS) is None


def test_the_screen_says_where_the_party_is_and_what_moved_it():
    picture = shown(evening(PlaceState(1.0, "tavern", 1.0, "Tavern: heard “tavern”")))
    assert "at tavern" in picture and "heard “tavern”" in picture


def test_the_frame_goes_on_behind_what_moved_the_party():
    picture = shown(evening(PlaceState(1.0, "tavern", 1.0, "Tavern: heard “tavern”")))
    assert "heard “tavern” ─╯" in picture


def test_a_place_by_hand_is_said_to_be_one():
    picture = shown(evening(PlaceState(1.0, "city", 1.0, "City: chosen by hand", forced=True)))
    assert "at city" in picture and "chosen by hand" in picture


def test_nothing_is_said_while_nobody_knows():
    assert " at " not in shown(evening()).split("Mood", 1)[1].splitlines()[0]


def test_the_letters_are_shown_while_a_place_is_chosen():
    picture = shown(evening(), letters=LETTERS)
    assert "f forest" in picture and "t tavern" in picture and "p automatic" in picture


def test_the_next_key_behind_p_is_a_place_and_any_other_key_does_what_it_always_does():
    from dndmood.dashboard import live
    from dndmood.threads import Cell
    from tests.fakes import FakeClock

    put = []
    show = live._Show(
        Cell(Screen()), put.append, MOODS, FakeClock(), None, letters=LETTERS, poor=False
    )
    for key in ("p", "t", "p", "p", "p", "n", "t"):
        show._press(key)
    assert put == [Command("place", place="tavern"), Command("place"), Command("skip")]
