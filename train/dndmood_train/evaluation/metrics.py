"""How good answers are: the figures that papers on emotion in speech report. Arithmetic."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Indices: TypeAlias = NDArray[np.int64]
"""Class numbers, shape `(n,)`."""
Values: TypeAlias = NDArray[np.float64]
"""Real numbers, shape `(n,)` unless said otherwise."""


_FEWEST_PAIRS = 2
"""Of one clip alone nobody can say whether an answer follows the raters."""


def confusion(truth: Indices, guess: Indices, classes: int) -> Indices:
    """Counts, shape `(classes, classes)`: rows are the truth, columns the guesses.

    >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    return np.bincount(truth * classes + guess, minlength=classes**2).reshape(classes, classes)


def recalls(counts: Indices) -> Values:
    """Share of each class that was recognised, shape `(classes,)`; NaN for an absent class."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.diag(counts) / counts.sum(axis=1))


def precisions(counts: Indices) -> Values:
    """Share of the guesses of each class that were right; NaN for a class never guessed."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.diag(counts) / counts.sum(axis=0))


def uar(counts: Indices) -> float:
    """Unweighted average recall, also called UA or balanced accuracy, 0 to 1.

    Classes without a single clip do not count.
    """
    return _mean(recalls(counts))


def accuracy(counts: Indices) -> float:
    """Share of right guesses, also called WA, 0 to 1."""
    total = counts.sum()
    return float(np.trace(counts) / total) if total else float("nan")


def f1s(counts: Indices) -> Values:
    """2 TP / (2 TP + FP + FN) of each class, shape `(classes,)`; NaN for a class nobody meets."""
    weight = counts.sum(axis=0) + counts.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(2 * np.diag(counts) / weight)


def macro_f1(counts: Indices) -> float:
    """Mean of `f1s`, 0 to 1; a class nobody meets does not count."""
    return _mean(f1s(counts))


def weighted_f1(counts: Indices) -> float:
    """Mean of `f1s`, each weighted by its class' clips, 0 to 1; NaN without clips."""
    clips = counts.sum(axis=1)
    if not clips.sum():
        return float("nan")
    return float(np.average(np.nan_to_num(f1s(counts)), weights=clips))


def auc(positive: NDArray[np.bool_], score: Values) -> float:
    """Area under the ROC curve, 0 to 1: how often a positive clip scores above a negative one.

    Ties count half. NaN when one of the two is missing. Fawcett, "An introduction to ROC
    analysis", Pattern Recognition Letters 2006.
    """
    ones, zeros = int(positive.sum()), int((~positive).sum())
    if ones == 0 or zeros == 0:
        return float("nan")
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    above = np.concatenate([[0], np.cumsum(count)[:-1]]) + (count + 1) / 2
    ranks = above[place][positive].sum()
    return float((ranks - ones * (ones + 1) / 2) / (ones * zeros))


def ccc(truth: Values, guess: Values) -> float:
    """Concordance: 2 s_xy / (s_x^2 + s_y^2 + (m_x - m_y)^2), -1 to 1, population variances.

    Lin, "A concordance correlation coefficient to evaluate reproducibility", Biometrics 1989.
    NaN with fewer than two pairs, and when both are one and the same constant.
    """
    if len(truth) < _FEWEST_PAIRS:
        return float("nan")
    covariance = np.mean((truth - truth.mean()) * (guess - guess.mean()))
    spread = truth.var() + guess.var() + (truth.mean() - guess.mean()) ** 2
    return float(2 * covariance / spread) if spread > 0 else float("nan")


def pearson(truth: Values, guess: Values) -> float:
    """Linear correlation, -1 to 1; NaN when either does not vary."""
    # Not by the deviation, which rounding may leave a little above 0.
    if len(truth) < _FEWEST_PAIRS or np.ptp(truth) == 0 or np.ptp(guess) == 0:
        return float("nan")
    spread = truth.std() * guess.std()
    return float(np.mean((truth - truth.mean()) * (guess - guess.mean())) / spread)


def mean_absolute_error(truth: Values, guess: Values) -> float:
    """Mean distance between truth and guess."""
    return float(np.mean(np.abs(truth - guess)))


def mean_squared_error(truth: Values, guess: Values) -> float:
    """Mean squared distance between truth and guess; its root is the RMSE."""
    return float(np.mean(np.square(truth - guess)))


_LEAST_SHARE = 1e-6
"""A guess of less counts as this much: one certain mistake would be infinitely wrong."""


def kl_divergence(truth: Values, guess: Values) -> float:
    """Mean over the rows of sum p ln(p / q), in nats, 0 or more; both of shape `(n, classes)`."""
    p, q = truth, np.maximum(guess, _LEAST_SHARE)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log(p / q), 0.0)
    return float(terms.sum(axis=1).mean()) if len(p) else float("nan")


def brier(truth: Values, guess: Values) -> float:
    """Mean over the rows of sum (p - q)^2, 0 to 2; both of shape `(n, classes)`.

    Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review
    1950, with shares of listeners in the place of what came true.
    """
    if not len(truth):
        return float("nan")
    return float(np.square(truth - guess).sum(axis=1).mean())


def jensen_shannon(truth: Values, guess: Values) -> float:
    """Distance of two distributions over the same bins, 0 to 1 (base 2, square root)."""
    p, q = truth / truth.sum(), guess / guess.sum()
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    return float(np.sqrt(max(0.0, divergence)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the model's confidence can be taken at its word."""

    edges: Values
    """Borders of the confidence bins, shape `(bins + 1,)`."""
    counts: Indices
    """Clips in each bin, shape `(bins,)`."""
    confidence: Values
    """Mean confidence in each bin; NaN in an empty one."""
    accuracy: Values
    """Share of right answers in each bin; NaN in an empty one."""

    @property
    def ece(self) -> float:
        """Expected calibration error, 0 (honest) to 1: mean gap, weighted by clips.

        Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
        """
        full = self.counts > 0
        gap = np.abs(self.confidence[full] - self.accuracy[full])
        return float(np.average(gap, weights=self.counts[full]))


def calibration(
    confidence: Values, correct: NDArray[np.bool_], *, bins: int = 15
) -> Calibration:
    """Confidence against accuracy in `bins` bins of equal width over [0, 1]."""
    edges = np.linspace(0, 1, bins + 1)
    # Bins are open to the left, as in the paper: a confidence of 1 belongs to the last one.
    which = np.clip(np.digitize(confidence, edges, right=True) - 1, 0, bins - 1)
    counts = np.bincount(which, minlength=bins)
    with np.errstate(invalid="ignore"):
        return Calibration(
            edges=edges,
            counts=counts,
            confidence=np.bincount(which, weights=confidence, minlength=bins) / counts,
            accuracy=np.bincount(which, weights=correct, minlength=bins) / counts,
        )


def _mean(values: Values) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _relative_entropy(p: Values, q: Values) -> float:
    some = p > 0
    return float(np.sum(p[some] * np.log2(p[some] / q[some])))
