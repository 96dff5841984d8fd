"""Answers on the zero of those who speak: of each corpus, or of each speaker.

A table that is heard for some minutes has its own zero in the program; this is the same for the
clips of a test, without any label. A model with a head of its own has the mean and the deviation
of its features taken off before the head answers. Of any other model the log scores are centred.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.hearing.head import Head
from dndmood.hearing.model import Model
from dndmood_train.corpora import Clip
from dndmood_train.evaluation import predict
from dndmood_train.evaluation.predict import Answers, Heard

Zero: TypeAlias = Literal["none", "manifest", "speaker"]
_ZEROS: tuple[Zero, ...] = ("none", "manifest", "speaker")
Way: TypeAlias = Literal["features", "scores", ""]
"""What was put on another zero; empty for nothing."""

_LEAST_DEVIATION = 0.05
_FEWEST = 8
"""Clips that say how far features spread; of fewer, only the mean is taken off."""


def named(word: str) -> Zero:
    """The zero called `word`; raises `UserError` for an unknown one."""
    for zero in _ZEROS:
        if word == zero:
            return zero
    raise UserError(f"There is no zero called {word}: use {', '.join(_ZEROS)}.")


def way(model: Model, zero: Zero) -> Way:
    """What of this model's answers is put on the zero."""
    if zero == "none":
        return ""
    return "features" if model.head else "scores"


@dataclass(frozen=True, slots=True, eq=False)
class OwnZero:
    """The zero of some clips, to be applied to what was heard of the same clips in any condition."""

    answers: Callable[[Sequence[Heard]], Answers]
    """One answer per clip on that zero; the clips must be those that it was found with."""


def found(model: Model, clips: Sequence[Clip], heard: Sequence[Heard], zero: Zero) -> OwnZero:
    """The zero of `clips`, by what `model` heard of them."""
    labels = model.card.labels
    if zero == "none":
        return OwnZero(lambda given: predict.answered(labels, given))
    groups = [clip.corpus if zero == "manifest" else clip.speaker for clip in clips]
    if model.head:
        return _of_features(labels, model.head, groups, heard)
    return _of_scores(labels, groups, heard)


def _of_features(
    labels: tuple[str, ...], head: Head, groups: Sequence[str], heard: Sequence[Heard]
) -> OwnZero:
    moments = {name: _moments([heard[n] for n in ns]) for name, ns in _members(groups)}

    def rejudged(one: Heard, group: str) -> Heard:
        mean, deviation = moments[group]
        moved = ((one.features - mean) / deviation).astype(np.float32)
        given = np.column_stack(head.batch(moved)).astype(np.float64)
        given[:, 2] = one.given[:, 2]  # how surely it is a voice has no zero
        return Heard(given, moved, one.dominance)

    return OwnZero(
        lambda given: predict.answered(
            labels, [rejudged(one, group) for one, group in zip(given, groups, strict=True)]
        )
    )


def _moments(heard: Sequence[Heard]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and deviation of the features, each clip with the same weight, silence with none."""
    rows = np.concatenate([one.features for one in heard])
    voice = [one.given[:, 2] + 1e-6 for one in heard]
    weights = np.concatenate([one / one.sum() for one in voice])
    mean = np.average(rows, axis=0, weights=weights)
    if len(heard) < _FEWEST:
        return mean, np.ones_like(mean)
    variance = np.average(np.square(rows - mean), axis=0, weights=weights)
    return mean, np.sqrt(variance) + _LEAST_DEVIATION


def _of_scores(
    labels: tuple[str, ...], groups: Sequence[str], heard: Sequence[Heard]
) -> OwnZero:
    logarithms = predict.answered(labels, heard).logarithms()
    common = np.zeros_like(logarithms)
    for _, ns in _members(groups):
        common[ns] = logarithms[ns].mean(axis=0)
    return OwnZero(lambda given: predict.answered(labels, given).less(common))


def _members(groups: Sequence[str]) -> Iterable[tuple[str, list[int]]]:
    members: dict[str, list[int]] = {}
    for n, group in enumerate(groups):
        members.setdefault(group, []).append(n)
    return members.items()
