"""What a sweep found out so far: the marks of every run, and the table of all of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood_train.distillation.recipe import Recipe
from dndmood_train.files import write_whole

MARKS = "marks.json"


@dataclass(slots=True)
class Marks:
    """What is known of one run so far."""

    recipe: str
    seed: int
    weights: int = 0
    step: int = 0
    """Batches heard when `spent_s` was counted."""
    spent_s: float = 0.0
    """Seconds of one core that these batches took."""
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Minutes to the figures on development voices then."""
    done: bool = False
    """Whether all windows were heard, or the last minute is over."""
    not_taught: str = ""
    """Why the lesson could not be learnt to its end, in a sentence; "" where it could."""


def marks_in(folder: Path) -> Marks | None:
    """The marks of the run in `folder`; None before its first, `UserError` when damaged."""
    try:
        return Marks(**json.loads((folder / MARKS).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{folder / MARKS} is damaged: remove the folder {folder}.") from error


def at_all(marks: Marks, minutes: Sequence[float]) -> bool:
    """Whether there are figures for all of `minutes`."""
    return all(f"{minute:g}" in marks.figures for minute in minutes)


def uar(figures: Mapping[str, Any]) -> float:
    """Mean over the corpora of the UAR among all their emotions; NaN where none was measured."""
    every: dict[str, tuple[int, float]] = {}
    for name, value in figures.items():
        corpus, found, classes = name.partition("_uar_")
        if found:
            number = int(classes.split("_")[0])
            if number > every.get(corpus, (0, 0.0))[0]:
                every[corpus] = (number, float(value))
    return float(np.mean([value for _, value in every.values()])) if every else float("nan")


def table(
    out: Path, recipes: Sequence[Recipe], seeds: Sequence[int], minutes: Sequence[float]
) -> list[dict[str, Any]]:
    """One row a recipe: weights, and mean, deviation and number of seeds at every minute."""
    rows = []
    for one in recipes:
        runs = [marks_in(out / "runs" / f"{one.name}-{seed}") for seed in seeds]
        row: dict[str, Any] = {"recipe": one.name, "network": one.lesson.shape.network}
        row["weights"] = next((run.weights for run in runs if run and run.weights), 0)
        row["not_taught"] = {run.seed: run.not_taught for run in runs if run and run.not_taught}
        for minute in minutes:
            key = f"{minute:g}"
            failed = [run for run in runs if run and run.not_taught and key not in run.figures]
            measured = [run.figures[key] for run in runs if run and key in run.figures]
            # Without development voices there is no figure.
            values = [found for one in measured if not np.isnan(found := uar(one))]
            row[key] = {
                "finished": sum("finished" in one for one in measured),
                "uar": float(np.mean(values)) if values else None,
                "deviation": float(np.std(values, ddof=1)) if len(values) > 1 else None,
                "seeds": len(values),
                "not_taught": len(failed) == len(runs),
            }
        rows.append(row)
    return rows


def write(
    out: Path, recipes: Sequence[Recipe], seeds: Sequence[int], minutes: Sequence[float]
) -> None:
    """Write the table to `out`, as `sweep.json` and `sweep.md`."""
    rows = table(out, recipes, seeds, minutes)
    write_whole(out / "sweep.json", json.dumps(rows, indent=2).encode())
    write_whole(out / "sweep.md", markdown(rows, minutes).encode())


def markdown(rows: Sequence[Mapping[str, Any]], minutes: Sequence[float]) -> str:
    """The table as text: UAR on development voices in points, mean over corpora, then seeds.

    The last row names the best at each of the minutes, and sentences say how far that can be
    believed.
    """
    heads = [f"{minute:g} min" for minute in minutes]
    lines = [
        f"| recipe | network | weights | {' | '.join(heads)} |",
        "|---|---|---:|" + "---:|" * len(heads),
    ]
    for row in rows:
        cells = [_cell(row[f"{minute:g}"]) for minute in minutes]
        # Known once the first run has begun to learn.
        weights = f"{row['weights']:,}" if row["weights"] else "-"
        lines.append(
            f"| {row['recipe']} | {row['network']} | {weights} | {' | '.join(cells)} |"
        )
    best = []
    for minute in minutes:
        known = [row for row in rows if row[f"{minute:g}"]["uar"] is not None]
        most = max((row[f"{minute:g}"]["uar"] for row in known), default=0.0)
        leaders = [row["recipe"] for row in known if row[f"{minute:g}"]["uar"] == most]
        best.append(" and ".join(leaders) or "-")
    lines.append(f"| **wins** | | | {' | '.join(best)} |")
    return "\n".join([*lines, "", *_doubts(rows, minutes), *_not_taught(rows)]) + "\n"


def _not_taught(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """One sentence or two for every run that could not be taught to its end."""
    return [
        f"Not taught: {row['recipe']}, seed {seed}. {why}"
        for row in rows
        for seed, why in row["not_taught"].items()
    ]


def _doubts(rows: Sequence[Mapping[str, Any]], minutes: Sequence[float]) -> list[str]:
    """Sentences about each of the minutes: what is missing, and whether the lead could be luck."""
    said = []
    for minute in minutes:
        key = f"{minute:g}"
        then = f"At {key} minute{'s' * (minute != 1)}"
        known = sorted(
            (row[key] | {"recipe": row["recipe"]} for row in rows if row[key]["seeds"]),
            key=lambda one: -one["uar"],
        )
        missing = [
            row["recipe"]
            for row in rows
            if not row[key]["seeds"] and not row[key]["not_taught"]
        ]
        if missing:
            are = "are" if len(missing) > 1 else "is"
            said.append(f"{then} {', '.join(missing)} {are} still to come.")
        if len(known) < 2:  # noqa: PLR2004 - nobody to lead before
            continue
        first, second = known[:2]
        if first["uar"] == second["uar"]:
            said.append(f"{then} {first['recipe']} and {second['recipe']} are equal.")
            continue
        lead = f"{100 * (first['uar'] - second['uar']):.1f} points before {second['recipe']}"
        spreads = [one["deviation"] for one in (first, second)]
        if None in spreads:
            belief = "from one seed, which proves nothing"
        else:
            # Welch's interval of a difference of means, with two deviations for 95 %.
            error = sum(one["deviation"] ** 2 / one["seeds"] for one in (first, second)) ** 0.5
            sure = first["uar"] - second["uar"] > 2 * error
            belief = (
                "more than the seeds differ" if sure else "which could be luck of the seeds"
            )
        said.append(f"{then} {first['recipe']} is {lead}, {belief}.")
    return said


def _cell(figures: Mapping[str, Any]) -> str:
    if figures["uar"] is None:
        return "not taught" if figures["not_taught"] else "-"
    spread = "" if figures["deviation"] is None else f" ± {100 * figures['deviation']:.1f}"
    ended = ", finished" if figures["finished"] == figures["seeds"] else ""
    return f"{100 * figures['uar']:.1f}{spread} ({figures['seeds']}{ended})"
