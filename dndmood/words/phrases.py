"""Finds the phrases of a list in spoken words, the longest first.

A recogniser mishears: it takes "a" for "the", and writes "roll initiate" for "roll initiative". In
a phrase of several words one long word may differ by a few letters, as nothing else sounds so.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from dndmood.words.spoken import Words, listed, phrase

T = TypeVar("T")

_LONG = 8
"""Letters from which on a word of a phrase may be misheard; shorter ones are other words."""
_STEM = 5
"""So many letters at its beginning must be right."""
_MOST_EDITS = 2
_TELLING = 4
"""Letters that another word of the phrase must have: "in initiation" is no "in initiative"."""
_ARTICLE = "*"


class PhraseBook(Generic[T]):
    """Phrases, and what each of them stands for.

    >>> book = PhraseBook({"in front of": "near", "in": "within"})
    >>> book.at(("in", "front", "of", "it"), 0)
    (3, 'near')
    >>> book.before(("deep", "in"), 2)
    (1, 'within')
    """

    def __init__(self, phrases: Mapping[str, T]) -> None:
        self._meaning = {
            words: means for text, means in phrases.items() if (words := phrase(text))
        }
        self._longest = max(map(len, self._meaning), default=0)

    @classmethod
    def of(cls, phrases: Iterable[str], means: T) -> "PhraseBook[T]":
        """All `phrases` with one meaning."""
        return cls(dict.fromkeys(phrases, means))

    def at(self, words: Sequence[str], start: int) -> tuple[int, T] | None:
        """How many words the longest phrase has that begins at `start`, and what it stands for."""
        for size in range(min(self._longest, len(words) - start), 0, -1):
            key: Words = tuple(words[start : start + size])
            if key in self._meaning:
                return size, self._meaning[key]
        return None

    def before(self, words: Sequence[str], end: int) -> tuple[int, T] | None:
        """The same for the longest phrase that ends before `end`."""
        for size in range(min(self._longest, end), 0, -1):
            key: Words = tuple(words[end - size : end])
            if key in self._meaning:
                return size, self._meaning[key]
        return None

    def within(self, words: Sequence[str]) -> bool:
        """Whether any phrase stands anywhere in `words`."""
        return any(self.at(words, start) for start in range(len(words)))

    @property
    def longest(self) -> int:
        """How many words the longest phrase has."""
        return self._longest


class HeardBook(PhraseBook[tuple[T, str]]):
    """Phrases that are found misheard as well; what is found is the meaning and the phrase listed.

    >>> listed = {"roll initiative": "fight", "around a campfire": "camp"}
    >>> book = HeardBook(listed, alike=("a", "the"))
    >>> book.at(("rolled", "roll", "initiate"), 1)
    (2, ('fight', 'roll initiative'))
    >>> book.at(("around", "the", "campfire"), 0)
    (3, ('camp', 'around a campfire'))
    """

    def __init__(
        self, phrases: Mapping[str, T], *, alike: Iterable[str] = (), exact: Container[T] = ()
    ) -> None:
        self._alike = frozenset(alike)  # words that are heard one for the other
        super().__init__({text: (means, listed(text)) for text, means in phrases.items()})
        self._misheard: dict[Words, list[tuple[Words, tuple[T, str]]]] = {}
        for words, means in self._meaning.items():
            if len(words) > 1 and means[0] not in exact:
                self._misheard.setdefault(self._rough(words), []).append((words, means))

    def at(self, words: Sequence[str], start: int) -> tuple[int, tuple[T, str]] | None:
        """How many words the longest phrase has that begins at `start`, and what it is."""
        for size in range(min(self._longest, len(words) - start), 0, -1):
            key: Words = tuple(words[start : start + size])
            if key in self._meaning:
                return size, self._meaning[key]
            for known, means in self._misheard.get(self._rough(key), ()):
                if self._misheard_as(known, key):
                    return size, means
        return None

    def _rough(self, words: Words) -> Words:
        """What of `words` must be right."""
        return tuple(
            _ARTICLE if one in self._alike else one if len(one) < _LONG else one[:_STEM]
            for one in words
        )

    def _misheard_as(self, listed: Words, heard: Words) -> bool:
        """Whether `heard`, which is roughly `listed`, is no other phrase."""
        pairs = [pair for pair in zip(listed, heard, strict=True) if pair[0] not in self._alike]
        other = [pair for pair in pairs if pair[0] != pair[1]]
        if not other:
            return True
        telling = any(a == b and len(a) >= _TELLING for a, b in pairs)
        return telling and len(other) == 1 and edits(*other[0]) <= _MOST_EDITS


def edits(a: str, b: str) -> int:
    """How many letters must be put in, left out or changed to make `b` of `a`.

    Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals" (1966).

    >>> edits("initiative", "initiate"), edits("fight", "fight")
    (2, 0)
    """
    row = list(range(len(b) + 1))
    for number, one in enumerate(a, 1):
        above, row[0] = row[0], number
        for at, other in enumerate(b, 1):
            above, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, above + (one != other))
    return row[-1]
