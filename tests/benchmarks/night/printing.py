"""The rows of a game night as one table, for a terminal or for markdown."""

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table as Grid

from tests.benchmarks.night.scoring import Row

HEADS = ("", "right quadrant", "changes/h", "late, median", "late, p90", "missed", "unspoken")


def cells(each: Row) -> tuple[str, ...]:
    """A row as it is printed."""
    quiet = np.isnan(each.right)
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
