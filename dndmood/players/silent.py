"""Plays nothing: for dry runs and machines without sound."""

from collections.abc import Iterator
from contextlib import contextmanager

from dndmood.events import Cue, Event, NowPlaying
from dndmood.players import Report


class Silent:
    """A player that obeys in silence."""

    def __call__(self, event: Event) -> None:
        """Do nothing."""


class Unheard:
    """Silence that nobody asked for: after each cue it says that nothing is heard."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __call__(self, event: Event) -> None:
        """Say that the music of a cue is not heard."""
        if isinstance(event, Cue) and (event.tracks or event.spare):
            self._report(NowPlaying(None))


@contextmanager
def opened(argument: str, report: Report) -> Iterator[Silent]:  # noqa: ARG001 - has nothing to say
    """A player that makes no sound."""
    yield Silent()
