"""Models by corpora by seeds: one table, one picture, one factorial analysis.

A model is a finished student, as the program runs it, or anything that `teachers` can open.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood.hearing.model import open_model
from dndmood_train import corpora
from dndmood_train.audio.loading import load, trimmed
from dndmood_train.corpora import Clip, Corpus
from dndmood_train.evaluation import factorial, metrics, predict, protocol_run
from dndmood_train.evaluation.factorial import Analysis, Observation
from dndmood_train.evaluation.predict import Answers, Condition
from dndmood_train.evaluation.test_set import canonical

FIGURES = ("UAR", "accuracy", "macro F1")
"""What can be compared; the first unless asked otherwise."""
_BATCH = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One run of one model."""

    model: str
    """What it is called in the table; several runs of one name are its seeds."""
    source: str
    """A folder with a student, or a teacher's name."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One model on one corpus."""

    model: str
    corpus: str
    clips: int
    speakers: int
    seeds: int
    figures: dict[str, float]
    """Means over the seeds: of `FIGURES`, and the CCC of rated dimensions."""
    deviations: dict[str, float]
    """Of the same over the seeds; NaN for one seed."""


@dataclass(frozen=True, slots=True)
class Table:
    """What `dndmood compare` found out."""

    figure: str
    """Which of `FIGURES` is analysed."""
    models: tuple[str, ...]
    corpora: tuple[str, ...]
    classes: dict[str, tuple[str, ...]]
    """Corpus to the emotions that all models know and that occur there."""
    cells: list[Cell]
    analysis: Analysis
    notes: list[str]


def entries(words: Sequence[str]) -> list[Entry]:
    """What `--models` names: `NAME=FOLDER`, a folder, a shipped model or a teacher.

    >>> [entry.model for entry in entries(["a=x", "a=y", "runs/one/model"])]
    ['a', 'a', 'one']
    """
    found = []
    for word in words:
        name, equals, source = word.partition("=")
        if equals and name and source:
            found.append(Entry(name, source))
        else:
            path = Path(word)
            # What train-distill leaves is called `model`, whatever it is.
            named = path.parent.name if path.name == "model" else path.name
            found.append(Entry(named or word, word))
    return found


def compare(
    given: Sequence[Entry],
    roots: Sequence[Path],
    *,
    figure: str = FIGURES[0],
    trim: bool = True,
    at_most: int = 0,
    device: str = "auto",
    seed: int = 0,
) -> Table:
    """Every model on every corpus in `roots`, on the same clips and among the same emotions.

    `at_most` clips of each corpus are drawn, 0 takes all. Raises `UserError` where fewer than two
    models are named, where they share fewer than two emotions, and for what cannot be opened.
    """
    if figure not in FIGURES:
        raise UserError(f"There is no figure called {figure}: use {', '.join(FIGURES)}.")
    if len({entry.model for entry in given}) < 2:  # noqa: PLR2004 - one is no comparison
        raise UserError("A comparison needs two models or more: name them after --models.")
    found, notes = _strangers(corpora.find(roots), given)
    clips = [(corpus, _drawn(corpus, at_most, seed)) for corpus in found]
    asked = [clip for _, some in clips for clip in some]
    answers = [_answers(entry, asked, trim=trim, device=device) for entry in given]
    known = set.intersection(*({canonical(w) for w in one.labels} for one in answers))
    cells, whole, by_speaker, classes = [], list[Observation](), list[Observation](), {}
    start = 0
    for corpus, some in clips:
        title = corpora.reader(corpus.name).TITLE
        stretch = slice(start, start + len(some))
        start += len(some)
        words = tuple(e for e in corpora.EMOTIONS if e in known & {c.emotion for c in some})
        if len(words) < 2:  # noqa: PLR2004 - one class is no question
            notes.append(
                f"{title} is left out: all models know fewer than two of its emotions."
            )
            continue
        classes[title] = words
        for entry_number, (entry, given_answers) in enumerate(zip(given, answers, strict=True)):
            run = sum(e.model == entry.model for e in given[:entry_number])
            observed = _observed(some, given_answers, stretch, words)
            figures, each = observed
            cells.append(
                (entry.model, title, len(some), len({c.speaker for c in some}), figures)
            )
            whole.append(Observation(entry.model, title, run, "", figures[figure]))
            by_speaker += [
                Observation(entry.model, title, run, who, values[figure])
                for who, values in each.items()
            ]
    if not whole:
        raise UserError(
            "The models share fewer than two emotions of these corpora. " + " ".join(notes)
        )
    return Table(
        figure=figure,
        models=tuple(dict.fromkeys(entry.model for entry in given)),
        corpora=tuple(classes),
        classes=classes,
        cells=_means(cells),
        analysis=factorial.analysed(whole, by_speaker),
        notes=notes,
    )


def _strangers(
    found: Sequence[Corpus], given: Sequence[Entry]
) -> tuple[list[Corpus], list[str]]:
    """Corpora without voices that taught any of the students."""
    notes: list[str] = []
    kept = list(found)
    for entry in given:
        if folder := _student(entry.source):
            kept, said = protocol_run.strangers(kept, folder)
            notes += [f"{entry.model}: {one}" for one in said]
    return [corpus for corpus in kept if corpus.clips], list(dict.fromkeys(notes))


def _student(source: str) -> Path | None:
    from dndmood.hearing import shipped

    try:
        folder = shipped.folder(source)
    except UserError:
        return None
    return folder if (folder / "card.toml").is_file() else None


def _drawn(corpus: Corpus, at_most: int, seed: int) -> list[Clip]:
    clips = [clip for clip in corpus.clips if clip.emotion]
    audible: list[Clip] = []
    order = np.random.default_rng(seed).permutation(len(clips))
    for number in order.tolist():
        if at_most and len(audible) == at_most:
            break
        try:
            load(clips[number].path)
        except UserError:
            continue
        audible.append(clips[number])
    return sorted(audible, key=lambda clip: clip.path)


def _answers(entry: Entry, clips: Sequence[Clip], *, trim: bool, device: str) -> Answers:
    def sounds() -> Iterator[Samples]:
        for clip in clips:
            samples = load(clip.path)
            yield trimmed(samples) if trim else samples

    if folder := _student(entry.source):
        with open_model(folder) as judge:
            window = [Condition("main", judge.card.window_s)]
            return predict.predict(judge, sounds(), window)["main"]
    return _of_teacher(entry, list(sounds()), [clip.speaker for clip in clips], device)


def _of_teacher(
    entry: Entry, sounds: Sequence[Samples], speakers: Sequence[str], device: str
) -> Answers:
    from dndmood_train.teachers import open_teacher

    with open_teacher(entry.source, device=device) as teacher:
        labels = teacher.about.emotions
        if not labels:
            raise UserError(
                f"{entry.model} says nothing of emotions, only of dimensions: leave it out."
            )
        parts = [
            teacher(sounds[n : n + _BATCH], speakers[n : n + _BATCH])
            for n in range(0, len(sounds), _BATCH)
        ]
    columns = [corpora.EMOTIONS.index(label) for label in labels]
    return Answers(
        labels=tuple(labels),
        arousal=np.concatenate([part.arousal for part in parts]).astype(float),
        valence=np.concatenate([part.valence for part in parts]).astype(float),
        voice=np.ones(len(sounds)),
        scores=np.concatenate([part.shares for part in parts])[:, columns].astype(float),
        dominance=np.concatenate([part.dominance for part in parts]).astype(float),
    )


def _observed(
    clips: Sequence[Clip], answers: Answers, stretch: slice, classes: Sequence[str]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """The figures of all clips, and of each speaker's."""
    named = {canonical(label): label for label in answers.labels}
    guess = answers.among([named[word] for word in classes])[stretch].argmax(axis=1)
    place = {word: number for number, word in enumerate(classes)}
    truth = np.array([place.get(str(clip.emotion), -1) for clip in clips])
    who = np.array([clip.speaker for clip in clips])
    known = truth >= 0
    figures = _judged(truth[known], guess[known], len(classes))
    for name in ("arousal", "valence", "dominance"):
        rated = np.array(
            [np.nan if (v := getattr(clip, name)) is None else v for clip in clips], dtype=float
        )
        said = getattr(answers, name)
        given = np.full(len(clips), np.nan) if said is None else said[stretch]
        both = ~np.isnan(rated) & ~np.isnan(given)
        if both.sum() > 1:
            figures[f"{name} CCC"] = metrics.ccc(rated[both], given[both])
    each = {
        str(name): _judged(
            truth[known & (who == name)], guess[known & (who == name)], len(classes)
        )
        for name in np.unique(who[known])
    }
    return figures, each


def _judged(
    truth: NDArray[np.int64], guess: NDArray[np.int64], classes: int
) -> dict[str, float]:
    counts = metrics.confusion(truth, guess, classes)
    values = (metrics.uar(counts), metrics.accuracy(counts), metrics.macro_f1(counts))
    return dict(zip(FIGURES, values, strict=True))


def _means(runs: Sequence[tuple[str, str, int, int, dict[str, float]]]) -> list[Cell]:
    cells = []
    for model, corpus in dict.fromkeys((run[0], run[1]) for run in runs):
        mine = [run for run in runs if run[:2] == (model, corpus)]
        names = mine[0][4]
        table = {name: np.array([run[4][name] for run in mine]) for name in names}
        cells.append(
            Cell(
                model=model,
                corpus=corpus,
                clips=mine[0][2],
                speakers=mine[0][3],
                seeds=len(mine),
                figures={name: float(values.mean()) for name, values in table.items()},
                deviations={
                    name: float(values.std(ddof=1)) if len(values) > 1 else float("nan")
                    for name, values in table.items()
                },
            )
        )
    return cells
