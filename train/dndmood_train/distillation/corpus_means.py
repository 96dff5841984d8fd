"""Where the speech of each corpus lies in a network's statistics, and windows that lie elsewhere.

Rooms, microphones, languages and ways of acting move all speech of a corpus alike, and a
stranger's table lies somewhere else again. Whoever meets the same window here and there learns
what does not depend on that (train/LOG.md, "Windows moved towards other corpora").
"""

import numpy as np
import torch
from torch import Tensor

_FEWEST = 12
"""Windows that say where a corpus' speech lies."""


class CorpusMeans:
    """The mean of each corpus' statistics."""

    def __init__(self, pooled: Tensor, corpus: Tensor) -> None:
        """Of windows `(n, width)` and the number of each one's corpus `(n,)`, -1 for none."""
        voices = corpus >= 0
        counts = torch.bincount(corpus[voices])
        sums = torch.zeros(len(counts), pooled.shape[1])
        sums.index_add_(0, corpus[voices], pooled[voices].float())
        self._means = sums / counts.clamp_min(1)[:, None]
        self._known = counts >= _FEWEST

    def moved(
        self, pooled: Tensor, corpus: Tensor, share: float, chance: np.random.Generator
    ) -> Tensor:
        """Statistics `(n, width)`, a `share` of them on the way to where another corpus' speech lies.

        How far, from not at all to all the way, is drawn evenly for each. Nothing moves that
        belongs to no corpus, or to one of which too little was heard.
        """
        away = torch.from_numpy(chance.random(len(corpus)) < share)
        others = self._known.nonzero()[:, 0].numpy()
        if not len(others):
            return pooled
        there = torch.from_numpy(chance.choice(others, len(corpus)))
        far = torch.from_numpy(chance.random(len(corpus)).astype(np.float32))
        here = corpus.clamp_min(0)
        far = far * (away & (corpus >= 0) & self._known[here])
        return pooled + far[:, None] * (self._means[there] - self._means[here])
