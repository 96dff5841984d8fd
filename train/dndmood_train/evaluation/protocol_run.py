"""A model under one protocol of the field: what is asked, what is missing, what comes out."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dndmood.errors import UserError
from dndmood.hearing.model import Model, open_model
from dndmood_train import corpora
from dndmood_train.audio.loading import load, trimmed, unread
from dndmood_train.corpora import Clip
from dndmood_train.evaluation import predict, protocols, ser_tests
from dndmood_train.evaluation.predict import Answers, Condition
from dndmood_train.evaluation.protocols import Protocol, Task
from dndmood_train.evaluation.strangers import strangers


@dataclass(frozen=True, slots=True)
class Row:
    """One task, answered."""

    corpus: str
    name: str
    clips: int
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class ProtocolReport:
    """Everything that `dndmood evaluate --protocol` found out."""

    protocol: str
    source: str
    model: str
    sha256: str
    rows: list[Row]
    means: dict[str, float]
    """Figure to its mean over the corpora at hand, folds of one corpus averaged first."""
    missing: dict[str, str]
    """Title of a corpus that the protocol wants and nobody gave, to what it wants of it."""
    notes: list[str]
    """Whole sentences: where this differs from the source, and what to beware of."""


def run(
    name: str,
    *,
    model: Path,
    roots: Sequence[Path],
    graph: str = "model.onnx",
    partitions: Path | None = None,
    window_s: float | None = None,
    trim: bool = True,
    seed: int = 0,
) -> ProtocolReport:
    """Test the model in folder `model` under the protocol `name`, with the corpora in `roots`.

    Voices that taught the model are left out, as far as its card says which those were. Raises
    `UserError` when no corpus is there that the protocol asks for.
    """
    protocol = protocols.named(name)
    if not roots:
        raise UserError(f"{protocol.TITLE} needs --corpora FOLDER: {needs(protocol)}.")
    if partitions is not None and not partitions.is_dir():
        raise UserError(f"There is no folder {partitions} with tables of folds.")
    found = [c for c in corpora.find(roots) if c.name in protocol.CORPORA]
    missing = lacking(protocol, [corpus.name for corpus in found])
    if not found:
        raise UserError(
            f"None of the corpora that {protocol.TITLE} asks for is there: {needs(protocol)}."
        )
    found, warnings = strangers(found, model)
    warnings += [
        f"Left out of {corpora.reader(corpus.name).TITLE}: {corpora.counted(corpus.dropped)}."
        for corpus in found
        if corpus.dropped
    ]
    warnings += corpora.passed_over(roots)
    tasks = [task for task in protocol.tasks(found, partitions) if task.clips]
    if not tasks:
        wanted = "; ".join(
            f"{corpora.reader(c.name).TITLE}: {protocol.CORPORA[c.name]}" for c in found
        )
        raise UserError(
            f"{protocol.TITLE} finds nothing to ask in what is there ({wanted}). "
            + " ".join(warnings)
        )
    if partitions and not any(task.listed for task in tasks):
        raise UserError(
            f"No table of folds that {protocol.TITLE} has is in {partitions} for "
            f"{', '.join(dict.fromkeys(task.corpus for task in tasks))}: give the folder data of "
            "its repository, or leave --partitions out."
        )
    for corpus in found:
        # Such as CREMA-D without its table of votes.
        if corpora.reader(corpus.name).TITLE not in {task.corpus for task in tasks}:
            missing |= {corpora.reader(corpus.name).TITLE: protocol.CORPORA[corpus.name]}
    with open_model(model, graph=graph) as judge:
        rows, silent = _answered(protocol, tasks, judge, window_s, trim=trim, seed=seed)
        card = judge.card
    if silent:
        warnings.append(f"Left out besides: {corpora.counted(silent)}.")
    return ProtocolReport(
        protocol=protocol.TITLE,
        source=protocol.SOURCE,
        model=card.name,
        sha256=card.sha256,
        rows=rows,
        means=_means(rows),
        missing=missing,
        notes=[*protocol.DIFFERS, *warnings, *_half_there(tasks, partitions)],
    )


def _half_there(tasks: Sequence[Task], partitions: Path | None) -> Iterator[str]:
    """Sentences about folds that are not there, or not known."""
    for title in dict.fromkeys(task.corpus for task in tasks):
        mine = [task for task in tasks if task.corpus == title]
        if partitions and not mine[0].listed:
            yield f"No tables of {title} are in {partitions}: its folds are not read from there."
        if len(mine) < (folds := mine[0].folds):
            yield f"Of {title} {len(mine)} of {folds} folds are there."


def lacking(protocol: Protocol, there: Collection[str]) -> dict[str, str]:
    """Title of each corpus that a protocol wants and is not `there`, to what it wants of it."""
    wanted = protocol.CORPORA.items()
    return {corpora.reader(n).TITLE: what for n, what in wanted if n not in there}


def needs(protocol: Protocol) -> str:
    """What a protocol asks for, in words."""
    wanted = (
        f"{corpora.reader(name).TITLE} ({what})" for name, what in protocol.CORPORA.items()
    )
    return "any of " + ", ".join(wanted)


def _answered(
    protocol: Protocol,
    tasks: Sequence[Task],
    judge: Model,
    window_s: float | None,
    *,
    trim: bool,
    seed: int,
) -> tuple[list[Row], Counter[str]]:
    # Folds share clips: each is heard once.
    clips = list({clip.path: clip for task in tasks for clip in task.clips}.values())
    heard, place = _heard(judge, clips, window_s, trim=trim, seed=seed)
    silent = Counter(unread(clip.path) for clip in clips if clip.path not in place)
    rows = []
    for task in tasks:
        audible = tuple(clip for clip in task.clips if clip.path in place)
        if not audible:
            continue
        chosen = np.array([place[clip.path] for clip in audible], dtype=np.int64)
        asked = replace(task, clips=audible)
        figures = protocol.figures(asked, ser_tests.subset(heard, chosen))
        rows.append(Row(task.corpus, task.name, len(audible), figures))
    if not rows:
        raise UserError(
            f"Not one sound of these corpora can be read: {corpora.counted(silent)}."
        )
    return rows, silent


def _heard(
    judge: Model, clips: Sequence[Clip], window_s: float | None, *, trim: bool, seed: int
) -> tuple[Answers, dict[Path, int]]:
    place: dict[Path, int] = {}

    def sounds() -> Iterable[np.ndarray]:
        for clip in clips:
            try:
                samples = load(clip.path)
            except UserError:
                continue
            place[clip.path] = len(place)
            yield trimmed(samples) if trim else samples

    window_s = judge.card.window_s if window_s is None else window_s
    answers = predict.predict(judge, sounds(), [Condition("main", window_s)], seed=seed)["main"]
    return answers, place


def _means(rows: Sequence[Row]) -> dict[str, float]:
    names = list(dict.fromkeys(name for row in rows for name in row.figures))
    found = {}
    for name in names:
        each = []
        for corpus in dict.fromkeys(row.corpus for row in rows):
            values = [r.figures[name] for r in rows if r.corpus == corpus and name in r.figures]
            if values:
                each.append(float(np.nanmean(values)) if not np.isnan(values).all() else np.nan)
        known = [value for value in each if not np.isnan(value)]
        found[name] = float(np.mean(known)) if known else float("nan")
    return found
