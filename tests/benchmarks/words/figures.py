"""How well words alone find places, fights and moods, each episode by what the others taught.

    python -m tests.benchmarks.words.figures [--captions FOLDER]

Places and events come from lists, which were written after reading these episodes; only the table
of words for the mood is learned, and judged on the episode left out.
"""

import argparse
import bisect
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import numpy as np

from dndmood import paths
from dndmood.places import book
from dndmood.words import feeling, timeline
from dndmood.words.captions import Caption
from dndmood.words.timeline import Timeline
from tests.benchmarks.words import episodes
from tests.benchmarks.words.episodes import Episode
from tests.benchmarks.words.learn_feeling import learned

NEIGHBOURS = {
    "castle": {"dungeon", "home"},
    "dungeon": {"castle"},
    "village": {"city", "tavern", "road"},
    "road": {"village", "forest", "wild"},
    "home": {"village"},
    "camp": {"forest", "wild"},
    "forest": {"wild", "camp"},
}
"""What is right as well where the annotation is not sure (0.6 or less)."""
_STEP_S = 0.5


def right_place(
    found: Timeline, episode: Episode, *, skip: Sequence[str] = ()
) -> tuple[float, float]:
    """Seconds with the right place, and all of them, weighed by how sure the annotation is."""
    starts = [state.at_s for state in found.places]
    right = every = 0.0
    for stretch in episode.places:
        if stretch.place in skip:
            continue
        fine = {stretch.place}
        if stretch.sure <= 0.6:
            fine |= NEIGHBOURS.get(stretch.place, set())
        for at_s in np.arange(stretch.start_s, stretch.end_s, _STEP_S):
            known = bisect.bisect_right(starts, at_s)
            right += stretch.sure * bool(known and found.places[known - 1].place in fine)
            every += stretch.sure
    return right, every


def right_fight(found: Timeline, episode: Episode) -> float:
    """Share of the time in which fight or not is right."""
    said = [(start_s, end_s or found.end_s) for start_s, end_s in found.fights]
    grid = np.arange(episode.lines[0].start_s, episode.end_s, _STEP_S)
    return float(np.mean(_within(grid, said) == _within(grid, episode.fights)))


def right_mood(found: Timeline, episode: Episode) -> tuple[float, float]:
    """Share of lines with the right valence and arousal."""
    starts = [one.at_s for one in found.tempers]
    hits = []
    for line in episode.lines:
        known = bisect.bisect_right(starts, line.start_s + line.duration_s)
        temper = found.tempers[max(known - 1, 0)]
        hits.append(
            ((temper.valence >= 0.5) == line.valence, (temper.arousal >= 0.5) == line.arousal)
        )
    valence, arousal = np.mean(hits, axis=0)
    return float(valence), float(arousal)


def called(found: Timeline, episode: Episode) -> tuple[int, int]:
    """How often a fight was on within 6 s of a caption with "initiative" in a fight, and of how many."""
    said = [(start_s, end_s or found.end_s) for start_s, end_s in found.fights]
    calls = [
        line.start_s
        for line in episode.lines
        if "initiative" in line.text
        and any(a - 8.0 <= line.start_s < b - 8.0 for a, b in episode.fights)
    ]
    return sum(any(a <= one + 6.0 < b for a, b in said) for one in calls), len(calls)


def heard(episode: Episode) -> list[Caption]:
    return [Caption(one.start_s, one.duration_s, one.text) for one in episode.lines]


def _within(grid: np.ndarray, spans: Sequence[tuple[float, float]]) -> np.ndarray:
    return np.any([(a <= grid) & (grid < b) for a, b in spans] or [grid < 0], axis=0)


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--captions", type=Path, default=episodes.FOLDER)
    asked = options.parse_args(argv)
    every = [episodes.read(asked.captions, number) for number in episodes.NAMES]
    places = book.load(paths.data("playlists") / "places")
    rows, hours = [], 0.0
    for one in every:
        table = learned([other for other in every if other is not one])
        with mock.patch.object(feeling, "read", lambda _, table=table: table):
            found = timeline.of_captions(heard(one), places=places, moods={}, language="en")
        right, whole = right_place(found, one)
        known = right_place(found, one, skip=("out", "other"))
        rows.append(
            (
                right,
                whole,
                *known,
                right_fight(found, one),
                *right_mood(found, one),
                *called(found, one),
            )
        )
        hours += one.end_s / 3600
        print(
            f"{one.name}  place {right / whole:.3f} (without out and other {known[0] / known[1]:.3f}, "
            f"{len(found.places)} changes)  fight {rows[-1][4]:.3f}  valence {rows[-1][5]:.3f}  "
            f"arousal {rows[-1][6]:.3f}  called {rows[-1][7]}/{rows[-1][8]}"
        )
    counted = np.array(rows)
    weights = [len(one.lines) for one in every]
    fight, valence, arousal = (np.average(counted[:, n], weights=weights) for n in (4, 5, 6))
    total = counted.sum(axis=0)
    print(
        f"all place {total[0] / total[1]:.3f} ({total[2] / total[3]:.3f})  fight {fight:.3f}  "
        f"valence {valence:.3f}  arousal {arousal:.3f}  called {total[7]:.0f}/{total[8]:.0f}"
    )


if __name__ == "__main__":
    main()
