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

CHOSEN: dict[str, frozenset[str]] = {
    "nemo": frozenset({"WR0", "KD0"}),
    "baved": frozenset({"49", "51", "52"}),
}
"""Small corpora, where a hash would leave out too much or nothing."""


def split_of(speaker: str, *, share: float = 0.15) -> Split:
    """Where `speaker` (`corpus:name`) belongs; stays the same when corpora are added.

    Corpora without a published split leave out about `share` of their voices by hash.

    >>> split_of("cremad:1009"), split_of("cremad:1002")
    ('develop', 'train')
    """
    corpus, _, name = speaker.partition(":")
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
