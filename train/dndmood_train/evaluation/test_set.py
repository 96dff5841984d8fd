"""The clips a model is tested with, and what its answers to them are worth."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood_train.audio.loading import load, trimmed
from dndmood_train.corpora import Clip, manifest
from dndmood_train.evaluation import metrics, significance
from dndmood_train.evaluation.metrics import Indices, Values
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.significance import Interval

DIMENSIONS = ("arousal", "valence")


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Clips with the truth about them, as one model's labels allow it to be asked."""

    root: Path
    clips: tuple[Clip, ...]
    classes: tuple[str, ...]
    """The model's labels that occur in the manifest, in the model's order."""
    truth: NDArray[np.int64]
    """Number of each clip's class, shape `(clips,)`; -1 where the model has no such label."""
    dropped: dict[str, int] = field(default_factory=dict)
    """Reason to number of manifest rows that could not be used at all."""

    @property
    def scored(self) -> NDArray[np.int64]:
        """Numbers of the clips that have a class, shape `(n,)`."""
        return np.flatnonzero(self.truth >= 0)

    @property
    def speakers(self) -> list[str]:
        """Who speaks, one name per clip."""
        return [clip.speaker for clip in self.clips]

    def rated(self, dimension: str) -> NDArray[np.float64]:
        """What raters said of `arousal` or `valence`, NaN where nobody did."""
        given = [getattr(clip, dimension) for clip in self.clips]
        return np.array([np.nan if value is None else value for value in given], dtype=float)

    def sounds(self, *, trim: bool) -> Iterator[Samples]:
        """The clips' sounds in order, read one at a time.

        Raises `UserError` when one cannot be read any more.
        """
        for clip in self.clips:
            samples = load(clip.path)
            yield trimmed(samples) if trim else samples

    def part(self, chosen: NDArray[np.int64]) -> "EvaluationSet":
        """The same set with these clips only."""
        clips = tuple(self.clips[n] for n in chosen.tolist())
        return EvaluationSet(self.root, clips, self.classes, self.truth[chosen], self.dropped)


def read(table: Path, *, root: Path, labels: Sequence[str]) -> EvaluationSet:
    """The clips that the manifest `table` (see `corpora.manifest`) names, for these labels.

    A column `corpus` says where each is from, as several may stand in one table.

    Rows without a readable sound are counted in `dropped`. Raises `UserError` when no clip
    can be heard.
    """
    clips: list[Clip] = []
    dropped: dict[str, int] = {}
    for item in manifest.rows_of(table, root=root, corpus=table.stem, mixed=True):
        reason = None if isinstance(item, Clip) else item.reason
        if isinstance(item, Clip):
            try:
                # The whole sound: a header may be sound where nothing else is.
                load(item.path)
            except UserError:
                reason = "unreadable sound"
            else:
                clips.append(item)
        if reason:
            dropped[reason] = dropped.get(reason, 0) + 1
    if not clips:
        raise UserError(
            f"Not one sound that {table} names can be read below {root}: "
            "the column path is relative to that folder."
        )
    return _matched(root, clips, labels, dropped)


def _matched(
    root: Path, clips: list[Clip], labels: Sequence[str], dropped: dict[str, int]
) -> EvaluationSet:
    known = {_canonical(label): label for label in labels}
    asked = [known.get(_canonical(clip.label)) for clip in clips]
    classes = tuple(label for label in labels if label in set(asked))
    truth = [classes.index(label) if label else -1 for label in asked]
    return EvaluationSet(root, tuple(clips), classes, np.array(truth, dtype=np.int64), dropped)


def _canonical(word: str) -> str:
    # Different corpora and models have different words for one emotion.
    return manifest.emotion_named(word) or word.strip().lower()


@dataclass(frozen=True, slots=True)
class Dimension:
    """How well arousal or valence follows the raters."""

    ccc: float
    pearson: float
    mae: float
    clips: int
    interval: Interval
    """95 % interval of the CCC over redrawn speakers."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one model's answers are worth; shares are 0 to 1, NaN where undefined."""

    clips: int
    speakers: int
    uar: float
    accuracy: float
    macro_f1: float
    ece: float
    recall: dict[str, float]
    precision: dict[str, float]
    confusion: list[list[int]]
    """Rows are the truth, columns the answers, both in the order of `recall`."""
    intervals: dict[str, Interval]
    """95 % intervals of uar, accuracy and macro_f1 over redrawn speakers."""
    dimensions: dict[str, Dimension]
    """`arousal` and `valence`, where the manifest has ratings."""


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
        ece=reliability(tested, answers).ece if len(scored) else float("nan"),
        recall=dict(zip(tested.classes, metrics.recalls(counts).tolist(), strict=True)),
        precision=dict(zip(tested.classes, metrics.precisions(counts).tolist(), strict=True)),
        confusion=counts.tolist(),
        intervals={name: redrawn(j) for name, j in judges.items() if rounds and size},
        dimensions=_dimensions(tested, answers, rounds=rounds, seed=seed),
    )


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
    for name in DIMENSIONS:
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
        clips=len(truth),
        interval=significance.bootstrap(redrawn, speakers, rounds=rounds, seed=seed),
    )
