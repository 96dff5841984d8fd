"""What a protocol is: tasks, each some clips and the classes among which a model chooses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol as Interface

import numpy as np
from numpy.typing import NDArray

from dndmood_train.corpora import Clip, Corpus
from dndmood_train.evaluation import metrics
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.test_set import canonical


@dataclass(frozen=True, slots=True)
class Task:
    """One row of a protocol's table."""

    corpus: str
    """Its title."""
    name: str
    """Which part or fold, such as `Test1` or `fold 2`."""
    clips: tuple[Clip, ...]
    classes: tuple[str, ...]
    """Among which the model chooses, in our words or, for what has no place there, the corpus'."""
    words: Mapping[str, str] | None = None
    """A corpus' label to a class, where the clip's emotion alone does not say."""
    folds: int = 0
    """How many folds of this corpus the source has; 0 where that is not known."""
    listed: bool = False
    """Whether the fold stands in the source's own tables."""

    @property
    def truth(self) -> NDArray[np.int64]:
        """Number of each clip's class, shape `(clips,)`; -1 for none."""
        words = self.words or {}
        named = [words.get(c.label) or c.emotion or canonical(c.label) for c in self.clips]
        known = {name: number for number, name in enumerate(self.classes)}
        return np.array([known.get(name, -1) for name in named], dtype=np.int64)


class Protocol(Interface):
    """What every public module of this folder offers."""

    TITLE: str
    SOURCE: str
    """The paper or page that sets the rules."""
    CORPORA: Mapping[str, str]
    """Corpus to what of it is asked, by its reader's name."""
    DIFFERS: tuple[str, ...]
    """Whole sentences: where this is not what the source does."""

    def tasks(self, found: Sequence[Corpus], partitions: Path | None) -> Iterator[Task]:
        """The tasks that these corpora allow; `partitions` are the source's own tables."""
        ...

    def figures(self, task: Task, answers: Answers) -> dict[str, float]:
        """What the answers to a task's clips are worth; the first figure is the protocol's own."""
        ...


def whole_or_part(name: str, there: int, listed: int, what: str) -> str:
    """The name of a fold, with how much of it is there where that is not all.

    >>> whole_or_part("fold 1", 2, 4, "voices")
    'fold 1 (2 of 4 voices)'
    """
    return name if there >= listed else f"{name} ({there} of {listed} {what})"


def shares_of(answers: Answers, classes: Sequence[str]) -> NDArray[np.float64]:
    """The model's shares of these classes, 0 for those that it does not know, `(clips, classes)`."""
    place = {canonical(label): number for number, label in enumerate(answers.labels)}
    found = np.zeros((len(answers.arousal), len(classes)))
    for number, name in enumerate(classes):
        if name in place:
            found[:, number] = answers.scores[:, place[name]]
    total = found.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(found, total, out=np.zeros_like(found), where=total > 0))


def categorical(task: Task, answers: Answers) -> metrics.Indices:
    """Confusion over the task's classes, those that no clip belongs to as well."""
    truth = task.truth
    known = truth >= 0
    guess = shares_of(answers, task.classes).argmax(axis=1)
    return metrics.confusion(truth[known], guess[known], len(task.classes))


def strict_macro_f1(counts: metrics.Indices) -> float:
    """Macro F1 over the classes that clips belong to, 0 where none of them was ever found.

    So a class that a model does not know costs it, as it does in the challenges.
    """
    asked = counts.sum(axis=1) > 0
    found = np.nan_to_num(metrics.f1s(counts))[asked]
    return float(found.mean()) if len(found) else float("nan")


def dimensional(task: Task, answers: Answers) -> dict[str, float]:
    """CCC of arousal, valence and, where the model says something of it, dominance."""
    found = {}
    for name in ("arousal", "valence", "dominance"):
        given = getattr(answers, name, None)
        rated = np.array(
            [np.nan if (value := getattr(c, name)) is None else value for c in task.clips]
        )
        known = ~np.isnan(rated)
        if given is not None and known.any():
            found[f"{name} CCC"] = metrics.ccc(rated[known], given[known])
    if found:
        found["mean CCC"] = float(np.mean(list(found.values())))
    return found
