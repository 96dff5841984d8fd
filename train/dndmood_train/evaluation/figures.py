"""What a model's answers to a set of clips are worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dndmood_train.corpora import EMOTIONS
from dndmood_train.evaluation import metrics, significance
from dndmood_train.evaluation.metrics import Indices, Values
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.significance import Interval
from dndmood_train.evaluation.test_set import DIMENSIONS, EvaluationSet, canonical


@dataclass(frozen=True, slots=True)
class Dimension:
    """How well arousal or valence follows the raters."""

    ccc: float
    pearson: float
    mae: float
    mse: float
    rmse: float
    clips: int
    interval: Interval
    """95 % interval of the CCC over redrawn speakers."""


@dataclass(frozen=True, slots=True)
class Distributions:
    """How near the model's shares come to those of the listeners who voted."""

    classes: tuple[str, ...]
    """Emotions that both the model and any listener named; shares are taken among these."""
    clips: int
    kl: float
    """Mean KL divergence of the listeners' shares from the model's, in nats, 0 or more."""
    brier: float
    """Mean squared distance summed over the classes, 0 to 2."""
    ccc: float
    """Concordance of all shares, -1 to 1."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one model's answers are worth; shares are 0 to 1, NaN where undefined."""

    clips: int
    speakers: int
    uar: float
    accuracy: float
    macro_f1: float
    weighted_f1: float
    ece: float
    recall: dict[str, float]
    precision: dict[str, float]
    f1: dict[str, float]
    auc: dict[str, float]
    """Area under the ROC curve of each class against the rest."""
    confusion: list[list[int]]
    """Rows are the truth, columns the answers, both in the order of `recall`."""
    intervals: dict[str, Interval]
    """95 % intervals of uar, accuracy and macro_f1 over redrawn speakers."""
    dimensions: dict[str, Dimension]
    """`arousal` and `valence`, where the manifest has ratings."""
    distributions: Distributions | None = None
    """Where listeners' votes are known."""

    @property
    def mean_auc(self) -> float:
        """Mean of `auc` over the classes that have one."""
        known = [value for value in self.auc.values() if not np.isnan(value)]
        return float(np.mean(known)) if known else float("nan")


def figures(
    tested: EvaluationSet, answers: Answers, *, rounds: int = 1000, seed: int = 0
) -> Figures:
    """All figures of one model on one set of clips; `rounds` 0 leaves out the intervals."""
    scored = tested.scored
    truth = tested.truth[scored]
    guess = guesses(tested, answers)[scored]
    size = len(tested.classes)
    counts = metrics.confusion(truth, guess, size)
    speakers = [tested.clips[n].speaker for n in scored.tolist()]
    judges: dict[str, Callable[[Indices], float]] = {
        "uar": metrics.uar,
        "accuracy": metrics.accuracy,
        "macro_f1": metrics.macro_f1,
    }

    def redrawn(judged: Callable[[Indices], float]) -> Interval:
        return significance.bootstrap(
            lambda n: judged(metrics.confusion(truth[n], guess[n], size)),
            speakers,
            rounds=rounds,
            seed=seed,
        )

    return Figures(
        clips=len(scored),
        speakers=len(set(speakers)),
        uar=metrics.uar(counts),
        accuracy=metrics.accuracy(counts),
        macro_f1=metrics.macro_f1(counts),
        weighted_f1=metrics.weighted_f1(counts),
        ece=reliability(tested, answers).ece if len(scored) else float("nan"),
        recall=dict(zip(tested.classes, metrics.recalls(counts).tolist(), strict=True)),
        precision=dict(zip(tested.classes, metrics.precisions(counts).tolist(), strict=True)),
        f1=dict(zip(tested.classes, metrics.f1s(counts).tolist(), strict=True)),
        auc=_aucs(tested, answers),
        confusion=counts.tolist(),
        intervals={name: redrawn(j) for name, j in judges.items() if rounds and size},
        dimensions=_dimensions(tested, answers, rounds=rounds, seed=seed),
        distributions=distributions(tested, answers),
    )


def voted(
    tested: EvaluationSet, labels: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[np.int64], Values]:
    """What listeners voted, among the emotions that these labels of a model name, too.

    The classes in the model's words, the numbers of the clips with a vote for any of them, and
    the listeners' shares, shape `(clips, classes)`, rows summing to 1.
    """
    named = {canonical(label): label for label in labels}
    heard = {emotion for clip in tested.clips for emotion in clip.votes or ()}
    emotions = [emotion for emotion in EMOTIONS if emotion in heard and emotion in named]
    given = np.array(
        [[(clip.votes or {}).get(e, 0.0) for e in emotions] for clip in tested.clips],
        dtype=float,
    ).reshape(len(tested.clips), len(emotions))
    known = np.flatnonzero(given.sum(axis=1) > 0)
    shares = given[known]
    return tuple(named[e] for e in emotions), known, shares / shares.sum(axis=1, keepdims=True)


def distributions(tested: EvaluationSet, answers: Answers) -> Distributions | None:
    """The model's shares against the listeners'; None where nobody voted for two emotions."""
    classes, known, shares = voted(tested, answers.labels)
    if len(classes) < 2 or len(known) == 0:  # noqa: PLR2004 - one class is always certain
        return None
    guess = answers.among(classes)[known]
    return Distributions(
        classes=classes,
        clips=len(known),
        kl=metrics.kl_divergence(shares, guess),
        brier=metrics.brier(shares, guess),
        ccc=metrics.ccc(shares.ravel(), guess.ravel()),
    )


def _aucs(tested: EvaluationSet, answers: Answers) -> dict[str, float]:
    if not tested.classes:
        return {}
    scored = tested.scored
    shares, truth = answers.among(tested.classes)[scored], tested.truth[scored]
    return {
        label: metrics.auc(truth == number, shares[:, number])
        for number, label in enumerate(tested.classes)
    }


def guesses(tested: EvaluationSet, answers: Answers) -> NDArray[np.int64]:
    """The class each clip was given among the set's classes, shape `(clips,)`."""
    if not tested.classes:
        return np.full(len(tested.clips), -1, dtype=np.int64)
    return np.asarray(answers.among(tested.classes).argmax(axis=1), dtype=np.int64)


def reliability(tested: EvaluationSet, answers: Answers) -> metrics.Calibration:
    """The model's confidence among the set's classes against how often it was right."""
    scored = tested.scored
    shares = answers.among(tested.classes)[scored]
    return metrics.calibration(
        shares.max(axis=1), shares.argmax(axis=1) == tested.truth[scored]
    )


def _dimensions(
    tested: EvaluationSet, answers: Answers, *, rounds: int, seed: int
) -> dict[str, Dimension]:
    found = {}
    said = DIMENSIONS if answers.dominance is None else (*DIMENSIONS, "dominance")
    for name in said:
        rated = tested.rated(name)
        known = np.flatnonzero(~np.isnan(rated))
        if len(known) == 0:
            continue
        speakers = [tested.clips[n].speaker for n in known.tolist()]
        truth, guess = rated[known], getattr(answers, name)[known]
        found[name] = _dimension(truth, guess, speakers, rounds=rounds, seed=seed)
    return found


def _dimension(
    truth: Values, guess: Values, speakers: Sequence[str], *, rounds: int, seed: int
) -> Dimension:
    def redrawn(n: Indices) -> float:
        return metrics.ccc(truth[n], guess[n])

    return Dimension(
        ccc=metrics.ccc(truth, guess),
        pearson=metrics.pearson(truth, guess),
        mae=metrics.mean_absolute_error(truth, guess),
        mse=metrics.mean_squared_error(truth, guess),
        rmse=float(np.sqrt(metrics.mean_squared_error(truth, guess))),
        clips=len(truth),
        interval=significance.bootstrap(redrawn, speakers, rounds=rounds, seed=seed),
    )
