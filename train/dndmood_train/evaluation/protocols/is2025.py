"""Interspeech 2025: Speech Emotion Recognition in Naturalistic Conditions, on the MSP-Podcast."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dndmood_train.corpora import Corpus
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.protocols import _msp_challenge
from dndmood_train.evaluation.protocols._task import Task

TITLE = "Interspeech 2025"
SOURCE = (
    'Reddy Naini et al., "The Interspeech 2025 Challenge on Speech Emotion Recognition in '
    'Naturalistic Conditions", Interspeech 2025'
)
CORPORA = {"msp_podcast": "release 1.12: Test3 where it is labelled, Development"}
DIFFERS = (
    _msp_challenge.UNKNOWN,
    (
        "The labels of Test3 (400 clips of each class) are the organisers'; without them only "
        "Development is asked, whose classes are not equally frequent."
    ),
)


def tasks(found: Sequence[Corpus], partitions: Path | None = None) -> Iterator[Task]:
    """One task for each part that is labelled."""
    del partitions
    return _msp_challenge.tasks_of(found, ("Test3", "Development"))


def figures(task: Task, answers: Answers) -> dict[str, float]:
    """Macro F1 over eight classes; CCC of arousal, valence and dominance, and their mean."""
    return _msp_challenge.figures_of(task, answers)
