"""Plays nothing: for dry runs and machines without sound."""

from collections.abc import Iterator
from contextlib import contextmanager

from dndmood.events import Event
from dndmood.players import Report


class Silent:
    """A player that obeys in silence."""

    def __call__(self, event: Event) -> None:
        """Do nothing."""


@contextmanager
def opened(argument: str, report: Report) -> Iterator[Silent]:  # noqa: ARG001 - has nothing to say
    """A player that makes no sound."""
    yield Silent()
