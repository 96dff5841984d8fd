"""The zeros that a student hears while it learns: the training's own, a corpus', a speaker's.

At a table the features' own mean and deviation come from whoever sits there, after a minute or
after an hour. So while learning every window's features are moved as such a table would move
them: by nothing, or by mean and deviation of the last windows of the same corpus or the same
speaker, drawn towards the training's zero as little evidence would draw them, and disturbed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_BELIEF = 8.0
"""So many windows weigh as much as the training's zero."""
_MEAN_APART = 0.15
"""Deviation of what a short evening's mean is off by, in deviations of the feature."""
_DEVIATION_APART = 0.1
"""The same of the logarithm of its deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroOdds:
    """How often a window is heard on which zero; the rest is heard on the training's."""

    corpus: float = 0.0
    speaker: float = 0.0
    memory: float = 0.98
    """What is kept of a speaker's statistics with every further window, of a corpus' the square
    root of the square root."""


class Zeros:
    """Running statistics of features by corpus and by speaker."""

    def __init__(self, corpora: int, speakers: int, width: int, odds: ZeroOdds) -> None:
        """Nothing is known of any of them yet."""
        self._odds = odds
        self._corpora = _Statistics(corpora, width, odds.memory**0.25)
        self._speakers = _Statistics(speakers, width, odds.memory)

    def drawn(
        self, corpus: NDArray[np.int64], speaker: NDArray[np.int64], chance: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """A mean and a deviation for each window, both `(batch, width)`."""
        odds, luck = self._odds, chance.random(len(corpus))
        by_corpus = (luck < odds.corpus) & (corpus >= 0)
        by_speaker = (
            (luck >= odds.corpus) & (luck < odds.corpus + odds.speaker) & (speaker >= 0)
        )
        width = self._corpora.width
        mean, deviation = torch.zeros(len(corpus), width), torch.ones(len(corpus), width)
        for chosen, groups, known in (
            (by_corpus, corpus, self._corpora),
            (by_speaker, speaker, self._speakers),
        ):
            rows = np.flatnonzero(chosen)
            if len(rows):
                mean[rows], deviation[rows] = known.of(groups[rows])
        apart = torch.from_numpy(
            chance.standard_normal((2, len(corpus), width)).astype(np.float32)
        )
        moved = torch.from_numpy(by_corpus | by_speaker)[:, None]
        mean = mean + moved * _MEAN_APART * apart[0]
        deviation = deviation * torch.exp(moved * _DEVIATION_APART * apart[1])
        return mean, deviation

    def learn(
        self, features: Tensor, corpus: NDArray[np.int64], speaker: NDArray[np.int64]
    ) -> None:
        """Take in the features of a batch; groups below 0 are nobody's."""
        given = features.detach().float().cpu()
        self._corpora.learn(given, corpus)
        self._speakers.learn(given, speaker)

    def state_dict(self) -> dict[str, Any]:
        """All that is known."""
        return {"corpora": self._corpora.sums, "speakers": self._speakers.sums}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Know what another one knew."""
        self._corpora.sums, self._speakers.sums = saved["corpora"], saved["speakers"]


class _Statistics:
    """Weight, sum and sum of squares of features, by group, forgotten slowly."""

    def __init__(self, groups: int, width: int, memory: float) -> None:
        self.width = width
        self.sums = torch.zeros(groups, 1 + 2 * width)
        self._memory = memory

    def of(self, groups: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Mean and deviation of each of `groups`, with the belief that they are 0 and 1."""
        sums = self.sums[torch.from_numpy(groups)]
        weight = sums[:, :1] + _BELIEF
        mean = sums[:, 1 : 1 + self.width] / weight
        square = (sums[:, 1 + self.width :] + _BELIEF) / weight
        return mean, (square - mean.square()).clamp_min(0.05).sqrt()

    def learn(self, features: Tensor, groups: NDArray[np.int64]) -> None:
        rows = np.flatnonzero(groups >= 0)
        if not len(rows):
            return
        index = torch.from_numpy(groups[rows])
        given = features[torch.from_numpy(rows)]
        whole = torch.cat([torch.ones(len(rows), 1), given, given.square()], dim=1)
        added = torch.zeros_like(self.sums).index_add_(0, index, whole)
        kept = self._memory ** added[:, :1]
        self.sums = self.sums * kept + added
