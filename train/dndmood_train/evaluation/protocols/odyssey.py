"""Odyssey 2024: the Speech Emotion Recognition Challenge on the MSP-Podcast."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dndmood_train.corpora import Corpus
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.protocols import _msp_challenge
from dndmood_train.evaluation.protocols._task import Task

TITLE = "Odyssey 2024"
SOURCE = 'Goncalves et al., "Odyssey 2024 - Speech Emotion Recognition Challenge", Odyssey 2024'
CORPORA = {"msp_podcast": "release 1.11: Test3 where it is labelled, Test1, Development"}
DIFFERS = (
    _msp_challenge.UNKNOWN,
    "The labels of Test3 are the organisers'; without them Test1 and Development are asked.",
)


def tasks(found: Sequence[Corpus], partitions: Path | None = None) -> Iterator[Task]:
    """One task for each part that is labelled."""
    del partitions
    return _msp_challenge.tasks_of(found, ("Test3", "Test1", "Development"))


def figures(task: Task, answers: Answers) -> dict[str, float]:
    """Macro F1 over eight classes; CCC of arousal, valence and dominance, and their mean."""
    return _msp_challenge.figures_of(task, answers)
