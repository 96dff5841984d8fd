"""Spoken words as plain tokens with their times, whatever wrote them down."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dndmood.printable import printable

Words: TypeAlias = tuple[str, ...]
"""Lower-case words of a phrase, without marks: "don't" is `("don", "t")`."""

STOP = "."
"""Stands where a sentence ends, or nobody spoke for a while."""
ASKED = "?"
"""Stands where a question ends."""

_WORD = re.compile(r"[^\W_]+|[.!?;:…]+")
_LONGEST_S = 4.0
"""A caption stays on the screen while the next one is already spoken."""


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word, or the end of a sentence."""

    text: str
    """In lower case; `STOP` or `ASKED` for an end."""
    at_s: float
    """Audio time at which it was said."""

    @property
    def ends(self) -> bool:
        """Whether a sentence ends here."""
        return self.text in (STOP, ASKED)


def split(text: str) -> Words:
    """The words of `text` and the ends of its sentences.

    >>> split("You're in the Forest! D'accord?")
    ('you', 're', 'in', 'the', 'forest', '.', 'd', 'accord', '?')
    """
    return tuple(
        one if one[0].isalnum() else ASKED if "?" in one else STOP
        for one in _WORD.findall(text.lower().replace("ß", "ss"))
    )


def sentence_end(words: Sequence[str]) -> int:
    """How many of `words` are said before the sentence ends, all where it goes on.

    >>> sentence_end(("in", "the", "forest", ".", "you"))
    3
    """
    return next((n for n, one in enumerate(words) if one in (STOP, ASKED)), len(words))


def phrase(text: str) -> Words:
    """The words of a phrase from a list, without marks.

    >>> phrase("Don't stop!")
    ('don', 't', 'stop')
    """
    return tuple(one for one in split(text) if one not in (STOP, ASKED))


def listed(text: str) -> str:
    """A phrase from a list as people read it: as it was written, in one line.

    >>> listed(" Witch's  Hut")
    "Witch's Hut"
    """
    return printable(" ".join(text.split()))


def spoken(
    text: str, start_s: float, end_s: float, *, longest_s: float = _LONGEST_S
) -> list[Word]:
    """`text` word by word, as if said evenly from `start_s` on, in `longest_s` at most."""
    words = split(text)
    step_s = min(max(end_s - start_s, 0.0), longest_s) / max(len(words), 1)
    return [Word(one, start_s + number * step_s) for number, one in enumerate(words)]
