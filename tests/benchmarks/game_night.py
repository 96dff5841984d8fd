"""How good the program is over whole evenings, printed as one table.

    python tests/benchmarks/game_night.py --corpora FOLDER [--cache FOLDER]

Evenings of an hour are composed from the mood timelines of a real campaign and from clips of
voices the model never learnt from, with rooms, distances, ambience, dice, coughs, laughter and
the program's own music coming back into the microphone. They run through the real pipeline.
What is true is said in `night/timeline.py`, what is counted in `night/scoring.py`, who is
compared in `night/rivals.py`. No parameter was tuned on the episodes or voices reported on.
With `--cache` composed evenings and tapes are kept, so that only what changed runs again.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from dndmood.settings import Settings
from tests.benchmarks.night import rivals, stage
from tests.benchmarks.night.composer import Evening
from tests.benchmarks.night.scoring import Row, Score, row
from tests.benchmarks.night.stage import Gate, Stage
from tests.benchmarks.night.timeline import Side

LEVELS_DB = (-20.0, -12.0, -6.0, 0.0)
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
        scores = [
            house.judged(house.played(each, level_db=level_db).moods, each) for each in evenings
        ]
        yield row(f"ours, music at {level_db:+.0f} dB", scores)


def baselines(house: Stage, evenings: Sequence[Evening], *, full: bool) -> Iterator[Row]:
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
    if full:
        yield row("ours without the speech gate", _replayed(house, evenings, gate="open"))


def limits(
    house: Stage, evenings: Sequence[Evening], levels: Sequence[float], *, full: bool
) -> Iterator[Row]:
    """The program with one part at a time replaced by a perfect one."""
    opening = house.settings.opening
    yield row("perfect model, our gate and pacing", _replayed(house, evenings, foreseen=True))
    yield row(
        "perfect pacing, our model and gate",
        [
            house.judged(
                rivals.perfectly_paced(
                    house.played(each).estimates, house.moods, each.truth, opening
                ),
                each,
            )
            for each in evenings
        ],
    )
    if not full:
        return
    yield row("perfect gate, our model and pacing", _replayed(house, evenings, gate="true"))
    for level_db in levels:
        played = [house.played(each, level_db=level_db, gate="true") for each in evenings]
        yield row(
            f"perfect gate, music at {level_db:+.0f} dB",
            [house.judged(p.moods, each) for p, each in zip(played, evenings, strict=True)],
        )


def silence(house: Stage, seeds: Sequence[int], levels: Sequence[float]) -> Iterator[Row]:
    """Hours in which nobody speaks: only changes count."""
    evenings = [house.deserted(seed) for seed in seeds]
    for level_db in levels:
        scores = [
            house.judged(house.played(each, level_db=level_db).moods, each) for each in evenings
        ]
        yield row(f"nobody speaks, music at {level_db:+.0f} dB", scores)


def _replayed(
    house: Stage, evenings: Sequence[Evening], *, gate: Gate = "webrtc", foreseen: bool = False
) -> list[Score]:
    """Our pacing on the estimates of every evening, or on a perfect model's."""
    scores = []
    for each in evenings:
        estimates = house.played(each, gate=gate).estimates
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
        "" if quiet else f"{each.late_median_s:.0f} s",
        "" if quiet else f"{each.late_p90_s:.0f} s",
        "" if quiet else f"{each.missed:.0%}",
        f"{each.unspoken:.1f}",
    )


def show(rows: Sequence[Row], *, markdown: bool) -> None:
    """Print the table."""
    if markdown:
        print("| " + " | ".join(HEADS) + " |\n" + "|---" * len(HEADS) + "|")
        for each in rows:
            print("| " + " | ".join(cells(each)) + " |")
        return
    table = RichTable()
    for number, head in enumerate(HEADS):
        table.add_column(head, justify="right" if number else "left")
    for each in rows:
        table.add_row(*cells(each))
    Console(width=120).print(table)


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
    parser.add_argument("--model", default="", help="folder of another model")
    parser.add_argument(
        "--quick", action="store_true", help="nothing with music or other gates"
    )
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--json", type=Path, help="write all figures here too")
    chosen = parser.parse_args()
    side: Side = chosen.side
    levels = () if chosen.quick else LEVELS_DB

    def tell(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    settings = Settings(model=chosen.model)
    with stage.opened(chosen.corpora, chosen.cache, settings=settings, tell=tell) as house:
        evenings = [house.evening(side, SEEDS[side] + n) for n in range(chosen.evenings)]
        rows = list(ours(house, evenings, levels))
        rows += baselines(house, evenings, full=not chosen.quick)
        rows += limits(house, evenings, levels[2:3], full=not chosen.quick)
        rows += silence(house, [SEEDS[side] + n for n in range(2)], levels[2:])
        print(f"{len(evenings)} {side} evenings, model {house.model_sha[:12]}. {TARGETS}\n")
    show(rows, markdown=chosen.markdown)
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(each) for each in rows], indent=1))


if __name__ == "__main__":
    main()
