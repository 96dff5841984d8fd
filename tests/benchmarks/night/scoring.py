"""What an evening is worth, in figures. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, stdev

import numpy as np

from tests.benchmarks.night.timeline import Quadrant, Stretch

Moods = Sequence[tuple[float, str]]
"""When which mood began, in order."""
_HEARING_S = 4.0
"""A window of 3 s and the pause that ends a stretch of speech: what a change can rest on."""


@dataclass(frozen=True, slots=True)
class Score:
    """One evening."""

    right: float
    """Share of the time of all stretches in which the music was in the right quadrant; NaN when
    there is none."""
    changes_per_h: float
    """Changes of mood, also within a quadrant, without the opening."""
    late_s: tuple[float, ...]
    """For every stretch that was not met already: how long after its start the music came into
    its quadrant, as far as it did before the stretch ended."""
    missed: float
    """Share of the stretches that were not met already in which it never did."""
    unspoken: int
    """Changes at which nobody had spoken for the last few seconds."""


def score(
    moods: Moods,
    truth: Sequence[Stretch],
    spoken: Sequence[tuple[float, float]],
    *,
    quadrants: Mapping[str, Quadrant],
    length_s: float,
) -> Score:
    """Judge `moods`; `spoken` are the starts and ends of all that was said, in order."""
    late: list[float] = []
    asked = 0
    right_s = 0.0
    for stretch in truth:
        right_s += _overlap(moods, stretch, quadrants, length_s)
        if quadrants[mood_before(moods, stretch.start_s)] == stretch.quadrant:
            continue
        asked += 1
        came = (
            at_s
            for at_s, name in moods
            if stretch.start_s <= at_s < stretch.end_s and quadrants[name] == stretch.quadrant
        )
        late += [at_s - stretch.start_s for at_s in came][:1]
    total_s = sum(stretch.end_s - stretch.start_s for stretch in truth)
    changes = [at_s for (_, before), (at_s, name) in pairwise(moods) if name != before]
    return Score(
        right=right_s / total_s if total_s else float("nan"),
        changes_per_h=len(changes) / length_s * 3600.0,
        late_s=tuple(late),
        missed=1.0 - len(late) / asked if asked else 0.0,
        unspoken=sum(not _said(spoken, at_s - _HEARING_S, at_s) for at_s in changes),
    )


def mood_before(moods: Moods, at_s: float) -> str:
    """The mood just before a time; before the first, the first."""
    place = bisect_left([began_s for began_s, _ in moods], at_s) - 1
    return moods[max(place, 0)][1]


def _overlap(
    moods: Moods, stretch: Stretch, quadrants: Mapping[str, Quadrant], length_s: float
) -> float:
    ends = [*(at_s for at_s, _ in moods[1:]), length_s]
    first = (0.0, moods[0][1])
    return sum(
        max(0.0, min(end_s, stretch.end_s) - max(at_s, stretch.start_s))
        for (at_s, name), end_s in zip([first, *moods[1:]], ends, strict=True)
        if quadrants[name] == stretch.quadrant
    )


def _said(spoken: Iterable[tuple[float, float]], start_s: float, end_s: float) -> bool:
    return any(began_s < end_s and ended_s > start_s for began_s, ended_s in spoken)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: several evenings."""

    title: str
    right: float
    right_spread: float
    changes_per_h: float
    changes_spread: float
    late_median_s: float
    late_p90_s: float
    missed: float
    unspoken: float
    """Changes an evening at which nobody spoke."""
    evenings: int


def row(title: str, scores: Sequence[Score]) -> Row:
    """Means and standard deviations over evenings; lateness over all changes of all evenings."""
    late = [late_s for each in scores for late_s in each.late_s]
    rights, changes = [s.right for s in scores], [s.changes_per_h for s in scores]
    return Row(
        title=title,
        right=mean(rights),
        right_spread=float(np.std(rights, ddof=1)) if len(rights) > 1 else 0.0,
        changes_per_h=mean(changes),
        changes_spread=stdev(changes) if len(changes) > 1 else 0.0,
        late_median_s=float(np.median(late)) if late else float("nan"),
        late_p90_s=float(np.percentile(late, 90)) if late else float("nan"),
        missed=mean(s.missed for s in scores),
        unspoken=mean(float(s.unspoken) for s in scores),
        evenings=len(scores),
    )
