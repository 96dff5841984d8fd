"""Corpora of emotional speech, one module each; the folder is the list.

A new corpus is one new file here: see `Reader` in `_clip.py` for what it has to offer.
"""

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train.corpora._clip import EMOTIONS, Clip, Corpus, Drop, Reader, counted, plain
from dndmood_train.corpora._copies import readable, without_copies, without_duplicates
from dndmood_train.corpora._files import rows, short, sounds, unsaid
from dndmood_train.corpora._places import locate, places
from dndmood_train.corpora._readers import names, reader
from dndmood_train.corpora._refusals import nothing, passed_over, unknown
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
    "passed_over",
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


def clips(name: str, root: Path) -> Iterator[Clip]:
    """The usable clips of corpus `name` lying in `root`, in the order of their paths."""
    yield from read(name, root).clips


def read(name: str, root: Path) -> Corpus:
    """Corpus `name` as it lies in `root`: its clips, and how many files were left out and why.

    Raises `UserError` when nothing usable is there.
    """
    found = _gathered(name, root, _said(name, root))
    if not found.clips:
        raise nothing(found)
    return found


def find(roots: Sequence[Path]) -> list[Corpus]:
    """Every corpus in the given folders, read.

    One that lies in several folders, as its archives were unpacked, is one corpus. Of a root that
    is a folder of a corpus only what lies in it counts; what nothing is read of, beside others,
    `passed_over` says. Raises `UserError` when there is no corpus, nothing usable in one, or two of
    your own of the same name.
    """
    named: dict[str, list[Corpus]] = {}
    there = places(roots)
    for folder, (name, within) in sorted(there.items(), key=lambda item: (item[1][0], item[0])):
        if not reader(name).EXAMPLE:
            # Known by name only: one folder called so does not stop all others.
            continue
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
        if all(reader(name).EXAMPLE for name, _ in there.values()):
            raise unknown(roots)
        raise UserError(" ".join(passed_over(roots)))
    found = [_together(several) for several in named.values()]
    for corpus in found:
        if not corpus.clips:
            raise nothing(corpus)
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


def _check_names(found: Sequence[Corpus]) -> None:
    homes: dict[str, Path] = {}
    for corpus in found:
        for name in {clip.corpus for clip in corpus.clips}:
            if (other := homes.setdefault(name, corpus.root)) != corpus.root:
                raise UserError(
                    f"{other} and {corpus.root} hold corpora of the same name, {name}, whose "
                    "speakers cannot be told apart: rename one folder, or leave it out."
                )
