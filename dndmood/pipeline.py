"""The architecture in two functions: join stages into one tape, and play the tape to its end.

Stages are pure, and so are the mixer, the screen's state and the report: they know no thread, no
clock, no file and no device, and count time in samples, so that the same facts in the same order
give the same answer every time. An import contract in pyproject.toml checks it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from dndmood.events import AudioChunk, Command, Event, Problem

Stage: TypeAlias = Callable[[Iterable[Event]], Iterator[Event]]
"""Yields every event it receives, in order, and after some of them a new one."""

Sink: TypeAlias = Callable[[Event], None]
"""Shown every event; must return at once."""

_log = logging.getLogger(__name__)


def connect(source: Iterable[Event], *stages: Stage) -> Iterator[Event]:
    """Join `stages` left to right into one tape that starts at `source`."""
    tape: Iterator[Event] = iter(source)
    return reduce(lambda tape, stage: stage(tape), stages, tape)


def until(tape: Iterable[Event], end_s: float) -> Iterator[Event]:
    """`tape` up to the command to quit or, unless `end_s` is 0, to that audio time."""
    for event in tape:
        yield event
        match event:
            case Command(verb="quit"):
                return
            case AudioChunk() if end_s and event.end_s >= end_s:
                return


@dataclass(frozen=True, slots=True)
class Reader:
    """A sink, and what to call it when it fails."""

    name: str
    """As in "The journal has failed": begins a sentence."""
    sink: Sink
    lasting: bool = False
    """True for one that is shown the next event although it failed at the last, like a player."""


def play_out(
    tape: Iterable[Event], *readers: Reader, report: Callable[[Problem], None]
) -> None:
    """Pull the tape to its end, showing each event to every reader in turn.

    Whatever a reader raises ends neither the tape nor the others: it is reported once, and
    unless it is a lasting one, the reader is shown no further event.
    """
    failed: set[str] = set()
    for event in tape:
        for reader in readers:
            if reader.name in failed and not reader.lasting:
                continue
            try:
                reader.sink(event)
            except Exception as error:  # noqa: BLE001 - an evening must survive what nobody foresaw
                _log.exception("%s failed", reader.name)
                if reader.name not in failed:
                    failed.add(reader.name)
                    report(Problem(0.0, _sentence(reader, error)))


def _sentence(reader: Reader, error: Exception) -> str:
    reason = (isinstance(error, OSError) and error.strerror) or str(error) or repr(error)
    rest = "goes on as well as it can" if reader.lasting else "is left out from now on"
    return f"{reader.name} has failed ({reason.rstrip('.')}) and {rest}; the evening goes on."
