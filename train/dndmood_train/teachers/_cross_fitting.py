"""Linear heads on a committee's features, each clip judged by heads that never heard its voice.

A head fitted on a clip repeats the clip's label and teaches nothing that the label does not
say. So the training voices are cut into folds, and the opinion on a fold comes from heads
fitted on the others: such opinions say honestly which clips sound alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from dndmood_train.corpora import EMOTIONS, Targets, fold, split_of, valence_weights

FOLDS = 5
"""Parts that training voices are cut into."""
Numbers = NDArray[np.float32]
_SQUARES = 6.0
"""Weight of the squared error of arousal and valence beside the emotions' cross entropy."""
_LEAST_DEVIATION = np.float32(1e-4)
FARTHEST = 6.0
"""Standardised features are clipped here."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """A fitted linear reading of features; emotions its corpora have no word for are NaN."""

    mean: Numbers
    deviation: Numbers
    """Of the clips it was fitted on; 0 and 1 for heads that read features on a corpus' own zero."""
    weights: Numbers
    """Shape `(features, emotions + 2)`."""
    bias: Numbers
    emotions: NDArray[np.int64]
    """Numbers of the emotions it knows, in `EMOTIONS`."""
    dimensions: NDArray[np.bool_]
    """Whether anybody says anything of arousal and of valence, shape `(2,)`."""

    def opinion(self, features: Numbers) -> tuple[Numbers, Numbers]:
        """Logits `(n, 8)` and arousal and valence `(n, 2)` for features `(n, features)`.

        NaN where it has no opinion.
        """
        answer = standard(features, self.mean, self.deviation) @ self.weights + self.bias
        logits = np.full((len(features), len(EMOTIONS)), np.nan, np.float32)
        known = len(self.emotions)
        logits[:, self.emotions] = answer[:, :known]
        dims = 1.0 / (1.0 + np.exp(-answer[:, known:]))
        return logits, np.where(self.dimensions, dims, np.nan).astype(np.float32)


def fit(
    features: Numbers, targets: Targets, rows: NDArray[np.int64], *, penalty: float
) -> Heads:
    """Heads for the clips in `rows`, all of one corpus.

    Minimises cross entropy and squared error with a penalty of `penalty / n` on the squared
    weights by L-BFGS; nothing in it is random.
    """
    mean, deviation = moments(features[rows])
    x = standard(features[rows], mean, deviation)
    even = np.ones(len(rows))
    return _fitted(x, targets, rows, even, penalty, mean, deviation, [""] * len(rows))


def fit_strangers(
    features: Numbers,
    targets: Targets,
    corpora: Sequence[str],
    rows: NDArray[np.int64],
    *,
    penalty: float,
) -> Heads:
    """Heads for voices of corpora that none of the clips in `rows` belongs to.

    They read features on a corpus' own zero: every corpus is standardised by itself, and weighs
    the same, as do the emotions within it.
    """
    names = np.array(corpora)[rows]
    x = np.empty((len(rows), features.shape[1]), np.float32)
    weight = np.zeros(len(rows))
    strongest = np.nan_to_num(targets.shares[rows], nan=-1.0).argmax(1)
    silent = np.asarray(np.isnan(targets.shares[rows]).any(1))
    for corpus in np.unique(names):
        mine = np.flatnonzero(names == corpus)
        own = features[rows[mine]]
        x[mine] = standard(own, *moments(own))
        kinds = np.where(silent[mine], -1, strongest[mine])
        for kind in np.unique(kinds):
            these = mine[kinds == kind]
            weight[these] = 1.0 / (len(np.unique(kinds)) * len(these))
    width = features.shape[1]
    nothing, one = np.zeros(width, np.float32), np.ones(width, np.float32)
    return _fitted(x, targets, rows, weight, penalty, nothing, one, names.tolist())


def _fitted(
    standardised: Numbers,
    targets: Targets,
    rows: NDArray[np.int64],
    weight: NDArray[np.float64],
    penalty: float,
    mean: Numbers,
    deviation: Numbers,
    groups: Sequence[str],
) -> Heads:
    x = torch.from_numpy(standardised)
    shares = targets.shares[rows]
    labelled = ~np.isnan(shares).any(1)
    emotions = np.flatnonzero(np.nansum(shares, axis=0) > 0)
    wanted = torch.from_numpy(np.nan_to_num(shares[:, emotions]))
    unspoken = torch.from_numpy(~targets.known[rows][:, emotions])
    dims = torch.from_numpy(targets.dims[rows])
    heavy = torch.from_numpy((weight / weight.mean()).astype(np.float32))
    even = torch.ones(len(rows), 2)
    even[:, 1] = torch.from_numpy(valence_weights(targets.dims[rows, 1], groups))
    weights = torch.zeros(x.shape[1], len(emotions) + 2, requires_grad=True)
    bias = torch.zeros(len(emotions) + 2, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [weights, bias], max_iter=45, history_size=8, line_search_fn="strong_wolfe"
    )

    def error() -> torch.Tensor:
        optimizer.zero_grad()
        answer = x @ weights + bias
        total = penalty / len(rows) * weights.square().sum()
        if labelled.any():
            given = answer[:, : len(emotions)].masked_fill(unspoken, -30.0).log_softmax(1)
            total = total - (heavy * (wanted * given).sum(1)).mean()
        away = answer[:, len(emotions) :].sigmoid() - dims.nan_to_num(0.5)
        known = (~dims.isnan()).float()
        total = total + _SQUARES * (heavy * (away.square() * known * even).sum(1)).mean()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(error)  # type: ignore[no-untyped-call]
    fitted = weights.detach().numpy(), bias.detach().numpy()
    return Heads(mean, deviation, *fitted, emotions, (~dims.isnan()).any(0).numpy())


@dataclass(frozen=True, slots=True, eq=False)
class CorpusHeads:
    """The heads of one corpus, so that a voice can be judged by those that never heard it."""

    whole: Heads
    """Fitted on all learning voices: for voices of other corpora."""
    folds: tuple[Heads, ...]
    """Each fitted without the learning voices of one fold."""

    def opinion(self, features: Numbers, speaker: str) -> tuple[Numbers, Numbers]:
        """As `Heads.opinion`, by heads that never heard `speaker`, a voice of this corpus."""
        if split_of(speaker) == "train":
            return self.folds[fold(speaker, folds=len(self.folds))].opinion(features)
        # A fold that all learning voices are in left nobody to fit its heads on.
        able = [heads for heads in self.folds if heads.dimensions.any() or len(heads.emotions)]
        given = [heads.opinion(features) for heads in able or [self.whole]]
        return (
            np.mean([logits for logits, _ in given], axis=0),
            np.mean([dims for _, dims in given], axis=0),
        )


def crossfit(
    features: Numbers,
    targets: Targets,
    *,
    corpora: Sequence[str],
    speakers: Sequence[str],
    learning: NDArray[np.bool_],
    penalties: Mapping[str, float],
) -> dict[str, CorpusHeads]:
    """Heads for every corpus in `penalties` that has learning voices."""
    by_corpus: dict[str, CorpusHeads] = {}
    folds = np.array([fold(speaker, folds=FOLDS) for speaker in speakers])
    names = np.array(corpora)
    for corpus, penalty in penalties.items():
        mine = np.flatnonzero(learning & (names == corpus))
        if len(mine) == 0:
            continue
        whole = fit(features, targets, mine, penalty=penalty)
        parts = [mine[folds[mine] != number] for number in range(FOLDS)]
        heads = [
            fit(features, targets, inside, penalty=penalty) if len(inside) else _silent(whole)
            for inside in parts
        ]
        by_corpus[corpus] = CorpusHeads(whole, tuple(heads))
    return by_corpus


def _silent(heads: Heads) -> Heads:
    """Heads without an opinion: all voices but those to be judged are missing."""
    nothing = np.zeros((len(heads.mean), 2), np.float32)
    return Heads(
        heads.mean,
        heads.deviation,
        nothing,
        np.zeros(2, np.float32),
        np.zeros(0, np.int64),
        np.zeros(2, bool),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """Directions of standardised features: what a student is asked to imitate."""

    mean: Numbers
    deviation: Numbers
    across: Numbers
    """Shape `(features, width)`; what comes out has deviation 1."""

    def of(self, features: Numbers) -> Numbers:
        """Shape `(n, width)`."""
        return np.asarray(standard(features, self.mean, self.deviation) @ self.across)

    def joined(self, across: Numbers) -> "Directions":
        """These and others of the same features, `(features, more)`, whose deviation is 1 as well."""
        return replace(self, across=np.concatenate([self.across, across], axis=1))


def principal(features: Numbers, *, width: int) -> Directions:
    """The `width` strongest directions of `features`, found on some four thousand clips."""
    mean, deviation = moments(features)
    some = standard(features[:: max(1, len(features) // 4000)], mean, deviation)
    torch.manual_seed(0)
    width = min(width, *some.shape)
    _, _, across = torch.svd_lowrank(torch.from_numpy(some), q=width, niter=2)
    spread = (some @ across.numpy()).std(0) + 1e-6
    return Directions(mean, deviation, np.asarray(across.numpy() / spread, np.float32))


def moments(features: Numbers) -> tuple[Numbers, Numbers]:
    """Mean and deviation of features `(n, features)`; no deviation is zero."""
    return features.mean(0), features.std(0) + _LEAST_DEVIATION


def standard(features: Numbers, mean: Numbers, deviation: Numbers) -> Numbers:
    """Features with mean 0 and deviation 1, cut where hardly any lie."""
    return np.asarray(np.clip((features - mean) / deviation, -FARTHEST, FARTHEST))
