"""What both challenges on the MSP-Podcast ask: eight classes, and three dimensions."""

from collections.abc import Iterator, Sequence

from dndmood_train.corpora import Corpus
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.protocols._task import (
    Task,
    categorical,
    dimensional,
    strict_macro_f1,
)

CLASSES = (
    "angry",
    "sad",
    "happy",
    "surprised",
    "fearful",
    "disgusted",
    "contempt",
    "neutral",
)
_WORDS = {"C": "contempt"}
UNKNOWN = (
    "Contempt is one of the eight classes: a model without that label has an F1 of 0 there, "
    "which counts as one eighth."
)


def tasks_of(found: Sequence[Corpus], parts: Sequence[str]) -> Iterator[Task]:
    """The parts that a copy of the MSP-Podcast has labels for."""
    for corpus in found:
        if corpus.name != "msp_podcast":
            continue
        for part in parts:
            clips = tuple(
                c
                for c in corpus.clips
                if c.part.casefold() == part.casefold() and (c.label or c.arousal is not None)
            )
            if clips:
                yield Task("MSP-Podcast", part, clips, CLASSES, _WORDS)


def figures_of(task: Task, answers: Answers) -> dict[str, float]:
    """Macro F1, and the concordances."""
    counts = categorical(task, answers)
    return {"macro F1": strict_macro_f1(counts), **dimensional(task, answers)}
