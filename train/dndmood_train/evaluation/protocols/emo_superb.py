"""EMO-SUPERB: what listeners heard, as several emotions at once, over six corpora."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.corpora import EMOTIONS, Clip, Corpus, rows
from dndmood_train.evaluation import metrics
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.protocols._task import Task, shares_of, whole_or_part

TITLE = "EMO-SUPERB"
SOURCE = (
    'Wu et al., "EMO-SUPERB: An In-depth Look at Speech Emotion Recognition", arXiv 2402.13018'
)
CORPORA = {
    "iemocap": "every turn that was judged",
    "cremad": "with processedResults/tabulatedVotes.csv",
    "msp_improv": "with the listeners' lines in Evalution.txt",
    "msp_podcast": "with Labels/labels_detailed.csv; Test1 where the release says so",
    "nnime": "in the layout of EMO-SUPERB",
    "biic_podcast": "in the layout of EMO-SUPERB",
}
DIFFERS = (
    (
        "Only emotions with a place among ours are asked: frustration, contempt and the like are "
        "left out, and the threshold is one over the number of those that are left."
    ),
    "F1 is taken over all clips of a fold; the published code averages it over batches.",
    "CREMA-D has the voice-only votes.",
)

_FOLDERS = {
    "iemocap": "IEMOCAP",
    "cremad": "CREMA-D",
    "msp_improv": "IMPROV",
    "msp_podcast": "PODCAST",
    "nnime": "NNIME",
    "biic_podcast": "BIIC_PODCAST",
}
_TEST = frozenset({"test", "test1"})


def tasks(found: Sequence[Corpus], partitions: Path | None = None) -> Iterator[Task]:
    """The test clips of each fold of `partitions` (the `data` of EMO-SUPERB's repository).

    Without these, the corpus' own test part where it has one, else all of it.
    """
    for corpus in found:
        if corpus.name not in CORPORA:
            continue
        voted = [clip for clip in corpus.clips if clip.votes]
        title = corpora.reader(corpus.name).TITLE
        # Of the whole corpus, so that the threshold is the same in every fold.
        heard = {emotion for clip in voted for emotion in clip.votes or ()}
        classes = tuple(emotion for emotion in EMOTIONS if emotion in heard)
        tables = _tables(partitions / _FOLDERS[corpus.name], corpus.name) if partitions else []
        for name, clips in _folds(voted, tables):
            if len(classes) > 1:
                folds = len(tables)
                yield Task(title, name, tuple(clips), classes, folds=folds, listed=folds > 0)


def figures(task: Task, answers: Answers) -> dict[str, float]:
    """Macro F1 of emotions above the threshold; divergence, Brier score and accuracy beside it."""
    asked = _votes(task)
    given = shares_of(answers, task.classes)
    threshold = 1 / len(task.classes)
    return {
        "macro F1": multilabel_macro_f1(asked > threshold, given > threshold),
        "KL": metrics.kl_divergence(asked, given),
        "Brier": metrics.brier(asked, given),
    }


def multilabel_macro_f1(truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> float:
    """Mean over the classes of 2 TP / (2 TP + FP + FN), 0 where that is undefined.

    Both of shape `(clips, classes)`. As scikit-learn's `f1_score(average="macro")`.
    """
    hits = (truth & guess).sum(axis=0)
    weight = truth.sum(axis=0) + guess.sum(axis=0)
    return float(np.mean(np.where(weight > 0, 2 * hits / np.maximum(1, weight), 0.0)))


def _votes(task: Task) -> NDArray[np.float64]:
    return np.array([[(c.votes or {}).get(e, 0.0) for e in task.classes] for c in task.clips])


def _tables(folder: Path, name: str) -> list[Path]:
    """One table a fold; IEMOCAP and NNIME have secondary emotions only."""
    found: list[Path] = []
    for kind in ("Primary", "Secondary"):
        found = found or sorted((folder / kind).glob("labels_consensus_*.csv"))
    # Of MSP-Podcast the first is the listeners' own; the others were changed by a language model.
    return found[:1] if name == "msp_podcast" else found


def _folds(clips: Sequence[Clip], tables: Sequence[Path]) -> Iterator[tuple[str, list[Clip]]]:
    for table in tables:
        lines = rows(table)
        if not any("Split_Set" in row for row in lines):
            raise UserError(
                f"{table} is not a fold of EMO-SUPERB: it has no column Split_Set, or no row."
            )
        test = {
            Path(row.get("FileName") or row.get("", "")).stem.casefold()
            for row in lines
            if row.get("Split_Set", "").lower() == "test"
        }
        if chosen := [clip for clip in clips if clip.path.stem.casefold() in test]:
            name = f"fold {table.stem.rsplit('_', 1)[-1]}"
            yield whole_or_part(name, len(chosen), len(test), "clips"), chosen
    if not tables:
        own = [clip for clip in clips if clip.part.lower() in _TEST]
        if own or clips:
            yield ("test part" if own else "all clips"), own or list(clips)
