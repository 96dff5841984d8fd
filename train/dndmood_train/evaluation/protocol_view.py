"""What came out under a protocol, for people to read on a terminal and for programs."""

import json
import math
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from dndmood_train.evaluation.protocol_run import ProtocolReport


def as_json(report: ProtocolReport) -> str:
    """The report for programs to read; what is undefined becomes null."""
    return json.dumps(defined(asdict(report)), indent=2)


def show(report: ProtocolReport, *, console: Console | None = None) -> None:
    """Print the whole report."""
    out = console or Console(highlight=False, markup=False)
    out.print(f"{report.model} under {report.protocol}", style="bold")
    out.print(report.source, style="dim")
    names = list(report.means)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for place, column in enumerate(("corpus", "part", "clips", *names)):
        table.add_column(column, justify="left" if place < 2 else "right")  # noqa: PLR2004 - the two names
    for row in report.rows:
        figures = (_number(row.figures.get(name, math.nan)) for name in names)
        table.add_row(row.corpus, row.name, str(row.clips), *figures)
    table.add_section()
    table.add_row("mean over corpora", "", "", *(_number(report.means[name]) for name in names))
    out.print(table)
    if report.missing:
        out.print("Not asked, and not in the mean:", style="yellow")
        for what in dict.fromkeys(report.missing.values()):
            titles = ", ".join(title for title, w in report.missing.items() if w == what)
            out.print(f"  {titles}: {what}", style="yellow")
    for note in report.notes:
        out.print(f"Note: {note}")


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def defined(value: object) -> object:
    """`value` with null for what is no number, and numbers of six digits."""
    match value:
        case dict():
            return {str(key): defined(inner) for key, inner in value.items()}
        case list():
            return [defined(inner) for inner in value]
        case float():
            return round(value, 6) if math.isfinite(value) else None
        case _:
            return value
