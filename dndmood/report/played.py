"""Which track was heard when: as the player reported it, else as cues and skips give it.

Players that report nothing leave only what was asked for, which is reckoned from the lengths of
the tracks; a journal without lengths, as older ones are, shows only what a mood began with.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dndmood.events import Cue, Track
from dndmood.report.lines import Line
from dndmood.timetable import Timetable, cued, pieces, skipped

REPORT = "playing"
"""The kind of the lines that say what a player really played."""

_ANSWER_S = 5.0
"""Until a cue is answered by a report so soon, what was heard belongs to the mood before."""

_SHORTEST_S = 5.0
"""A length of less than this is none that a track has: it was not known."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the evening, in seconds since its beginning."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it lasted."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Playing(Span):
    """A piece of the evening in which one track was heard."""

    mood: str
    title: str
    """Empty when the mood had nothing to play."""


def played(lines: Sequence[Line], length_s: float) -> tuple[Playing, ...]:
    """Every track in the order in which it was heard, up to the end of the evening."""
    reports_s = [one.at_s for one in lines if one.kind == REPORT]
    if not reports_s:
        return tuple(_joined(_reckoned(lines, length_s)))
    before = (one for one in _reckoned(lines, reports_s[0]) if one.length_s > 0.0)
    return tuple(_joined([*before, *_reported(lines, length_s)]))


def _reported(lines: Sequence[Line], length_s: float) -> Iterator[Playing]:
    """Every track from the report that it sounds to the next report."""
    changes = [one for one in lines if one.kind in (REPORT, "cue")]
    ends_s = [later.at_s for later in changes[1:]] + [length_s]
    mood, before, title, reports = "", "", "", False
    for one, end_s in zip(changes, ends_s, strict=False):
        if one.kind == "cue":
            mood, before = one.text("mood"), mood
        else:
            title, reports = one.text("track"), True
        if reports and mood and end_s > one.at_s:
            answered = one.kind == "cue" and end_s - one.at_s <= _ANSWER_S
            yield Playing(one.at_s, end_s, before if answered else mood, title)


def _reckoned(lines: Sequence[Line], length_s: float) -> list[Playing]:
    """What cues and skips asked for up to `length_s`."""
    changes = [one for one in lines if one.kind == "cue" or _skips(one)]
    ends_s = [later.at_s for later in changes[1:]] + [length_s]
    timetable, mood, heard = Timetable(), "", list[Playing]()
    for one, end_s in zip(changes, (min(end_s, length_s) for end_s in ends_s), strict=False):
        if end_s < one.at_s:
            break
        if one.kind == "cue":
            timetable, mood = cued(timetable, _cue(one)), one.text("mood")
        else:
            timetable = skipped(timetable, one.at_s)
        if mood:
            heard += _heard(timetable, mood, one.at_s, end_s)
    return heard


def _skips(line: Line) -> bool:
    return line.kind == "command" and line.text("verb") == "skip"


def _cue(line: Line) -> Cue:
    titles, lengths_s = line.texts("tracks"), line.numbers("lengths_s")
    if len(lengths_s) != len(titles) or min(lengths_s, default=_SHORTEST_S) < _SHORTEST_S:
        lengths_s = [math.inf] * len(titles)
    tracks = tuple(
        Track("", title, length_s) for title, length_s in zip(titles, lengths_s, strict=True)
    )
    resume, goes_on = (line.fact.get(key) is True for key in ("resume", "goes_on"))
    fade_s = line.number("fade_s") or 0.0
    return Cue(line.at_s, line.text("mood"), tracks, fade_s, "", resume=resume, goes_on=goes_on)


def _heard(timetable: Timetable, mood: str, start_s: float, end_s: float) -> Iterator[Playing]:
    """What is heard from one cue or skip to the next."""
    found = list(pieces(timetable.now, start_s, end_s)) or [(start_s, Track("", "", math.inf))]
    edges_s = [at_s for at_s, _ in found] + [end_s]
    for (_, track), (begin_s, stop_s) in zip(found, pairwise(edges_s), strict=True):
        yield Playing(begin_s, stop_s, mood, track.title)


def _joined(heard: Iterable[Playing]) -> Iterator[Playing]:
    """`heard`, with one piece where a track went on."""
    last: Playing | None = None
    for one in heard:
        if last and (last.mood, last.title, last.end_s) == (one.mood, one.title, one.start_s):
            last = Playing(last.start_s, one.end_s, one.mood, one.title)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last
