"""What is said where a folder holds no corpus, or one that cannot be used."""

import re
from collections.abc import Sequence
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train.corpora._clip import Corpus, counted
from dndmood_train.corpora._files import packed, sounds
from dndmood_train.corpora._places import places_of
from dndmood_train.corpora._readers import names, reader
from dndmood_train.corpora._unpublished import unread


def passed_over(roots: Sequence[Path]) -> list[str]:
    """One sentence for each place in `roots` of which nothing is read, whatever the others hold.

    Raises `UserError` for a root that is not a folder.
    """
    there = {root: places_of(root) for root in roots}
    closed = [
        unread(folder, reader(name).TITLE)
        for folder, name in sorted(
            {(at, name) for found in there.values() for name, at in found}
        )
        if not reader(name).EXAMPLE
    ]
    empty = [
        f"Nothing in {root} is a corpus that is known{_without_tables([root])}{_unpack([root])}."
        for root, found in there.items()
        if not found
    ]
    return [*closed, *empty]


def nothing(corpus: Corpus) -> UserError:
    """Of a corpus without a single clip that can be used: why, and how it should look."""
    reads = reader(corpus.name)
    why = counted(corpus.dropped)
    return UserError(
        f"{corpus.root} looks like {reads.TITLE}, but holds no clip that can be used"
        + (f" ({why})" if why else "")
        + f": a clip lies at {reads.EXAMPLE} in the official release{_unpack([corpus.root])}."
    )


def unknown(roots: Sequence[Path]) -> UserError:
    """Of folders in which there is no corpus at all: what would be read."""
    where = ", ".join(map(str, roots)) or "no folder at all"
    published = ", ".join(n for n in names() if reader(n).LINK and reader(n).EXAMPLE)
    return UserError(
        f"No corpus was found in {where}: unpack one there as it is distributed (known are "
        f"{published}), or describe your own sounds with a table manifest.csv (path, speaker, "
        f"emotion) beside them{_without_tables(roots)}{_unpack(roots)}."
    )


def _without_tables(roots: Sequence[Path]) -> str:
    """What is missing where sounds are called as in a corpus that is known by its tables."""
    called = {path.stem for root in roots for path in sounds(root, films=True)}
    for name in names():
        reads = reader(name)
        example = re.escape(Path(reads.EXAMPLE).stem)
        if reads.BESIDE and any(
            re.fullmatch(re.sub(r"\d+", r"\\d+", example), one) for one in called
        ):
            tables = " and ".join(sorted(reads.BESIDE))
            return f"; the sounds are called as those of {reads.TITLE}, which needs {tables} beside them"
    return ""


def _unpack(roots: Sequence[Path]) -> str:
    archives = [path for root in roots for path in packed(root)]
    if not archives:
        return ""
    if len(archives) == 1:
        return f"; {archives[0].name} there is not unpacked yet"
    return f"; {len(archives)} archives there are not unpacked yet, such as {archives[0].name}"
