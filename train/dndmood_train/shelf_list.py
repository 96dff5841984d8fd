"""`dndmood corpora`: which corpora lie where, and what is in them."""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dndmood_train import corpora
from dndmood_train.corpora import Corpus


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
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("corpus", "clips", "speakers", "language", "left out", "licence", "folder"):
        right = column in {"clips", "speakers"}
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for corpus in found:
        reader = corpora.reader(corpus.name)
        languages = sorted({clip.language for clip in corpus.clips if clip.language})
        left_out = "; ".join(f"{n} {why}" for why, n in corpus.dropped.items())
        table.add_row(
            reader.TITLE,
            str(len(corpus.clips)),
            str(len(corpus.speakers)),
            " ".join(languages),
            left_out or "-",
            reader.LICENCE,
            str(corpus.root),
        )
    Console().print(table)


def _print_known() -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("name", "corpus", "language", "licence", "where to get it"):
        table.add_column(column, overflow="fold")
    for name in corpora.names():
        reader = corpora.reader(name)
        languages = " ".join(reader.LANGUAGES)
        table.add_row(name, reader.TITLE, languages, reader.LICENCE, reader.LINK)
    Console().print(table)


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m dndmood_train corpora`."""
    parser = argparse.ArgumentParser(prog="dndmood corpora", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*", help="where to look; none lists all")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args(argv)
    show(asked.folders, as_json=asked.json)
    return 0
