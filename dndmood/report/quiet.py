"""When nobody was heard, and whether the game master had stopped the listening."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from dndmood.report.lines import Line
from dndmood.report.played import Span

QUIET_S = 90.0
"""Nobody spoke for so long: a quiet stretch that the report names."""


@dataclass(frozen=True, slots=True)
class Quiet(Span):
    """A piece of the evening in which nobody was heard."""

    paused: bool
    """True when the game master had stopped the listening for most of it."""


def quiet(
    heard_s: Iterable[float],
    lines: Iterable[Line],
    restarts_s: Iterable[float],
    length_s: float,
) -> tuple[Quiet, ...]:
    """The quiet stretches of an evening in which talk was heard at `heard_s`."""
    pauses = _pauses(lines, set(restarts_s), length_s)
    edges = sorted([0.0, *heard_s, *restarts_s, length_s])
    return tuple(
        Quiet(start_s, end_s, _covered_s(pauses, start_s, end_s) > (end_s - start_s) / 2.0)
        for start_s, end_s in pairwise(edges)
        if end_s - start_s >= QUIET_S
    )


def _pauses(lines: Iterable[Line], restarts_s: set[float], length_s: float) -> list[Span]:
    """When the listening was stopped; a new start always listens."""
    spans: list[Span] = []
    since_s: float | None = None
    turns = [(at_s, 0) for at_s in restarts_s]
    turns += [
        (one.at_s, 1) for one in lines if one.kind == "command" and one.text("verb") == "pause"
    ]
    for at_s, asked in sorted(turns):
        if since_s is not None:
            spans.append(Span(since_s, at_s))
            since_s = None
        elif asked:
            since_s = at_s
    return spans if since_s is None else [*spans, Span(since_s, length_s)]


def _covered_s(spans: Iterable[Span], start_s: float, end_s: float) -> float:
    return sum(max(min(span.end_s, end_s) - max(span.start_s, start_s), 0.0) for span in spans)
