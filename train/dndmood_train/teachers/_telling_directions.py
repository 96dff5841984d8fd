"""Directions of a committee's features that tell emotions apart, whoever speaks.

The strongest directions of features say who speaks, and where; emotion hides in weaker ones. A
narrow linear layer in front of a small head, learned over all corpora with each corpus' mean
taken off, finds the few that tell emotions on a table's own zero: sixty-four of them know left-out
corpora as well as all features together do (train/LOG.md, "The teacher hears the window").
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from dndmood_train.corpora import EMOTIONS, Targets

Numbers = NDArray[np.float32]
_STEPS = 3500
_BATCH = 128
_RATE = 2e-3
_FORGOTTEN = 0.5
"""Share of the features that each step does without, so that no few of them decide."""
_SMOOTHING = 0.1
_FEWEST = 20
"""A corpus with fewer clips of an emotion says nothing of that emotion."""


def telling(
    standardised: Numbers,
    targets: Targets,
    corpora: Sequence[str],
    rows: NDArray[np.int64],
    *,
    width: int,
) -> Numbers:
    """`width` directions `(features, width)` of deviation 1 over the clips in `rows`; none without emotions.

    `standardised` are all clips' features `(n, features)` with mean 0 and deviation 1. Every
    corpus and emotion counts the same.
    """
    names = np.array(corpora)[rows]
    shares = targets.shares[rows]
    emotion = np.where(np.isnan(shares).any(1), -1, np.nan_to_num(shares).argmax(1))
    kinds = [
        np.flatnonzero((names == corpus) & (emotion == number))
        for corpus in np.unique(names)
        for number in range(len(EMOTIONS))
    ]
    kinds = [kind for kind in kinds if len(kind) >= _FEWEST]
    if not kinds:
        return np.zeros((standardised.shape[1], 0), np.float32)
    x = standardised[rows]
    centred = x.copy()
    for corpus in np.unique(names):
        centred[names == corpus] -= x[names == corpus].mean(0)
    across = _learned(centred, emotion, targets.known[rows], kinds, width)
    return np.asarray(across / ((x @ across).std(0) + 1e-6), np.float32)


def _learned(
    centred: Numbers,
    emotion: NDArray[np.int64],
    known: NDArray[np.bool_],
    kinds: Sequence[NDArray[np.int64]],
    width: int,
) -> Numbers:
    chance = np.random.default_rng(0)
    torch.manual_seed(0)
    x, words = torch.from_numpy(centred), torch.from_numpy(known)
    wanted = functional.one_hot(torch.from_numpy(emotion).clamp_min(0), len(EMOTIONS)).float()
    even = words / words.sum(1, keepdim=True)
    wanted = (1.0 - _SMOOTHING) * wanted + _SMOOTHING * even
    narrow = nn.Linear(x.shape[1], width, bias=False)
    head = nn.Sequential(
        nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.3), nn.Linear(width, len(EMOTIONS))
    )
    weights = [*narrow.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(weights, _RATE, weight_decay=0.05)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, _STEPS)
    for _ in range(_STEPS):
        drawn = [
            chance.choice(kinds[kind]) for kind in chance.integers(len(kinds), size=_BATCH)
        ]
        some = torch.from_numpy(np.array(drawn))
        answer = head(narrow(functional.dropout(x[some], _FORGOTTEN)))
        given = answer.masked_fill(~words[some], -1e4).log_softmax(1).clamp_min(-60.0)
        error = -(wanted[some] * given).sum(1).mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        falling.step()
    return narrow.weight.detach().numpy().T
