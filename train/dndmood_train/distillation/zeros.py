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

    def __init__(
        self, corpora: int, speakers: int, width: int, odds: ZeroOdds, device: str = "cpu"
    ) -> None:
        """Nothing is known of any of them yet."""
        self._odds = odds
        self._corpora = _Statistics(corpora, width, odds.memory**0.25, device)
        self._speakers = _Statistics(speakers, width, odds.memory, device)

    def drawn(
        self, corpus: Tensor, speaker: Tensor, chance: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """A mean and a deviation for each window, both `(batch, width)`."""
        odds, width, device = self._odds, self._corpora.width, corpus.device
        drawn = chance.standard_normal((2, len(corpus), width)).astype(np.float32)
        luck = torch.from_numpy(chance.random(len(corpus))).to(device)
        apart = torch.from_numpy(drawn).to(device)
        by_corpus = ((luck < odds.corpus) & (corpus >= 0))[:, None]
        by_speaker = (luck >= odds.corpus) & (luck < odds.corpus + odds.speaker)
        by_speaker = (by_speaker & (speaker >= 0))[:, None]
        mean, deviation = torch.zeros_like(apart[0]), torch.ones_like(apart[0])
        for chosen, groups, known in (
            (by_corpus, corpus, self._corpora),
            (by_speaker, speaker, self._speakers),
        ):
            if len(known.sums):
                own_mean, own_deviation = known.of(groups)
                mean = torch.where(chosen, own_mean, mean)
                deviation = torch.where(chosen, own_deviation, deviation)
        moved = by_corpus | by_speaker
        mean = mean + moved * _MEAN_APART * apart[0]
        deviation = deviation * torch.exp(moved * _DEVIATION_APART * apart[1])
        return mean, deviation

    def moved(
        self, features: Tensor, corpus: Tensor, speaker: Tensor, chance: np.random.Generator
    ) -> Tensor:
        """The features of a batch, `(batch, width)`, on zeros drawn from what came before it.

        The batch itself is learned from afterwards.
        """
        mean, deviation = self.drawn(corpus, speaker, chance)
        self.learn(features, corpus, speaker)
        return (features - mean) / deviation

    def learn(self, features: Tensor, corpus: Tensor, speaker: Tensor) -> None:
        """Take in the features of a batch; groups below 0 are nobody's."""
        given = features.detach().float()
        self._corpora.learn(given, corpus)
        self._speakers.learn(given, speaker)

    def state_dict(self) -> dict[str, Any]:
        """All that is known."""
        return {"corpora": self._corpora.sums, "speakers": self._speakers.sums}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Know what another one knew."""
        self._corpora.sums = saved["corpora"].to(self._corpora.sums.device)
        self._speakers.sums = saved["speakers"].to(self._speakers.sums.device)


class _Statistics:
    """Weight, sum and sum of squares of features, by group, forgotten slowly."""

    def __init__(self, groups: int, width: int, memory: float, device: str) -> None:
        self.width = width
        self.sums = torch.zeros(groups, 1 + 2 * width, device=device)
        self._memory = memory

    def of(self, groups: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and deviation of each of `groups`, with the belief that they are 0 and 1.

        What is given for a group below 0 means nothing.
        """
        sums = self.sums[groups.clamp_min(0)]
        weight = sums[:, :1] + _BELIEF
        mean = sums[:, 1 : 1 + self.width] / weight
        square = (sums[:, 1 + self.width :] + _BELIEF) / weight
        return mean, (square - mean.square()).clamp_min(0.05).sqrt()

    def learn(self, features: Tensor, groups: Tensor) -> None:
        if not len(self.sums):
            return
        known = (groups >= 0)[:, None]
        whole = torch.cat(
            [torch.ones_like(features[:, :1]), features, features.square()], dim=1
        )
        whole = torch.where(known, whole, torch.zeros_like(whole))
        added = torch.zeros_like(self.sums).index_add_(0, groups.clamp_min(0), whole)
        self.sums = self.sums * self._memory ** added[:, :1] + added
