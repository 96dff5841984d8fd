"""The architecture in three functions: join stages into one tape, play it out, survive a stage.

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
    return reduce(lambda tape, stage: stage(tape), stages, iter(source))


@dataclass(frozen=True, slots=True)
class Spare:
    """What takes the place of a stage that has failed."""

    what: str
    """As in "begins again": what that means for the evening, after the part's name."""
    stage: Stage
    """`iter` changes nothing: for a part that can be done without."""


def with_spares(part: str, stage: Stage, *spares: Spare) -> Stage:
    """`stage`, and when it raises, each of `spares` in turn; what the last one raises is raised.

    A generator that raised is over: a spare begins afresh with the next event. The event at which
    it happened is not lost, and a `Problem` says that `part` (which begins a sentence) has failed.
    What fails before the stage is not its failure.
    """

    def survived(tape: Iterable[Event]) -> Iterator[Event]:
        taken = _Taken()
        source, run = taken.from_(tape), stage
        for spare in (*spares, None):
            try:
                for event in run(source):
                    taken.owed = None
                    yield event
            except Exception as error:
                if taken.failed or spare is None:
                    raise
                _log.exception("%s failed", part)
                text = _sentence(part, error, spare.what)
                problem = Problem(taken.at_s, text, about=part if spare.stage is iter else "")
                run = spare.stage
            else:
                return
            if taken.owed is not None:
                yield taken.owed
            yield problem

    return survived


class _Taken:
    """What stages took from the tape, one after the other."""

    owed: Event | None = None  # not come out yet: a stage yields first what it receives
    at_s = 0.0
    failed = False

    def from_(self, tape: Iterable[Event]) -> Iterator[Event]:
        try:
            for event in tape:
                self.owed = event
                self.at_s = event.end_s if isinstance(event, AudioChunk) else event.at_s
                yield event
        except Exception:
            self.failed = True
            raise


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
                if reader.name not in failed:
                    _log.exception("%s failed", reader.name)
                    failed.add(reader.name)
                    rest = "goes on as well as it can" if reader.lasting else "is left out"
                    about = "" if reader.lasting else reader.name
                    report(Problem(0.0, _sentence(reader.name, error, rest), about=about))


def _sentence(part: str, error: Exception, rest: str) -> str:
    reason = (isinstance(error, OSError) and error.strerror) or str(error) or repr(error)
    return f"{part} has failed ({reason.rstrip('.')}) and {rest}; the evening goes on."
