"""What the outputs of somebody else's network mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dndmood.errors import UserError
from dndmood_train.corpora import EMOTIONS
from dndmood_train.corpora.manifest import emotion_named
from dndmood_train.teachers._teacher import Numbers, Opinions

DIMENSIONS = ("arousal", "valence", "dominance")

OUTSIDE = frozenset(
    {
        "contempt",
        "boredom",
        "bored",
        "frustration",
        "frustrated",
        "other",
        "unknown",
        "sarcastic",
    }
)
"""Words that are understood and have no place among our emotions: their share is dropped."""

_WORDS = {"exc": "happy", "excited": "happy", "excitement": "happy", "activation": "arousal"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of each column of a network's output."""

    columns: tuple[str | None, ...]
    """An emotion or a dimension; None for what has no place here."""
    dimensional: bool

    @property
    def emotions(self) -> tuple[str, ...]:
        """The emotions among the columns, in the order of `EMOTIONS`."""
        return tuple(name for name in EMOTIONS if name in self.columns)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions among the columns."""
        return tuple(name for name in DIMENSIONS if name in self.columns)

    def opinions(self, output: Numbers, *, scale: tuple[float, float] = (0.0, 1.0)) -> Opinions:
        """Opinions from outputs of shape `(batch, columns)`.

        Categories come as shares that sum to 1, dimensions as numbers on `scale`.
        """
        found = Opinions.none(len(output))
        if self.dimensional:
            low, high = scale
            values = np.clip((output - low) / (high - low), 0.0, 1.0)
            for column, name in enumerate(self.columns):
                if name:
                    getattr(found, name)[:] = values[:, column]
            return found
        found.shares[:] = 0.0
        for column, name in enumerate(self.columns):
            if name:
                found.shares[:, EMOTIONS.index(name)] += output[:, column]
        total = found.shares.sum(axis=1, keepdims=True)
        found.shares[:] = np.where(total > 0, found.shares / np.maximum(total, 1e-30), np.nan)
        return found


def meaning(labels: Sequence[str], *, source: str) -> Meaning:
    """What columns called `labels` mean; raises `UserError` for a word nobody knows."""
    words = [re.sub(r"[\s\-]+", "_", label.strip().lower()) for label in labels]
    words = [_WORDS.get(word, word) for word in words]
    if words and all(word in DIMENSIONS for word in words):
        return Meaning(tuple(words), dimensional=True)
    columns = [None if word in OUTSIDE else emotion_named(word) for word in words]
    strange = [
        label
        for label, word, column in zip(labels, words, columns, strict=True)
        if column is None and word not in OUTSIDE
    ]
    if strange or len({column for column in columns if column}) < 2:  # noqa: PLR2004 - a choice
        given = ", ".join(strange or labels) or "nothing"
        raise UserError(
            f"The teacher {source} calls its outputs {given}, which is no emotion known here: "
            f"write names such as {', '.join(EMOTIONS)} into id2label in its config.json."
        )
    return Meaning(tuple(columns), dimensional=False)
