"""Fixtures for followers and what they talk to."""

import os
from contextlib import ExitStack
from threading import Event as Flag
from time import monotonic

import pytest

from dndmood.events import Command, MoodState, Problem
from dndmood.followers import _following as following
from dndmood.followers import open_follower
from dndmood.mood_places import Place
from dndmood.scene import PlaceState
from tests.followers.counterparts import EVERY

LONGEST_S = 30.0
LOCATIONS = {"tavern": "The Tavern", "forest": "The Forest"}


def eventually(what):
    """What `what()` gives as soon as it gives something; it may raise what a server away raises."""
    end, pause = monotonic() + LONGEST_S, Flag()
    while monotonic() < end:
        try:
            if found := what():
                return found
        except (OSError, EOFError):
            pass
        pause.wait(0.02)
    return what()


class Evening:
    """One follower, its counterpart, and what it said."""

    def __init__(self, stack, name, counterpart, titles):
        self._stack, self.name, self.other = stack, name, counterpart
        self.places = [Place(f"mood{i}", t, "", 0.5, 0.5, 0.2) for i, t in enumerate(titles)]
        self.said = []
        self.sink = None

    def begins(self):
        self.sink = self._stack.enter_context(
            open_follower(
                f"{self.name}:{self.other.argument}", self.places, self.said.append, LOCATIONS
            )
        )

    def comes(self, number, why="because"):
        place = self.places[number]
        self.sink(MoodState(float(number), place.name, float(number), f"{place.title}: {why}"))
        return place.title

    def goes_to(self, place):
        self.sink(PlaceState(1.0, place, 1.0, "because"))

    def key(self, verb):
        self.sink(Command(verb))

    def shows(self, title):
        return eventually(lambda: self.other.mood() == title)

    def problems(self, *, solved=False):
        return [e.text for e in self.said if isinstance(e, Problem) and e.solved == solved]


@pytest.fixture
def evening_with(tmp_path, monkeypatch):
    """Makes an evening with the follower of that name; waits are short."""
    monkeypatch.setattr(following, "_WAITS_S", (0.05, 0.1))
    monkeypatch.setattr(
        following.Following.__init__, "__kwdefaults__", {"waits_s": (0.05, 0.1), "look_s": 0.1}
    )
    monkeypatch.delenv("OBS_PASSWORD", raising=False)
    for name in [one for one in os.environ if one.startswith("DNDMOOD_")]:
        monkeypatch.delenv(name)
    made = []
    with ExitStack() as stack:

        def make(name, titles=("Calm", "Battle", "Merry"), host="127.0.0.1"):
            counterpart = EVERY[name](tmp_path, titles, host)
            made.append(counterpart)
            return Evening(stack, name, counterpart, titles)

        yield make
        for counterpart in made:
            counterpart.release.set()
    for counterpart in made:
        counterpart.close()
