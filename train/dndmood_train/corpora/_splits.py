"""Who learns and who is tested: voices, never clips, so that no voice is on both sides."""

import zlib
from collections.abc import Collection
from typing import Literal

Split = Literal["train", "develop"]

PUBLISHED: dict[str, frozenset[str]] = {
    # The validation speakers of the 63 / 9 / 19 split used by eval-audio-repr and others.
    "cremad": frozenset(
        {"1009", "1011", "1022", "1034", "1039", "1047", "1066", "1070", "1082"}
    ),
    # The first test fold of EmoBox, arXiv 2406.07162.
    "ravdess": frozenset({"01", "11", "20", "21"}),
    # The second school, as in the Interspeech 2009 challenge; more numbers than children.
    "fau_aibo": frozenset({f"Mont_{child:02d}" for child in range(40)}),
}
"""Development voices that others use too, by corpus; figures on them can be compared."""

BY_PART = frozenset({"msp_podcast"})
"""Corpora whose own split is by speaker, and in their speakers' names; see `in_part`."""

CHOSEN: dict[str, frozenset[str]] = {
    "nemo": frozenset({"WR0", "KD0"}),
    "baved": frozenset({"49", "51", "52"}),
}
"""Small corpora, where a hash would leave out too much or nothing."""


def in_part(name: str, part: str) -> str:
    """A speaker's name with the part of the corpus' own split, where that is by speaker.

    >>> in_part("127", "Test1"), in_part("127", "")
    ('127@Test1', '127')
    """
    return f"{name}@{part}" if part else name


def split_of(speaker: str, *, share: float = 0.15) -> Split:
    """Where `speaker` (`corpus:name`) belongs; stays the same when corpora are added.

    Corpora without a published split leave out about `share` of their voices by hash. Where a
    name says its part (`in_part`), only `Train` teaches, so that protocols can ask the others.

    >>> split_of("cremad:1009"), split_of("cremad:1002")
    ('develop', 'train')
    >>> split_of("msp_podcast:127@Test1")
    'develop'
    """
    corpus, _, name = speaker.partition(":")
    _, known, part = name.rpartition("@")
    if known and corpus in BY_PART:
        return "train" if part.casefold() == "train" else "develop"
    named = PUBLISHED.get(corpus) or CHOSEN.get(corpus)
    held = name in named if named else hashed(speaker) < share
    return "develop" if held else "train"


def hashed(text: str) -> float:
    """A number in [0, 1) that is the same on every machine and day.

    >>> hashed("ased:02") == hashed("ased:02")
    True
    """
    return zlib.crc32(text.encode()) % 1000 / 1000


def fold(speaker: str, *, folds: int) -> int:
    """Which of `folds` equal parts of the training voices `speaker` belongs to.

    >>> fold("cremad:1002", folds=5) in range(5)
    True
    """
    return zlib.crc32(f"fold {speaker}".encode()) % folds


def check(train: Collection[str], develop: Collection[str]) -> None:
    """Raise `ValueError` when a voice is on both sides."""
    if both := set(train) & set(develop):
        raise ValueError(f"voices on both sides: {', '.join(sorted(both))}")
