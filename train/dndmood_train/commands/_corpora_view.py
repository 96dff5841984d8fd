"""Which corpora lie where, and what is in them, as tables for people and JSON for programs."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dndmood_train import corpora
from dndmood_train.corpora import Corpus

if TYPE_CHECKING:
    from rich.table import Table


def show(roots: Sequence[Path], *, as_json: bool = False) -> None:
    """Print every corpus in the given folders, or, without folders, all that can be read.

    Raises `UserError` for a folder that is not there or holds no corpus.
    """
    if not roots:
        _print_known()
        return
    found = corpora.find(roots)
    if as_json:
        print(json.dumps([_facts(corpus) for corpus in found], indent=2))
    else:
        _print_found(found)
    for said in corpora.passed_over(roots):
        print(f"\n{said}", file=sys.stderr if as_json else sys.stdout)


def _facts(corpus: Corpus) -> dict[str, object]:
    reader = corpora.reader(corpus.name)
    emotions = Counter(clip.emotion or "none" for clip in corpus.clips)
    return {
        "name": corpus.name,
        "title": reader.TITLE,
        "folder": str(corpus.root),
        "clips": len(corpus.clips),
        "speakers": len(corpus.speakers),
        "languages": sorted({clip.language for clip in corpus.clips}),
        "emotions": dict(emotions.most_common()),
        "votes": sum(clip.votes is not None for clip in corpus.clips),
        "dropped": dict(corpus.dropped),
        "licence": reader.LICENCE,
    }


def _print_found(found: Sequence[Corpus]) -> None:
    from rich.console import Console

    table = _table("corpus", "clips", "speakers", "language", "licence")
    for corpus in found:
        reader = corpora.reader(corpus.name)
        languages = sorted({clip.language for clip in corpus.clips if clip.language})
        table.add_row(
            reader.TITLE,
            str(len(corpus.clips)),
            str(len(corpus.speakers)),
            " ".join(languages),
            reader.LICENCE,
        )
    console = Console(highlight=False, markup=False)
    console.print(table)
    for corpus in found:
        # A folder that is broken in two cannot be copied.
        console.print(f"\n{corpora.reader(corpus.name).TITLE}: {corpus.root}", soft_wrap=True)
        for why, count in corpus.dropped.items():
            console.print(f"  left out: {count} {why}", style="dim")


def _print_known() -> None:
    from rich.console import Console

    table = _table("name", "corpus", "language", "licence")
    for name in corpora.names():
        reader = corpora.reader(name)
        table.add_row(name, reader.TITLE, " ".join(reader.LANGUAGES), reader.LICENCE)
    console = Console(highlight=False, markup=False)
    console.print(table)
    if closed := [name for name in corpora.names() if not corpora.reader(name).EXAMPLE]:
        console.print(
            "\nKnown by name only, as their layout is not published; a manifest.csv describes "
            f"them: {', '.join(closed)}"
        )
    console.print("\nWhere to get them:", style="bold")
    for name in corpora.names():
        if link := corpora.reader(name).LINK:
            console.print(f"{name}: {link}", soft_wrap=True)


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        right = column in {"clips", "speakers"}
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    return table
