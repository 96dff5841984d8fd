"""Corpora of emotional speech, one module each; the folder is the list.

A new corpus is one new file here: see `Reader` in `_clip.py` for what it has to offer.
"""

import csv
import importlib
import os
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from dndmood.errors import UserError
from dndmood_train.corpora._clip import EMOTIONS, Clip, Corpus, Drop, Reader, counted, plain
from dndmood_train.corpora._copies import readable, without_copies, without_duplicates
from dndmood_train.corpora._files import is_folder, packed, rows, short, sounds, unsaid
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
    "counted",
    "find",
    "fold",
    "hashed",
    "locate",
    "names",
    "plain",
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
_ABOVE = 2
"""How far above it: somebody may give the folder with the sounds."""


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
    found = _gathered(name, root, _said(name, root))
    if not found.clips:
        raise _nothing(found)
    return found


def locate(roots: Iterable[Path]) -> list[tuple[str, Path]]:
    """Which corpus lies where, without reading it: pairs of name and folder, sorted.

    Every root may be a corpus itself, hold corpora, up to three folders deep, or be a folder of
    a corpus, at most two deep. Raises `UserError` for a root that is not a folder.
    """
    return sorted((name, folder) for folder, (name, _) in _places(roots).items())


def find(roots: Sequence[Path]) -> list[Corpus]:
    """Every corpus in the given folders, read.

    One that lies in several folders, as its archives were unpacked, is one corpus. Of a root that
    is a folder of a corpus only what lies in it counts. Raises `UserError` when there is no corpus,
    nothing usable in one, or two of your own of the same name.
    """
    places = _places(roots)
    named: dict[str, list[Corpus]] = {}
    for folder, (name, within) in sorted(
        places.items(), key=lambda item: (item[1][0], item[0])
    ):
        items = _said(name, folder)
        # Clips that a table names may lie anywhere.
        chosen = items if folder in within else _inside(items, within)
        one = _gathered(name, folder, chosen)
        if not one.clips and folder not in within:
            # A folder that only lies beside a corpus.
            continue
        # Tables of one's own are corpora of their own, called by their folder.
        named.setdefault(name if reader(name).LINK else str(folder), []).append(one)
    if not named:
        raise _unknown(roots)
    found = [_together(several) for several in named.values()]
    for corpus in found:
        if not corpus.clips:
            raise _nothing(corpus)
    _check_names(found)
    return found


def _inside(items: Iterable[Clip | Drop], folders: Sequence[Path]) -> Iterator[Clip | Drop]:
    for one in items:
        if any(one.path.is_relative_to(folder) for folder in folders):
            yield one


def _said(name: str, root: Path) -> Iterator[Clip | Drop]:
    """What the reader says, and a drop for every sound of which it says nothing.

    A table that is not as it was released is said in a sentence.
    """
    title = reader(name).TITLE
    said: set[Path] = set()
    try:
        for item in reader(name).clips(root):
            said.add(item.path)
            yield item
    except KeyError as error:
        raise UserError(
            f"A table of {title} in {root} lacks the column {error}: it is not as it was released."
        ) from error
    except (ValueError, csv.Error) as error:
        raise UserError(
            f"A table of {title} in {root} is not as it was released: {error}."
        ) from error
    yield from unsaid(root, said, tables=bool(reader(name).BESIDE))


def _gathered(
    name: str,
    root: Path,
    items: Iterable[Clip | Drop],
    place: Callable[[Clip], Path] = lambda clip: clip.path,
) -> Corpus:
    kept: list[Clip] = []
    dropped: Counter[str] = Counter()
    once = without_duplicates(readable(items))
    # A table of one's own names every clip that is meant.
    for item in without_copies(once, place) if reader(name).LINK else once:
        if isinstance(item, Drop):
            dropped[item.reason] += 1
        else:
            kept.append(item)
    kept.sort(key=lambda clip: clip.path)
    return Corpus(name=name, root=root, clips=tuple(kept), dropped=dict(dropped))


def _together(several: Sequence[Corpus]) -> Corpus:
    """One corpus of what lies in several folders; its root is the folder that holds all of them."""
    if len(several) == 1:
        return several[0]
    root = Path(os.path.commonpath([one.root for one in several]))
    homes = {clip.path: one.root for one in several for clip in one.clips}

    def place(clip: Clip) -> Path:
        home = homes[clip.path]
        return clip.path.relative_to(home) if clip.path.is_relative_to(home) else clip.path

    clips = [clip for one in several for clip in one.clips]
    # What lies at the same place in two archives is one clip, in whatever formats.
    whole = _gathered(several[0].name, root, clips, place)
    dropped = Counter(whole.dropped)
    for one in several:
        dropped.update(one.dropped)
    return replace(whole, dropped=dict(dropped))


def _places(roots: Iterable[Path]) -> dict[Path, tuple[str, list[Path]]]:
    """Folder of each corpus to its name and to the folders in it that count."""
    found: dict[Path, tuple[str, list[Path]]] = {}
    # Those that are known by their folder's name only are asked last.
    known = sorted(names(), key=lambda name: not reader(name).EXAMPLE)
    for root in roots:
        if not root.is_dir():
            raise UserError(f"There is no folder {root} to look for corpora in.")
        below = [(name, folder.resolve()) for name, folder in _walk(root, known, _DEPTH)]
        for name, folder in below or _around(root.resolve(), known):
            within = root.resolve() if root.resolve().is_relative_to(folder) else folder
            found.setdefault(folder, (name, []))[1].append(within)
    return found


def _around(root: Path, known: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """The corpus that `root` is a folder of, such as `AudioWAV` of CREMA-D."""
    published = [name for name in known if reader(name).EXAMPLE and reader(name).LINK]
    for folder in root.parents[:_ABOVE]:
        for name in published:
            if reader(name).here(folder):
                yield name, folder
                return


def _nothing(corpus: Corpus) -> UserError:
    reads = reader(corpus.name)
    why = counted(corpus.dropped)
    return UserError(
        f"{corpus.root} looks like {reads.TITLE}, but holds no clip that can be used"
        + (f" ({why})" if why else "")
        + f": a clip lies at {reads.EXAMPLE} in the official release{_unpack([corpus.root])}."
    )


def _unknown(roots: Sequence[Path]) -> UserError:
    places = ", ".join(map(str, roots)) or "no folder at all"
    return UserError(
        f"No corpus was found in {places}: unpack one there as it is distributed "
        f"(known are {', '.join(names())}){_without_tables(roots)}{_unpack(roots)}."
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


def _check_names(found: Sequence[Corpus]) -> None:
    homes: dict[str, Path] = {}
    for corpus in found:
        for name in {clip.corpus for clip in corpus.clips}:
            if (other := homes.setdefault(name, corpus.root)) != corpus.root:
                raise UserError(
                    f"{other} and {corpus.root} hold corpora of the same name, {name}, whose "
                    "speakers cannot be told apart: rename one folder, or leave it out."
                )


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
            if is_folder(entry)
            and not entry.name.startswith((".", "__"))
            # Such as lost+found, which is nobody's.
            and os.access(entry, os.R_OK | os.X_OK)
        )
    for path in inside:
        yield from _walk(Path(path), known, depth - 1)
