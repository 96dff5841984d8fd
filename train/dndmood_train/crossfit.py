"""Linear heads on a committee's features, each clip judged by heads that never heard its voice.

A head fitted on a clip repeats the clip's label and teaches nothing that the label does not
say. So the training voices are cut into folds, and the opinion on a fold comes from heads
fitted on the others: such opinions say honestly which clips sound alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dndmood_train.corpora import EMOTIONS
from dndmood_train.splits import fold
from dndmood_train.targets import Targets

FOLDS = 5
Numbers = NDArray[np.float32]
_SQUARES = 6.0
"""Weight of the squared error of arousal and valence beside the emotions' cross entropy."""
_FARTHEST = 6.0
"""Standardised features are clipped here."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """A fitted linear reading of features; emotions its corpus has no word for are NaN."""

    mean: Numbers
    deviation: Numbers
    weights: Numbers
    """Shape `(features, emotions + 2)`."""
    bias: Numbers
    emotions: NDArray[np.int64]
    """Numbers of the emotions it knows, in `EMOTIONS`."""

    def opinion(self, features: Numbers) -> tuple[Numbers, Numbers]:
        """Logits `(n, 8)` and arousal and valence `(n, 2)` for features `(n, features)`."""
        answer = _standard(features, self.mean, self.deviation) @ self.weights + self.bias
        logits = np.full((len(features), len(EMOTIONS)), np.nan, np.float32)
        known = len(self.emotions)
        logits[:, self.emotions] = answer[:, :known]
        return logits, 1.0 / (1.0 + np.exp(-answer[:, known:]))


def fit(
    features: Numbers, targets: Targets, rows: NDArray[np.int64], *, penalty: float
) -> Heads:
    """Heads for the clips in `rows`, all of one corpus.

    Minimises cross entropy and squared error with a penalty of `penalty / n` on the squared
    weights by L-BFGS; there is no luck in it.
    """
    mean = features[rows].mean(0)
    deviation = features[rows].std(0) + 1e-4
    x = torch.from_numpy(_standard(features[rows], mean, deviation))
    shares = targets.shares[rows]
    labelled = ~np.isnan(shares).any(1)
    emotions = np.flatnonzero(np.nansum(shares, axis=0) > 0)
    wanted = torch.from_numpy(np.nan_to_num(shares[:, emotions]))
    dims = torch.from_numpy(targets.dims[rows])
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
            given = answer[:, : len(emotions)].log_softmax(1)
            total = total - (wanted * given).sum(1).mean()
        away = answer[:, len(emotions) :].sigmoid() - dims.nan_to_num(0.5)
        known = (~dims.isnan()).float()
        total = total + _SQUARES * (away.square() * known).sum(1).mean()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(error)  # type: ignore[no-untyped-call]
    return Heads(mean, deviation, weights.detach().numpy(), bias.detach().numpy(), emotions)


def crossfit(
    features: Numbers,
    targets: Targets,
    *,
    corpora: Sequence[str],
    speakers: Sequence[str],
    learning: NDArray[np.bool_],
    penalties: Mapping[str, float],
) -> tuple[Numbers, Numbers, dict[str, Heads]]:
    """Opinions on every clip of the corpora in `penalties`, and heads fitted on all voices.

    Logits `(n, 8)` and arousal and valence `(n, 2)`, NaN where there is no opinion. Clips in
    `learning` are judged by heads of the folds their voice is not in, all others by the mean
    over the folds.
    """
    logits = np.full((len(features), len(EMOTIONS)), np.nan, np.float32)
    dims = np.full((len(features), 2), np.nan, np.float32)
    final: dict[str, Heads] = {}
    folds = np.array([fold(speaker, folds=FOLDS) for speaker in speakers])
    names = np.array(corpora)
    for corpus, penalty in penalties.items():
        mine = np.flatnonzero(learning & (names == corpus))
        others = np.flatnonzero(~learning & (names == corpus))
        if len(mine) == 0:
            continue
        strange = []
        for number in range(FOLDS):
            inside, left = mine[folds[mine] != number], mine[folds[mine] == number]
            if len(inside) == 0 or len(left) == 0:
                continue
            heads = fit(features, targets, inside, penalty=penalty)
            logits[left], dims[left] = heads.opinion(features[left])
            strange.append(heads.opinion(features[others]))
        if strange and len(others):
            logits[others] = np.mean([given for given, _ in strange], axis=0)
            dims[others] = np.mean([given for _, given in strange], axis=0)
        final[corpus] = fit(features, targets, mine, penalty=penalty)
    dims[np.isnan(targets.dims)] = np.nan
    return logits, dims, final


def write_heads(path: Path, heads: Mapping[str, Heads]) -> None:
    """Keep fitted heads in one file."""
    arrays = {}
    for corpus, one in heads.items():
        for name in ("mean", "deviation", "weights", "bias", "emotions"):
            arrays[f"{corpus}/{name}"] = getattr(one, name)
    np.savez(path, **arrays)


def read_heads(path: Path) -> dict[str, Heads]:
    """Heads by corpus, as `write_heads` kept them."""
    with np.load(path) as content:
        corpora = sorted({name.split("/")[0] for name in content.files})
        names = ("mean", "deviation", "weights", "bias", "emotions")
        return {
            corpus: Heads(*(content[f"{corpus}/{name}"] for name in names))
            for corpus in corpora
        }


def principal(features: Numbers, learning: NDArray[np.bool_], *, width: int) -> Numbers:
    """The `width` strongest directions of standardised features, each with deviation 1.

    What a student is asked to imitate: shape `(n, width)`.
    """
    mean, deviation = features[learning].mean(0), features[learning].std(0) + 1e-4
    standard = torch.from_numpy(_standard(features, mean, deviation))
    some = torch.from_numpy(np.flatnonzero(learning)[:: max(1, int(learning.sum()) // 4000)])
    torch.manual_seed(0)
    width = min(width, *standard[some].shape)
    _, _, directions = torch.svd_lowrank(standard[some], q=width, niter=2)
    found = standard @ directions
    return np.asarray((found / found[torch.from_numpy(learning)].std(0)).numpy(), np.float32)


def _standard(features: Numbers, mean: Numbers, deviation: Numbers) -> Numbers:
    return np.asarray(np.clip((features - mean) / deviation, -_FARTHEST, _FARTHEST))
