"""Corpora of emotional speech, one module each; the folder is the list.

A new corpus is one new file here: see `Reader` in `_clip.py` for what it has to offer.
"""

import importlib
import os
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import cast

from dndmood.errors import UserError
from dndmood_train.corpora._clip import EMOTIONS, Clip, Corpus, Drop, Reader
from dndmood_train.corpora._files import rows, short, sounds, without_duplicates
from dndmood_train.corpora._splits import fold, hashed, split_of
from dndmood_train.corpora._targets import PLANE, Targets, targets, valence_weights

__all__ = [
    "EMOTIONS",
    "PLANE",
    "Clip",
    "Corpus",
    "Drop",
    "Reader",
    "Targets",
    "clips",
    "find",
    "fold",
    "hashed",
    "locate",
    "names",
    "read",
    "reader",
    "rows",
    "short",
    "sounds",
    "split_of",
    "targets",
    "valence_weights",
]

_DEPTH = 3
"""How far below a given folder a corpus is looked for: archives nest their folders."""


def names() -> list[str]:
    """Every corpus that can be read, in alphabetical order."""
    return sorted(
        module.name
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    )


def reader(name: str) -> Reader:
    """The module that reads corpus `name`; raises `UserError` for an unknown name."""
    if name not in names():
        raise UserError(f"There is no corpus called {name}: known are {', '.join(names())}.")
    return cast("Reader", importlib.import_module(f"{__name__}.{name}"))


def clips(name: str, root: Path) -> Iterator[Clip]:
    """The usable clips of corpus `name` lying in `root`, in the order of their paths."""
    yield from read(name, root).clips


def read(name: str, root: Path) -> Corpus:
    """Corpus `name` as it lies in `root`: its clips, and how many files were left out and why.

    Raises `UserError` when nothing usable is there.
    """
    kept: list[Clip] = []
    dropped: Counter[str] = Counter()
    for item in without_duplicates(reader(name).clips(root)):
        if isinstance(item, Drop):
            dropped[item.reason] += 1
        else:
            kept.append(item)
    if not kept:
        title = reader(name).TITLE
        raise UserError(
            f"{root} looks like {title}, but holds no clip that can be used: "
            f"a clip lies at {reader(name).EXAMPLE} in the official release."
        )
    kept.sort(key=lambda clip: clip.path)
    return Corpus(name=name, root=root, clips=tuple(kept), dropped=dict(dropped))


def locate(roots: Iterable[Path]) -> list[tuple[str, Path]]:
    """Which corpus lies where, without reading it: pairs of name and folder, sorted.

    Every root may be a corpus itself or hold corpora, up to three folders deep. Raises
    `UserError` for a root that is not a folder.
    """
    found: dict[Path, str] = {}
    # Those that are known by their folder's name only are asked last.
    known = sorted(names(), key=lambda name: not reader(name).EXAMPLE)
    for root in roots:
        if not root.is_dir():
            raise UserError(f"There is no folder {root} to look for corpora in.")
        for name, folder in _walk(root, known, _DEPTH):
            found.setdefault(folder.resolve(), name)
    return sorted((name, folder) for folder, name in found.items())


def find(roots: Sequence[Path]) -> list[Corpus]:
    """Every corpus in the given folders, read.

    Raises `UserError` when there is none, or one twice: a name belongs to one place.
    """
    found = [read(name, folder) for name, folder in locate(roots)]
    if not found:
        places = ", ".join(map(str, roots)) or "no folder at all"
        raise UserError(
            f"No corpus was found in {places}: unpack one there as it is distributed "
            f"(known are {', '.join(names())})."
        )
    homes: dict[str, Path] = {}
    for corpus in found:
        for name in {clip.corpus for clip in corpus.clips}:
            if (other := homes.setdefault(name, corpus.root)) != corpus.root:
                raise UserError(
                    f"{other} and {corpus.root} hold corpora of the same name, {name}, whose "
                    "speakers cannot be told apart: rename one folder, or leave it out."
                )
    return found


def _walk(folder: Path, known: Sequence[str], depth: int) -> Iterator[tuple[str, Path]]:
    for name in known:
        if reader(name).here(folder):
            yield name, folder
            return
    if depth == 0:
        return
    with os.scandir(folder) as entries:
        inside = sorted(
            entry.path
            for entry in entries
            if entry.is_dir()
            and not entry.name.startswith((".", "__"))
            # Such as lost+found, which is nobody's.
            and os.access(entry, os.R_OK | os.X_OK)
        )
    for path in inside:
        yield from _walk(Path(path), known, depth - 1)
