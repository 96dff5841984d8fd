"""Interspeech 2009: the Emotion Challenge on FAU-AIBO, two classes and five, school as split."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from dndmood_train.corpora import Corpus
from dndmood_train.evaluation import metrics
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.protocols._task import Task, categorical

TITLE = "Interspeech 2009"
SOURCE = (
    'Schuller, Steidl and Batliner, "The Interspeech 2009 Emotion Challenge", Interspeech 2009'
)
CORPORA = {"fau_aibo": "the school Mont, which tests; Ohm teaches"}
DIFFERS = (
    (
        "A model of emotions has no word for emphatic and rest, whose recall is 0 of the five "
        "classes, and hears NEG of the two where it hears something unpleasant."
    ),
)
_FIVE = ("angry", "emphatic", "neutral", "happy", "rest")
_TWO = ("NEG", "IDL")
_MIDDLE = 0.5


def tasks(found: Sequence[Corpus], partitions: Path | None = None) -> Iterator[Task]:
    """Both tasks, as far as their labels are there."""
    del partitions
    for corpus in found:
        if corpus.name == "fau_aibo":
            tested = [clip for clip in corpus.clips if clip.part == "test"]
            five = tuple(clip for clip in tested if clip.label not in _TWO)
            yield Task("FAU-AIBO", "five classes", five, _FIVE)
            yield Task(
                "FAU-AIBO", "two classes", tuple(c for c in tested if c.coarse in _TWO), _TWO
            )


def figures(task: Task, answers: Answers) -> dict[str, float]:
    """UAR and accuracy, named by how many classes there are: two tasks have no common mean."""
    if task.classes == _TWO:
        truth = np.array([_TWO.index(clip.coarse) for clip in task.clips])
        counts = metrics.confusion(truth, np.where(answers.valence < _MIDDLE, 0, 1), 2)
    else:
        counts = categorical(task, answers)
    of = f"of {len(task.classes)}"
    return {f"UAR {of}": metrics.uar(counts), f"accuracy {of}": metrics.accuracy(counts)}
