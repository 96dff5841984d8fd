"""Where corpora lie: a folder is looked through by names, without opening a sound."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train.corpora._files import is_folder
from dndmood_train.corpora._readers import names, reader

_DEPTH = 3
"""How far below a given folder a corpus is looked for: archives nest their folders."""
_ABOVE = 2
"""How far above it: somebody may give the folder with the sounds."""


def locate(roots: Iterable[Path]) -> list[tuple[str, Path]]:
    """Which corpus lies where, without reading it: pairs of name and folder, sorted.

    Every root may be a corpus itself, hold corpora, up to three folders deep, or be a folder of
    a corpus, at most two deep. Those that cannot be read, as their layout is not published, are
    not among them. Raises `UserError` for a root that is not a folder.
    """
    return sorted(
        (name, folder) for folder, (name, _) in places(roots).items() if reader(name).EXAMPLE
    )


def places(roots: Iterable[Path]) -> dict[Path, tuple[str, list[Path]]]:
    """Folder of each corpus to its name and to the folders in it that count.

    Also of those that are known by name only. Raises `UserError` for a root that is not a folder.
    """
    found: dict[Path, tuple[str, list[Path]]] = {}
    for root in roots:
        for name, folder in places_of(root):
            within = root.resolve() if root.resolve().is_relative_to(folder) else folder
            found.setdefault(folder, (name, []))[1].append(within)
    return found


def places_of(root: Path) -> list[tuple[str, Path]]:
    """The corpora below `root`, or the one around it; raises `UserError` if it is no folder."""
    if not root.is_dir():
        raise UserError(f"There is no folder {root} to look for corpora in.")
    # Those that are known by their folder's name only are asked last.
    known = sorted(names(), key=lambda name: not reader(name).EXAMPLE)
    below = [(name, folder.resolve()) for name, folder in _walk(root, known, _DEPTH)]
    return below or list(_around(root.resolve(), known))


def _walk(folder: Path, known: Sequence[str], depth: int) -> list[tuple[str, Path]]:
    name = next((name for name in known if reader(name).here(folder)), None)
    if name and reader(name).EXAMPLE:
        return [(name, folder)]
    below = [
        place
        for inside in (_folders(folder) if depth else ())
        for place in _walk(inside, known, depth - 1)
    ]
    # A folder that is only called as a corpus may hold others: Belfast is a city, too.
    return below if below or name is None else [(name, folder)]


def _folders(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted(
            Path(entry.path)
            for entry in entries
            if is_folder(entry)
            and not entry.name.startswith((".", "__"))
            # Such as lost+found, which is nobody's.
            and os.access(entry, os.R_OK | os.X_OK)
        )


def _around(root: Path, known: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """The corpus that `root` is a folder of, such as `AudioWAV` of CREMA-D."""
    published = [name for name in known if reader(name).EXAMPLE and reader(name).LINK]
    for folder in root.parents[:_ABOVE]:
        for name in published:
            if reader(name).here(folder):
                yield name, folder
                return
