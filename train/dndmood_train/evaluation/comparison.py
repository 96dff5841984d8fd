"""Two models on the same clips: which is better, and whether that could be chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood_train.evaluation import metrics
from dndmood_train.evaluation import significance as chance
from dndmood_train.evaluation.own_zero import Way
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.significance import Interval
from dndmood_train.evaluation.test_set import DIMENSIONS, EvaluationSet


@dataclass(frozen=True, slots=True)
class Comparison:
    """A second model on the same clips; differences are first minus second."""

    model: str
    classes: tuple[str, ...]
    """Those that both models know."""
    uar: float
    """Of the second model, among these classes."""
    accuracy: float
    differences: dict[str, float]
    """Of uar and accuracy, and of the CCC of arousal and valence where there are ratings."""
    intervals: dict[str, Interval]
    """95 % intervals of the differences: paired bootstrap over speakers."""
    mcnemar: float
    """Probability of such a difference in accuracy between equally good models."""
    zero_of: Way = ""
    """What of the second model's answers was put on another zero; see `own_zero`."""


def compare(
    tested: EvaluationSet,
    first: Answers,
    second: Answers,
    *,
    rival: str,
    rounds: int,
    zero_of: Way = "",
) -> Comparison:
    """How `first` fares against the answers of the model called `rival`.

    Raises `UserError` when the two know fewer than two of the clips' emotions in common.
    """
    both = tuple(label for label in tested.classes if label in second.labels)
    if len(both) < 2:  # noqa: PLR2004 - one class is no question
        raise UserError(
            f"The models cannot be compared: of the manifest's emotions both know only "
            f"{', '.join(both) or 'none'}."
        )

    def uar(guess: NDArray[np.int64], n: NDArray[np.int64]) -> float:
        return metrics.uar(metrics.confusion(truth[n], guess[n], len(both)))

    names = [tested.classes[n] if n >= 0 else "" for n in tested.truth.tolist()]
    scored = np.flatnonzero([name in both for name in names])
    truth = np.array([both.index(names[n]) for n in scored.tolist()])
    one, two = (given.among(both)[scored].argmax(axis=1) for given in (first, second))
    who = [tested.clips[n].speaker for n in scored.tolist()]

    statistics: dict[str, tuple[chance.Statistic, list[str]]] = {
        "uar": (lambda n: uar(one, n) - uar(two, n), who),
        "accuracy": (
            lambda n: float(np.mean(one[n] == truth[n]) - np.mean(two[n] == truth[n])),
            who,
        ),
    }
    for dimension in DIMENSIONS:
        rated = tested.rated(dimension)
        known = np.flatnonzero(~np.isnan(rated))
        if len(known):
            statistics[f"{dimension} CCC"] = (
                _ccc_difference(
                    rated[known],
                    getattr(first, dimension)[known],
                    getattr(second, dimension)[known],
                ),
                [tested.clips[n].speaker for n in known.tolist()],
            )
    return Comparison(
        model=rival,
        classes=both,
        uar=uar(two, np.arange(len(truth))),
        accuracy=float(np.mean(two == truth)),
        differences={name: f(np.arange(len(w))) for name, (f, w) in statistics.items()},
        intervals={
            name: chance.bootstrap(f, w, rounds=rounds) for name, (f, w) in statistics.items()
        },
        mcnemar=chance.mcnemar(one == truth, two == truth),
        zero_of=zero_of,
    )


def _ccc_difference(
    truth: metrics.Values, first: metrics.Values, second: metrics.Values
) -> chance.Statistic:
    return lambda n: metrics.ccc(truth[n], first[n]) - metrics.ccc(truth[n], second[n])
