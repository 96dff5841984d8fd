"""How wrong a student is: emotions against shares and a teacher, arousal and valence, voice."""

import math
from dataclasses import dataclass, fields

import torch
from torch import Tensor
from torch.nn import functional

from dndmood.errors import UserError
from dndmood_train.students import Outputs

_NEVER = -1e4
"""Stands in for the logarithm of nothing without turning gradients into NaN."""
_BORDER = 12.0
"""Steepness of the border between octants."""
_FEW = 4
"""Fewer values than this have no concordance."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What should have been heard in `n` windows; NaN is masked."""

    shares: Tensor
    """Emotion shares `(n, 8)`."""
    known: Tensor
    """Which emotions the corpus has a word for, bool `(n, 8)`."""
    dims: Tensor
    """Arousal and valence `(n, 2)`."""
    voice: Tensor
    """1 for a voice, else 0, `(n,)`."""
    weight: Tensor
    """Of the emotion loss, `(n,)`."""
    logits: Tensor
    """The teacher's, `(n, 8)`."""
    opinions: Tensor
    """The teacher's arousal, valence and dominance, `(n, 3)`."""
    dominance: Tensor
    """0 to 1, `(n,)`."""
    features: Tensor
    """The teacher's features `(n, k)`; `k` may be 0."""
    even: Tensor
    """Weight of the valence, so that the rarer pleasant clips count as much, `(n,)`."""
    corpus: Tensor
    """Number of the corpus, int64 `(n,)`; -1 for what belongs to none."""
    speaker: Tensor
    """Number of the speaker, int64 `(n,)`; -1 where nobody is known."""

    def rolled(self) -> "Batch":
        """The targets of every window's neighbour."""
        return Batch(*(getattr(self, part.name).roll(1, 0) for part in fields(self)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much the parts of the error weigh beside the emotions."""

    teacher_share: float
    softness: float
    imitation: float
    octants: float = 0.0


def loss(heard: Outputs, batch: Batch, weights: Weights) -> Tensor:
    """The whole error of a batch: emotions, both dimensions, voice, octants, imitated features."""
    teacher_share, imitation = weights.teacher_share, weights.imitation
    error = _emotions(heard.logits, batch, teacher_share, weights.softness).mean()
    heard_dims = heard.dims[:, :2].sigmoid()
    for number in (0, 1):
        wanted = _blended(batch.dims[:, number], batch.opinions[:, number], teacher_share)
        weight = batch.even if number else torch.ones_like(batch.even)
        error = error + _dimension(heard_dims[:, number], wanted, weight)
    error = error + 0.5 * functional.binary_cross_entropy_with_logits(
        heard.dims[:, 2], batch.voice
    )
    if heard.dominance is not None:
        wanted = _blended(batch.dominance, batch.opinions[:, 2], teacher_share)
        error = error + _dimension(
            heard.dominance.sigmoid(), wanted, torch.ones_like(batch.even)
        )
    if weights.octants and heard.octants is not None:
        error = error + weights.octants * _octants(heard.octants, batch)
    if imitation and batch.features.shape[1]:
        error = error + imitation * _imitated(heard.features, batch.features)
    return error


class DivergenceError(UserError):
    """A lesson that cannot be learnt to its end, however often it is begun again."""


def amount(error: Tensor, step: int, rate: float) -> float:
    """The error of a batch as a number; raises `DivergenceError` where it is none any more.

    On a GPU this is the only time in a step that is waited for.
    """
    found = float(error.detach())
    if not math.isfinite(found):
        raise DivergenceError(
            f"The loss is no longer a number at step {step}: lower the recipe's `rate` "
            f"({rate}) and begin in a new folder."
        )
    return found


def octants(dims: Tensor, dominance: Tensor) -> Tensor:
    """Softly, which of the eight corners of the arousal, valence, dominance cube, `(n, 8)`.

    The spherical regions of EmoSphere-SER, arXiv 2505.19693, with a soft border: a voice in the
    middle belongs a little to every corner. NaN where a dimension is unknown.
    """
    high = torch.sigmoid(_BORDER * (torch.cat([dims, dominance[:, None]], dim=1) - 0.5))
    sides = torch.stack([1.0 - high, high], dim=2)
    return torch.einsum("ni,nj,nk->nijk", sides[:, 0], sides[:, 1], sides[:, 2]).flatten(1)


def _octants(logits: Tensor, batch: Batch) -> Tensor:
    wanted = octants(batch.dims, batch.dominance)
    known = ~wanted.isnan().any(1)
    error = -(wanted.nan_to_num(0.0) * logits.log_softmax(1)).sum(1)
    return torch.where(known, error, torch.zeros_like(error)).mean()


def _imitated(heard: Tensor, wanted: Tensor) -> Tensor:
    known = ~wanted.isnan()
    squares = (heard - wanted.nan_to_num(0.0)).square()
    return torch.where(known, squares, torch.zeros_like(squares)).mean()


def _emotions(logits: Tensor, batch: Batch, share: float, softness: float) -> Tensor:
    """Cross entropy with the shares, and KL with the teacher at `softness`, per window.

    Hinton et al. 2015, arXiv 1503.02531, whose factor of softness squared keeps both gradients
    comparable. Emotions that a corpus has no word for are left out of the softmax.
    """
    labelled = ~batch.shares.isnan().any(1)
    shares = batch.shares.nan_to_num(0.0)
    hard = -(shares * _log_softmax(logits, batch.known)).sum(1) * batch.weight
    hard = torch.where(labelled, hard, torch.zeros_like(hard))
    spoken = ~batch.logits.isnan()
    taught = spoken.any(1)
    wanted = _log_softmax(batch.logits.nan_to_num(0.0) / softness, spoken)
    given = _log_softmax(logits / softness, spoken)
    soft = (wanted.exp() * (wanted - given)).sum(1) * softness**2
    return torch.where(taught, (1.0 - share) * hard + share * soft, hard)


def _log_softmax(logits: Tensor, known: Tensor) -> Tensor:
    """Over the known emotions; a row that knows none gives zeros that nothing multiplies."""
    return logits.masked_fill(~known, _NEVER).log_softmax(1).clamp_min(-60.0)


def _blended(target: Tensor, opinion: Tensor, share: float) -> Tensor:
    both = (1.0 - share) * target + share * opinion
    return torch.where(opinion.isnan(), target, torch.where(target.isnan(), opinion, both))


def _dimension(heard: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Half of 1 - CCC, and twice the squared error over all windows, unknown ones as zero.

    `weight` says how much each window counts, `(n,)`, 1 on average.
    """
    known = ~wanted.isnan()
    squares = torch.where(
        known, (heard - wanted.nan_to_num(0.5)).square(), torch.zeros_like(heard)
    )
    error = 2.0 * (weight * squares).mean()
    if int(known.sum()) >= _FEW:
        error = error + 0.5 * (1.0 - ccc(heard[known], wanted[known], weight[known]))
    return error


def ccc(heard: Tensor, wanted: Tensor, weight: Tensor | None = None) -> Tensor:
    """Lin's concordance correlation coefficient, -1 to 1, with population variances.

    >>> float(ccc(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0])).round(decimals=3))
    1.0
    """
    share = torch.ones_like(heard) if weight is None else weight
    share = share / share.sum()
    heard_mean, wanted_mean = (share * heard).sum(), (share * wanted).sum()
    heard_apart, wanted_apart = heard - heard_mean, wanted - wanted_mean
    together = (share * heard_apart * wanted_apart).sum()
    spread = (share * (heard_apart.square() + wanted_apart.square())).sum()
    return 2.0 * together / (spread + (heard_mean - wanted_mean).square() + 1e-6)
