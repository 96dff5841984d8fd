"""How far a training is: bars in a terminal, lines in a log file."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """Opens a bar: called with a title and a total, it gives what to call with each advance."""

    bar: Callable[[str, int], Advance]
    console: "Console | None" = None
    """Where to print while bars are open, so that they stay whole."""


@contextmanager
def progress_of(*, shown: bool) -> Iterator[Progress]:
    """Bars for as long as the context lasts; with `shown` false they are nowhere to be seen."""
    if not shown:
        yield Progress(lambda _title, _total: lambda _count: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Progress(_lines)
        return
    columns = (TextColumn("{task.description:20}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeRemainingColumn(), console=console) as bars:

        def bar(title: str, total: int) -> Advance:
            task = bars.add_task(title, total=total)
            return lambda count: bars.advance(task, count)

        yield Progress(bar, bars.console)


def _lines(title: str, total: int) -> Advance:
    """Progress for a log file: a line with the time of day at every twentieth."""
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        before, done = done, done + count
        if done * 20 // max(1, total) > before * 20 // max(1, total):
            now = time.strftime("%H:%M:%S")
            print(f"{now} {title}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return advance
