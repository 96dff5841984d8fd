"""What plain words say about the mood: a learned weight for each of a few hundred of them."""

import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from dndmood import toml_text
from dndmood.words.spoken import Word

_FOLDER = Path(__file__).with_name("feelings")
_FORGOTTEN = 1e-3
FEW = 40.0
"""So many words more are taken to have been said, which say nothing: of a few words heard, none has a
large share."""
PERCENT = 100.0
_SURE = 30.0
"""Log-odds beyond which nothing changes."""

Weights = tuple[float, float, float]
"""Of valence, arousal and fight, in log-odds per square root of a word's share of the talk, in per cent."""


class FeelingTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weights of one language, as `tests/benchmarks/words/learn_feeling.py` learns them."""

    half_life_s: Annotated[float, Meta(gt=0.0)]
    """After so long a word counts half."""
    bias: Weights
    """What no words at all say."""
    words: Mapping[str, Weights]


def read(language: str) -> FeelingTable | None:
    """The table of `language`; None where nothing was learned for it."""
    return _read(language)


@cache
def _read(language: str) -> FeelingTable | None:
    path = _FOLDER / f"{language}.toml"
    if not path.is_file():
        return None
    return msgspec.convert(toml_text.read(path, "The table of words"), FeelingTable)


class Feeling:
    """How the talk of the last minute feels, by its words; keeps counts of known words only.

    A word counts by the square root of its share of all words, so that one said ten times in a minute
    says about three times as much as one said once, and talk of which half is not understood says
    about the same as the whole.
    """

    def __init__(self, table: FeelingTable) -> None:
        self._table = table
        self._counts: dict[str, float] = {}
        self._every = 0.0  # words, known or not
        self._at_s = 0.0

    def push(self, words: Iterable[Word]) -> None:
        """Take in words in the order in which they were said."""
        for word in words:
            if word.ends:
                continue
            self._fade(word.at_s)
            self._every += 1.0
            if word.text in self._table.words:
                self._counts[word.text] = self._counts.get(word.text, 0.0) + 1.0

    def at(self, at_s: float) -> Weights:
        """Log-odds of pleasant, of excited and of a fight at `at_s`."""
        self._fade(at_s)
        sums = list(self._table.bias)
        for word, count in self._counts.items():
            root = math.sqrt(PERCENT * count / (self._every + FEW))
            for axis, weight in enumerate(self._table.words[word]):
                sums[axis] += root * weight
        valence, arousal, fight = (max(-_SURE, min(_SURE, one)) for one in sums)
        return valence, arousal, fight

    def _fade(self, at_s: float) -> None:
        kept = 0.5 ** (max(at_s - self._at_s, 0.0) / self._table.half_life_s)
        self._at_s = max(self._at_s, at_s)
        if kept < 1.0:
            self._every *= kept
            self._counts = {
                word: count * kept for word, count in self._counts.items() if count > _FORGOTTEN
            }


def share(log_odds: float) -> float:
    """The probability that `log_odds` stand for, 0 to 1.

    >>> share(0.0)
    0.5
    """
    return 1.0 / (1.0 + math.exp(-log_odds))
