"""Plays nothing and remembers what it was asked for: for tests, dry runs and machines without sound."""

from collections.abc import Iterator
from contextlib import contextmanager

from dndmood.events import Cue, Event
from dndmood.players import Report


class Silent:
    """A player that only keeps the cues it was given."""

    def __init__(self) -> None:
        self.cues: list[Cue] = []

    def __call__(self, event: Event) -> None:
        """Remember `event` when it is a cue."""
        if isinstance(event, Cue):
            self.cues.append(event)


@contextmanager
def opened(argument: str, report: Report) -> Iterator[Silent]:  # noqa: ARG001 - has nothing to say yet
    """A player that makes no sound."""
    yield Silent()
