"""The architecture in two functions: join stages into one tape, and play the tape to its end."""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import TypeAlias

from dndmood.events import Event

Stage: TypeAlias = Callable[[Iterable[Event]], Iterator[Event]]
"""Yields every event it receives, in order, and after some of them a new one."""

Sink: TypeAlias = Callable[[Event], None]
"""Shown every event; must return at once."""


def connect(source: Iterable[Event], *stages: Stage) -> Iterator[Event]:
    """Join `stages` left to right into one tape that starts at `source`."""
    tape: Iterator[Event] = iter(source)
    return reduce(lambda tape, stage: stage(tape), stages, tape)


def play_out(tape: Iterable[Event], *sinks: Sink) -> None:
    """Pull the tape to its end, showing each event to every sink in turn."""
    for event in tape:
        for sink in sinks:
            sink(event)
