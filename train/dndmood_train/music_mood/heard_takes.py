"""Takes as one table: features, what listeners said, who learns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from dndmood_train.music_mood.hearing import Features, Take

Truth: TypeAlias = NDArray[np.bool_]

_FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class HeardTakes:
    """One row for each stretch of a take."""

    names: tuple[str, ...]
    """Of the features."""
    table: NDArray[np.float64]
    """Shape (n, features)."""
    takes: tuple[Take, ...]
    """Of each row, so that the same take may come twice."""

    @classmethod
    def of(
        cls, takes: Sequence[Take], features: Mapping[tuple[str, str], Sequence[Features]]
    ) -> Self:
        """The table of `takes`, of which `hearing.described` gave the features."""
        rows = [(take, one) for take in takes for one in features[take.family, take.piece.name]]
        names = tuple(rows[0][1])
        table = np.array([[one[name] for name in names] for _, one in rows])
        return cls(names, table, tuple(take for take, _ in rows))

    def truth(self, axis: str) -> Truth:
        """Whether listeners called each row high on `axis`."""
        return np.array(
            [getattr(take.piece, f"high_{axis}") for take in self.takes], dtype=bool
        )

    def judges(self) -> Truth:
        """Which rows must never teach."""
        return np.array([take.piece.side == "judge" for take in self.takes], dtype=bool)

    def families(self, names: Collection[str]) -> Truth:
        """Which rows are played by one of these families."""
        return np.array([take.family in names for take in self.takes], dtype=bool)

    def pieces(self) -> list[str]:
        """Which piece each row is of, whoever plays it."""
        return [take.piece.name for take in self.takes]

    def folds(self) -> NDArray[np.int64]:
        """The part of the cross-validation each row belongs to, by its song."""
        return np.array([crc32(f"fold/{t.piece.song}".encode()) % _FOLDS for t in self.takes])

    def some(self, rows: Truth) -> Self:
        """Only these rows."""
        kept = tuple(take for take, row in zip(self.takes, rows, strict=True) if row)
        return type(self)(self.names, self.table[rows], kept)
