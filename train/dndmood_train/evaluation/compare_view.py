"""A comparison of models for people to read on a terminal, for programs, and as a picture."""

import json
import math
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table as Columns

from dndmood.errors import UserError
from dndmood_train.evaluation.compare import Table
from dndmood_train.evaluation.protocol_view import defined

_SURE = 0.05


def as_json(table: Table) -> str:
    """The comparison for programs to read; what is undefined becomes null."""
    return json.dumps(defined(asdict(table)), indent=2)


def draw(path: Path, table: Table) -> None:
    """One picture: each corpus a group, each model a point in it, deviations over seeds as bars.

    Raises `UserError` when it cannot be written.
    """
    from dndmood_train.evaluation import plots

    found = {(cell.model, cell.corpus): cell for cell in table.cells}
    series = {
        model: [
            (found[model, c].figures[table.figure], found[model, c].deviations[table.figure])
            for c in table.corpora
        ]
        for model in table.models
    }
    try:
        plots.comparison(path, series, table.corpora, figure=table.figure)
    except OSError as error:
        raise UserError(f"The picture cannot be written to {path}: {error}.") from error


def show(table: Table, *, console: Console | None = None) -> None:
    """Print the table, the analysis and what to beware of."""
    out = console or Console(highlight=False, markup=False)
    out.print(f"{table.figure} in points, mean over seeds", style="bold")
    out.print(_figures(table))
    for corpus, classes in table.classes.items():
        out.print(f"{corpus}: among {', '.join(classes)}", style="dim")
    what = {"seed": "runs of all models", "speaker": "speakers, each heard by every model"}
    analysis = table.analysis
    out.print(
        f"\nAnalysis of variance over {analysis.units} {what[analysis.unit]}", style="bold"
    )
    out.print(_effects(table))
    out.print("\nPairs of models, over all corpora", style="bold")
    out.print(_contrasts(table))
    for note in (*analysis.doubts, *table.notes):
        out.print(f"Note: {note}")


def _figures(table: Table) -> Columns:
    found = {(cell.model, cell.corpus): cell for cell in table.cells}
    columns = _columns("model", "seeds", *table.corpora, "mean")
    for model in table.models:
        cells = [found[model, corpus] for corpus in table.corpora]
        values = [cell.figures[table.figure] for cell in cells]
        texts = [
            f"{100 * cell.figures[table.figure]:.1f}"
            + (
                ""
                if math.isnan(cell.deviations[table.figure])
                else f" ± {100 * cell.deviations[table.figure]:.1f}"
            )
            for cell in cells
        ]
        mean = sum(values) / len(values)
        columns.add_row(model, str(cells[0].seeds), *texts, f"{100 * mean:.1f}")
    return columns


def _effects(table: Table) -> Columns:
    columns = _columns("factor", "F", "df", "p", "partial eta squared")
    for effect in table.analysis.effects:
        columns.add_row(
            effect.factor,
            _number(effect.f, 2),
            f"{effect.df:g}, {effect.df_error:g}",
            _chance(effect.p),
            _number(effect.partial_eta_squared, 3),
        )
    return columns


def _contrasts(table: Table) -> Columns:
    columns = _columns("first minus second", "difference", "Cohen's d", "p", "p (Holm)", "")
    for one in table.analysis.contrasts:
        # Without a p nothing is said of luck.
        luck = "could be luck" if one.p_holm >= _SURE else ""
        columns.add_row(
            f"{one.first} - {one.second}",
            f"{100 * one.difference:+.1f}",
            _number(one.cohens_d, 2),
            _chance(one.p),
            _chance(one.p_holm),
            luck,
        )
    return columns


def _columns(*names: str) -> Columns:
    table = Columns(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for place, name in enumerate(names):
        table.add_column(name, justify="left" if place == 0 else "right")
    return table


def _number(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def _chance(p: float) -> str:
    least = 0.0001
    if math.isnan(p):
        return "-"
    return f"< {least}" if p < least else f"{p:.4f}"
