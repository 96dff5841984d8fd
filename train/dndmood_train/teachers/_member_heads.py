"""What a committee learnt of each of its members, and the one file that keeps it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood_train.files import write_arrays
from dndmood_train.teachers._cross_fitting import CorpusHeads, Directions, Heads, Numbers

_VERSION = 2
"""Of the file; another one is fitted again."""


@dataclass(frozen=True, slots=True, eq=False)
class MemberHeads:
    """Everything that was fitted on one member's features."""

    by_corpus: Mapping[str, CorpusHeads]
    strangers: Heads
    """For voices of any other corpus, on the corpus' own zero (`fit_strangers`)."""
    zeros: Mapping[str, tuple[Numbers, Numbers]]
    """Mean and deviation of the features of every corpus that was there, labelled or not."""
    ordinary: tuple[Numbers, Numbers]
    """Of a corpus nobody has heard: the mean of all corpora's."""


def write(path: Path, by_member: Mapping[str, MemberHeads], directions: Directions) -> None:
    """Keep what was fitted in one file; `directions` read all members' features in a row."""
    arrays: dict[str, Any] = {
        "version": np.array(_VERSION),
        "members": np.array(list(by_member)),
        **_flat("directions", directions),
    }
    for member, fitted in by_member.items():
        arrays |= _flat(f"{member}:strangers", fitted.strangers)
        zeros = {**fitted.zeros, "": fitted.ordinary}
        arrays[f"{member}:zeros"] = np.array(list(zeros))
        arrays[f"{member}:zeros/at"] = np.stack([np.stack(zero) for zero in zeros.values()])
        arrays[f"{member}:corpora"] = np.array(list(fitted.by_corpus))
        for corpus, corpus_heads in fitted.by_corpus.items():
            for number, heads in enumerate((corpus_heads.whole, *corpus_heads.folds)):
                arrays |= _flat(f"{member}:{corpus}:{number}", heads)
    write_arrays(path, arrays)


def read(path: Path) -> tuple[dict[str, MemberHeads], Directions]:
    """What `write` kept, by member; `UserError` when it is damaged or of another version."""
    try:
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: content[name] for name in content.files}
        _check_version(int(arrays["version"]))
        directions = Directions(*_fields(arrays, "directions", Directions))
        found = {str(member): _member(arrays, str(member)) for member in arrays["members"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} is damaged or was fitted by another version: remove it and fit the heads "
            "again with python -m dndmood_train committee."
        ) from error
    return found, directions


def _check_version(version: int) -> None:
    if version != _VERSION:
        raise ValueError(f"version {version}")


def _member(arrays: Mapping[str, Any], member: str) -> MemberHeads:
    zeros = {
        str(corpus): (mean, deviation)
        for corpus, (mean, deviation) in zip(
            arrays[f"{member}:zeros"], arrays[f"{member}:zeros/at"], strict=True
        )
    }
    ordinary = zeros.pop("")
    by_corpus = {}
    for corpus in map(str, arrays[f"{member}:corpora"]):
        first, *rest = _numbered(arrays, f"{member}:{corpus}")
        by_corpus[corpus] = CorpusHeads(first, tuple(rest))
    strangers = Heads(*_fields(arrays, f"{member}:strangers", Heads))
    return MemberHeads(by_corpus, strangers, zeros, ordinary)


def _numbered(arrays: Mapping[str, Any], name: str) -> Iterator[Heads]:
    number = 0
    while f"{name}:{number}/weights" in arrays:
        yield Heads(*_fields(arrays, f"{name}:{number}", Heads))
        number += 1


def _flat(name: str, thing: Any) -> dict[str, Any]:
    return {f"{name}/{field.name}": getattr(thing, field.name) for field in fields(thing)}


def _fields(arrays: Mapping[str, Any], name: str, kind: Any) -> Sequence[Any]:
    return [arrays[f"{name}/{field.name}"] for field in fields(kind)]
