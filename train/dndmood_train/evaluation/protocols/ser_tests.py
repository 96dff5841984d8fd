"""ser-tests: audEERING's checks of correctness, fairness and robustness, with a yes or no.

The questions are in `evaluation/ser_tests` and `evaluation/robustness`; the command asks all of
them of any clips, of a manifest as well. What is here are those that need no disturbed sound, for
a table by corpora.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from dndmood_train import corpora
from dndmood_train.corpora import Corpus
from dndmood_train.evaluation import ser_tests
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.protocols._task import Task
from dndmood_train.evaluation.test_set import matched

TITLE = "ser-tests"
SOURCE = (
    'Wagner et al., "Testing Correctness, Fairness, and Robustness of Speech Emotion '
    'Recognition Models", IEEE Trans. Affective Computing 2025'
)
CORPORA = dict.fromkeys(
    ("cremad", "des", "emodb", "emovo", "iemocap", "meld"), "every clip"
) | {
    "msp_podcast": "every clip",
    "ravdess": "every clip",
}
DIFFERS = (
    "These are the checks that need no disturbed sound; --robustness asks the others as well.",
    "A model that guesses passes most checks: read the failures, not the share.",
)


def tasks(found: Sequence[Corpus], partitions: Path | None = None) -> Iterator[Task]:
    """Each corpus is one task."""
    del partitions
    for corpus in found:
        if corpus.name in CORPORA:
            yield Task(corpora.reader(corpus.name).TITLE, "all clips", corpus.clips, ())


def figures(task: Task, answers: Answers) -> dict[str, float]:
    """Share of the checks passed, of each family."""
    tested = matched(Path("/"), task.clips, answers.labels, {})
    asked = list(ser_tests.correctness(tested, answers))
    sexes = [clip.sex for clip in task.clips]
    asked += ser_tests.fairness(tested, answers, trait="sex", groups=sexes)
    families = sorted({check.family for check in asked})
    return {
        family: float(np.mean([check.passed for check in asked if check.family == family]))
        for family in families
    }
