"""Finds the phrases of a list in spoken words, the longest first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from dndmood.words.spoken import Words, phrase

T = TypeVar("T")


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
