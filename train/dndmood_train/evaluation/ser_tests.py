"""Pass or fail: the checks of audEERING's ser-tests that need no disturbed sound.

Wagner et al., "Testing Correctness, Fairness, and Robustness of Speech Emotion Recognition
Models", IEEE Trans. Affective Computing 2025; https://github.com/audeering/ser-tests. A model
that guesses passes most of these (there 63 % of the checks on categories, 81 % of those on
dimensions), because fairness asks for differences only: never quote the share alone.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dndmood_train.evaluation import metrics
from dndmood_train.evaluation.figures import figures, guesses
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.test_set import DIMENSIONS, EvaluationSet, canonical

Range = Literal["low", "neutral", "high"]

RANGES: dict[Range, tuple[float, float]] = {
    "low": (0.0, 0.45),
    "neutral": (0.3, 0.6),
    "high": (0.55, 1.0),
}
"""Where on a scale from 0 to 1 each range lies, borders included."""

EXPECTED: dict[str, dict[str, Range]] = {
    "arousal": {
        "boredom": "low",
        "sad": "low",
        "neutral": "neutral",
        "angry": "high",
        "fearful": "high",
        "surprised": "high",
    },
    "valence": {
        "angry": "low",
        "disgusted": "low",
        "fearful": "low",
        "frustration": "low",
        "sad": "low",
        "boredom": "neutral",
        "neutral": "neutral",
        "happy": "high",
    },
}
"""Where listeners place an emotion, after Fontaine 2007, Hoffmann 2012, Gillioz 2016 and Verma
2017. Surprise may be pleasant or not; disgust and contempt have no agreed arousal."""

CONSISTENT = 0.75
"""Least share of clips of an emotion that must lie where listeners place it; this and the two below
are those of ser-tests."""
_FEWEST_CLIPS = 20
_FEWEST_PER_SPEAKER = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One question with a yes or no."""

    family: str
    """`correctness`, `fairness` or `robustness`."""
    group: str
    """What is asked, such as `consistency` or `music at 10 dB`."""
    task: str
    """`emotion`, `arousal` or `valence`."""
    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the value keeps to its threshold; an undefined value does not."""
        if math.isnan(self.value):
            return False
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class Consistency:
    """How many clips of an emotion lie where people place it."""

    dimension: str
    emotion: str
    expected: Range
    share: float
    clips: int


def consistency(tested: EvaluationSet, answers: Answers) -> list[Consistency]:
    """The shares for every emotion among the clips; asks for no ratings at all."""
    words = np.array([clip.emotion or canonical(clip.label) for clip in tested.clips])
    found = []
    for dimension, expected in EXPECTED.items():
        given = getattr(answers, dimension)
        for emotion, where in expected.items():
            values = given[words == emotion]
            if len(values):
                low, high = RANGES[where]
                share = float(np.mean((values >= low) & (values <= high)))
                found.append(Consistency(dimension, emotion, where, share, len(values)))
    return found


def correctness(tested: EvaluationSet, answers: Answers) -> Iterator[Check]:
    """Whether the answers are right."""
    if tested.classes:
        yield from _categories(tested, answers)
    for name, dimension in figures(tested, answers, rounds=0).dimensions.items():
        for metric, value in (("CCC", dimension.ccc), ("PCC", dimension.pearson)):
            yield Check("correctness", "regression", name, metric, value, at_least=0.5)
        yield Check("correctness", "regression", name, "MAE", dimension.mae, at_most=0.1)
        yield from _distribution(tested, answers, name)
    for c in consistency(tested, answers):
        name = f"{c.emotion} is {c.expected}"
        yield Check(
            "correctness", "consistency", c.dimension, name, c.share, at_least=CONSISTENT
        )


def _categories(tested: EvaluationSet, answers: Answers) -> Iterator[Check]:
    scored = tested.scored
    truth, guess = tested.truth[scored], guesses(tested, answers)[scored]
    counts = metrics.confusion(truth, guess, len(tested.classes))
    # Of a class that is never answered the precision counts as 0, as audmetric has it there.
    precise = np.nan_to_num(metrics.precisions(counts))
    right = {"recall": metrics.recalls(counts), "precision": precise}
    for metric, values in right.items():
        mean = float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
        rows = [("UAR" if metric == "recall" else "UAP", mean)]
        rows += [(f"{metric} of {c}", v) for c, v in zip(tested.classes, values, strict=True)]
        for name, value in rows:
            group = "classification"
            yield Check("correctness", group, "emotion", name, float(value), at_least=0.5)
    wrong = np.abs(counts.sum(axis=0) - counts.sum(axis=1)) / max(1, counts.sum())
    for label, value in zip(tested.classes, wrong.tolist(), strict=True):
        name = f"share of {label}"
        yield Check("correctness", "distribution", "emotion", name, value, at_most=0.15)
    yield from _speakers(tested, truth, guess)


def _speakers(
    tested: EvaluationSet, truth: NDArray[np.int64], guess: NDArray[np.int64]
) -> Iterator[Check]:
    who = np.array([tested.clips[n].speaker for n in tested.scored.tolist()])
    names = [name for name in np.unique(who) if np.sum(who == name) >= _FEWEST_PER_SPEAKER]
    if len(names) < 2:  # noqa: PLR2004 - there is nothing to compare
        return
    for number, label in enumerate(tested.classes):
        asked = np.array([np.mean(truth[who == name] == number) for name in names])
        given = np.array([np.mean(guess[who == name] == number) for name in names])
        off = metrics.mean_absolute_error(asked, given)
        yield Check("correctness", "speaker average", "emotion", label, off, at_most=0.1)


def _distribution(tested: EvaluationSet, answers: Answers, name: str) -> Iterator[Check]:
    rated = tested.rated(name)
    known = ~np.isnan(rated)
    bins = np.linspace(0, 1, 11)
    asked = np.histogram(rated[known], bins)[0].astype(float)
    given = np.histogram(np.clip(getattr(answers, name)[known], 0, 1), bins)[0].astype(float)
    distance = metrics.jensen_shannon(asked, given)
    group = "distribution"
    yield Check("correctness", group, name, "Jensen-Shannon distance", distance, at_most=0.2)


@dataclass(frozen=True, slots=True)
class Fairness:
    """How far a group of speakers may fare differently from all."""

    uar: float
    recall: float
    precision: float
    ccc: float


FAIR = {
    "sex": Fairness(uar=0.075, recall=0.175, precision=0.075, ccc=0.075),
    "pitch": Fairness(uar=0.075, recall=0.225, precision=0.1, ccc=0.1),
}
"""Thresholds of ser-tests, which found them by simulating a model that guesses."""


def fairness(
    tested: EvaluationSet, answers: Answers, *, trait: str, groups: Sequence[str | None]
) -> Iterator[Check]:
    """Whether each group of speakers fares as all do; `groups` names one per clip.

    `trait` is a key of `FAIR`. Groups with fewer than 20 clips are not asked.
    """
    allowed = FAIR[trait]
    everyone = figures(tested, answers, rounds=0)
    for group in sorted({name for name in groups if name}):
        chosen = np.flatnonzero(np.array([name == group for name in groups]))
        if len(chosen) < _FEWEST_CLIPS:
            continue
        theirs = figures(tested.part(chosen), subset(answers, chosen), rounds=0)
        title = f"{trait}: {group}"
        off = abs(theirs.uar - everyone.uar)
        yield Check("fairness", title, "emotion", "UAR", off, at_most=allowed.uar)
        for label in tested.classes:
            off = abs(theirs.recall[label] - everyone.recall[label])
            if not math.isnan(off):
                name = f"recall of {label}"
                yield Check("fairness", title, "emotion", name, off, at_most=allowed.recall)
            off = abs(float(np.nan_to_num(theirs.precision[label])) - everyone.precision[label])
            if not math.isnan(off):
                name = f"precision of {label}"
                yield Check("fairness", title, "emotion", name, off, at_most=allowed.precision)
        for name in DIMENSIONS:
            if name in theirs.dimensions:
                off = abs(theirs.dimensions[name].ccc - everyone.dimensions[name].ccc)
                yield Check("fairness", title, name, "CCC", off, at_most=allowed.ccc)


def subset(answers: Answers, chosen: NDArray[np.int64]) -> Answers:
    """The answers to these clips only."""
    return Answers(
        labels=answers.labels,
        arousal=answers.arousal[chosen],
        valence=answers.valence[chosen],
        voice=answers.voice[chosen],
        scores=answers.scores[chosen],
        dominance=None if answers.dominance is None else answers.dominance[chosen],
    )
