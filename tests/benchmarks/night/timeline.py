"""When the table was in which mood: the truth of an evening, from the lines of a real campaign.

The corpus labels every spoken line with valence 0/1 and arousal 0/1. The truth is made of
stretches: neighbouring lines with the same label, from the first line's start to the start of
the first line with another label. A stretch shorter than `SLIP_S` is a slip of the labelling and
belongs to the stretch before it. Nothing else is smoothed.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

Quadrant: TypeAlias = tuple[int, int]
"""Valence and arousal, each 0 or 1, as in the corpus."""
Side: TypeAlias = Literal["tuning", "reporting"]

LOW, FIGHT, EASE, JOY = (0, 0), (0, 1), (1, 0), (1, 1)
QUADRANTS: tuple[Quadrant, ...] = (LOW, FIGHT, EASE, JOY)
SLIP_S = 10.0
BREAK_S = 45.0
"""Between two episodes nobody speaks for so long; it is not scored."""
EPISODES: Mapping[Side, tuple[int, ...]] = {"tuning": (1, 2, 5), "reporting": (3, 4, 6)}
"""Episodes that parameters may be tuned on, and those that figures are reported on."""

NAMED: Mapping[str, Quadrant] = {
    "calm": EASE,
    "merry": JOY,
    "triumph": JOY,
    "battle": FIGHT,
    "suspense": LOW,
    "sorrow": LOW,
}
"""The moods that come along. By its place suspense would lie above the middle of arousal, where
acted fear lies; what game masters call suspense is the low, unpleasant quadrant."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the table is in one mood."""

    start_s: float
    end_s: float
    quadrant: Quadrant


def quadrant(name: str, *, arousal: float, valence: float) -> Quadrant:
    """Where a mood belongs: by `NAMED`, else by its place.

    >>> quadrant("suspense", arousal=0.55, valence=0.39), quadrant("awe", arousal=0.6, valence=0.7)
    ((0, 0), (1, 1))
    """
    return NAMED.get(name, (int(valence >= 0.5), int(arousal >= 0.5)))


def stretches(lines: Iterable[tuple[float, float, Quadrant]]) -> list[Stretch]:
    """Lines (start, duration, label) as stretches.

    >>> [s.end_s for s in stretches([(0, 5, LOW), (20, 5, FIGHT), (24, 5, LOW), (60, 12, EASE)])]
    [60, 72]
    """
    found: list[Stretch] = []
    for start_s, duration_s, label in lines:
        if found and found[-1].quadrant != label:
            found[-1] = replace(found[-1], end_s=start_s)
            found.append(Stretch(start_s, start_s + duration_s, label))
        elif found:
            found[-1] = replace(found[-1], end_s=start_s + duration_s)
        else:
            found.append(Stretch(start_s, start_s + duration_s, label))
    return _without_slips(found)


def _without_slips(found: Sequence[Stretch]) -> list[Stretch]:
    kept: list[Stretch] = []
    for stretch in found:
        slip = stretch.end_s - stretch.start_s < SLIP_S
        if kept and (slip or kept[-1].quadrant == stretch.quadrant):
            kept[-1] = replace(kept[-1], end_s=stretch.end_s)
        else:
            kept.append(stretch)
    return kept


def episode(folder: Path, number: int) -> list[Stretch]:
    """The stretches of one episode; its first line starts at 0."""
    with (folder / f"ep{number}.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, skipinitialspace=True))
    began_s = float(rows[0]["start_s"])
    return stretches(
        (
            float(row["start_s"]) - began_s,
            float(row["duration_s"]),
            (int(row["valence"]), int(row["arousal"])),
        )
        for row in rows
    )


def planned(folder: Path, side: Side, *, seed: int, length_s: float = 3600.0) -> list[Stretch]:
    """The truth of one evening: the side's episodes in a drawn order, begun at a drawn place.

    The first episode is entered anywhere in its first half, and episodes follow with a break
    between them until `length_s` is reached; the last stretch is cut there.
    """
    chance = np.random.default_rng([seed, 1])
    order = chance.permutation(EPISODES[side])
    skip_s = float(chance.uniform(0.0, 0.5)) * episode(folder, int(order[0]))[-1].end_s
    plan: list[Stretch] = []
    at_s = -skip_s
    for number in order:
        part = episode(folder, int(number))
        for stretch in part:
            start_s, end_s = max(stretch.start_s + at_s, 0.0), stretch.end_s + at_s
            if end_s - start_s >= SLIP_S and start_s < length_s:
                plan.append(Stretch(start_s, min(end_s, length_s), stretch.quadrant))
        at_s += part[-1].end_s + BREAK_S
    return plan
