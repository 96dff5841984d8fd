"""How good the program is over whole evenings, printed as one table.

    python tests/benchmarks/game_night.py --corpora FOLDER [--cache FOLDER]

Evenings of an hour are composed from the mood timelines of a real campaign and from clips of
voices the model never learnt from, with rooms, distances, ambience, dice, coughs, laughter and
the program's own music coming back into the microphone. They run through the real pipeline.
What is true is said in `night/timeline.py`, what is counted in `night/scoring.py`, who is
compared in `night/rivals.py`. No parameter was tuned on the episodes or voices reported on.
With `--cache` composed evenings and tapes are kept, so that only what changed runs again. An
hour takes about 20 s of a processor, 140 s with the echo canceller; the whole table is 6 such
hours for most of its rows.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table as Grid

from dndmood.settings import Settings
from tests.benchmarks.night import rivals, stage
from tests.benchmarks.night.composer import Evening, Table
from tests.benchmarks.night.scoring import Row, Score, row
from tests.benchmarks.night.stage import Gate, Stage
from tests.benchmarks.night.timeline import Side

LEVELS_DB = (-20.0, -12.0, -6.0, 0.0)
LOUD_DB = -6.0
TABLES: Mapping[str, Table | None] = {
    "ordinary voices": None,
    "soft, low, distant voices": Table(level_db=-9.0, pitch=0.88, far_db=6.0),
    "loud, high, near voices": Table(level_db=6.0, pitch=1.15, far_db=-4.0),
}
GROUPS = ("ours", "baselines", "limits", "silence", "tables")
SEEDS = {"tuning": 1000, "reporting": 2000}
TARGETS = (
    "Targets: in the right quadrant >= 70 % without music, at most 5 points less at -6 dB; 10 to "
    "18 changes an hour; median lateness <= 25 s; 0 changes while nobody speaks; a perfect model "
    "with our pacing >= 90 %."
)
HEADS = ("", "right quadrant", "changes/h", "late, median", "late, p90", "missed", "unspoken")


def ours(house: Stage, evenings: Sequence[Evening], levels: Sequence[float]) -> Iterator[Row]:
    """The program as it is, without music in the microphone and with ever more of it."""
    yield row("ours, no music in the microphone", _replayed(house, evenings))
    for level_db in levels:
        yield row(f"ours, music at {level_db:+.0f} dB", _played(house, evenings, level_db))
    for level_db in levels:
        if level_db >= LOUD_DB:
            scores = _played(house, evenings, level_db, echo=False)
            yield row(f"the same without echo canceller, {level_db:+.0f} dB", scores)


def tables(house: Stage, side: Side, seeds: Sequence[int]) -> Iterator[Row]:
    """With and without re-centring, at ordinary tables and at others."""
    for title, table in TABLES.items():
        evenings = [house.evening(side, seed, table) for seed in seeds]
        for recentre in (True, False):
            way = "with" if recentre else "without"
            scores = _replayed(house, evenings, recentre=recentre)
            yield row(f"{title}, {way} re-centring", scores)


def baselines(house: Stage, evenings: Sequence[Evening], *, quick: bool) -> Iterator[Row]:
    """Simpler ways to choose the music, without music in the microphone."""
    opening = house.settings.opening
    tapes = [(each, house.played(each).estimates) for each in evenings]
    yield row("always suspense", [house.judged([(0.0, "suspense")], each) for each in evenings])
    yield row(
        "model without smoothing",
        [house.judged(rivals.unsmoothed(t, house.moods, opening), each) for each, t in tapes],
    )
    yield row(
        "smoothing without margin, stay or budget",
        [house.judged(rivals.smoothed(t, house.moods, opening), each) for each, t in tapes],
    )
    if not quick:
        yield row("ours without the speech gate", _replayed(house, evenings, gate="open"))


def limits(house: Stage, evenings: Sequence[Evening], *, quick: bool) -> Iterator[Row]:
    """The program with one part at a time replaced by a perfect one."""
    yield row("perfect model, our gate and pacing", _replayed(house, evenings, foreseen=True))
    paced = [
        rivals.perfectly_paced(
            house.played(each).estimates, house.moods, each.truth, house.settings.opening
        )
        for each in evenings
    ]
    yield row(
        "perfect pacing, our model and gate",
        [house.judged(moods, each) for moods, each in zip(paced, evenings, strict=True)],
    )
    if quick:
        return
    yield row("perfect gate, our model and pacing", _replayed(house, evenings, gate="true"))
    scores = _played(house, evenings, LOUD_DB, gate="true")
    yield row(f"perfect gate, music at {LOUD_DB:+.0f} dB", scores)


def silence(house: Stage, seeds: Sequence[int], levels: Sequence[float]) -> Iterator[Row]:
    """Hours in which nobody speaks: only changes count."""
    evenings = [house.deserted(seed) for seed in seeds]
    for level_db in (level_db for level_db in levels if level_db >= LOUD_DB):
        for echo in (True, False):
            title = f"nobody speaks, music at {level_db:+.0f} dB"
            title += "" if echo else ", no echo canceller"
            yield row(title, _played(house, evenings, level_db, echo=echo))


def _played(
    house: Stage,
    evenings: Sequence[Evening],
    level_db: float,
    *,
    gate: Gate = "webrtc",
    echo: bool = True,
) -> list[Score]:
    """The whole program with its music in the microphone."""
    tapes = [house.played(each, level_db=level_db, gate=gate, echo=echo) for each in evenings]
    return [house.judged(tape.moods, each) for tape, each in zip(tapes, evenings, strict=True)]


def _replayed(
    house: Stage,
    evenings: Sequence[Evening],
    *,
    gate: Gate = "webrtc",
    recentre: bool = True,
    foreseen: bool = False,
) -> list[Score]:
    """Our pacing on the estimates of every evening, or on a perfect model's."""
    scores = []
    for each in evenings:
        estimates = house.played(each, gate=gate, recentre=recentre).estimates
        if foreseen:
            estimates = tuple(rivals.foreseen(estimates, each.spoken, house.moods))
        scores.append(house.judged(house.decided(estimates, each.length_s), each))
    return scores


def cells(each: Row) -> tuple[str, ...]:
    """A row as it is printed."""
    quiet = each.title.startswith("nobody")
    return (
        each.title,
        "" if quiet else f"{each.right:.1%} ± {each.right_spread * 100:.1f}",
        f"{each.changes_per_h:.1f} ± {each.changes_spread:.1f}",
        "" if quiet else _seconds(each.late_median_s),
        "" if quiet else _seconds(each.late_p90_s),
        "" if quiet else f"{each.missed:.0%}",
        f"{each.unspoken:.1f}",
    )


def _seconds(late_s: float) -> str:
    return "never" if np.isnan(late_s) else f"{late_s:.0f} s"


def show(rows: Sequence[Row], *, markdown: bool) -> None:
    """Print the table."""
    if markdown:
        print("| " + " | ".join(HEADS) + " |\n" + "|---" * len(HEADS) + "|")
        for each in rows:
            print("| " + " | ".join(cells(each)) + " |")
        return
    grid = Grid()
    for number, head in enumerate(HEADS):
        grid.add_column(head, justify="right" if number else "left")
    for each in rows:
        grid.add_row(*cells(each))
    Console(width=120).print(grid)


def main() -> None:
    """Compose, play, score, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the corpora")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "dndmood-nights",
        help="folder for composed evenings and tapes",
    )
    parser.add_argument("--side", choices=("reporting", "tuning"), default="reporting")
    parser.add_argument("--evenings", type=int, default=6)
    parser.add_argument(
        "--first", type=int, default=0, help="begin with another evening than the first"
    )
    parser.add_argument("--model", default="", help="folder of another model")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=GROUPS)
    parser.add_argument(
        "--quick", action="store_true", help="one run an evening: no music, no other gates"
    )
    parser.add_argument("--levels", nargs="*", type=float, default=LEVELS_DB, metavar="DB")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--json", type=Path, help="write all figures here too")
    chosen = parser.parse_args()
    side: Side = chosen.side
    first = SEEDS[side] + chosen.first
    seeds = list(range(first, first + chosen.evenings))

    def tell(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    settings = Settings(model=chosen.model)
    with stage.opened(chosen.corpora, chosen.cache, settings=settings, tell=tell) as house:
        evenings = [house.evening(side, seed) for seed in seeds]
        groups: dict[str, Callable[[], Iterator[Row]]] = {
            "ours": lambda: ours(house, evenings, () if chosen.quick else chosen.levels),
            "baselines": lambda: baselines(house, evenings, quick=chosen.quick),
            "limits": lambda: limits(house, evenings, quick=chosen.quick),
            "silence": lambda: silence(house, seeds[:2], chosen.levels),
            "tables": lambda: tables(house, side, seeds),
        }
        names = [n for n in chosen.only if not chosen.quick or n in GROUPS[:3]]
        rows = [each for name in names for each in groups[name]()]
        print(f"{len(evenings)} {side} evenings, model {house.model_sha[:12]}. {TARGETS}\n")
    show(rows, markdown=chosen.markdown)
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(each) for each in rows], indent=1))


if __name__ == "__main__":
    main()
