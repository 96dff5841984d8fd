import pytest

from dndmood.dashboard.keys import SHOWN, command
from dndmood.events import Command
from tests.dashboard.scenes import PLACES


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("1", Command("force", mood="calm")),
        ("4", Command("force", mood="battle")),
        ("6", Command("force", mood="triumph")),
        ("a", Command("release")),
        ("u", Command("undo")),
        ("r", Command("reject")),
        (" ", Command("pause")),
        ("n", Command("skip")),
        ("+", Command("volume", change_db=2.0)),
        ("=", Command("volume", change_db=2.0)),
        ("-", Command("volume", change_db=-2.0)),
        (".", Command("ambience", change_db=2.0)),
        (">", Command("ambience", change_db=2.0)),
        (",", Command("ambience", change_db=-2.0)),
        ("<", Command("ambience", change_db=-2.0)),
        ("x", Command("silence")),
        ("q", Command("quit")),
        ("Q", Command("quit")),
        ("7", None),
        ("0", None),
        ("?", None),
        ("z", None),
        ("\n", None),
    ],
)
def test_every_key_asks_for_what_it_says(key, wanted):
    assert command(key, PLACES) == wanted


def test_every_key_that_is_shown_does_something():
    for shown, _, _ in SHOWN:
        for key in {"space": [" "]}.get(shown, shown.split()):
            assert key == "?" or command(key, PLACES) is not None
