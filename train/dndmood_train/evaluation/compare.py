"""Models by corpora by seeds: one table, one picture, one factorial analysis.

A model is a finished student, as the program runs it, or anything that `teachers` can open.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.audio.loading import load, unread
from dndmood_train.corpora import Clip, Corpus
from dndmood_train.evaluation import factorial, metrics
from dndmood_train.evaluation.entries import Entry, check, student
from dndmood_train.evaluation.entries import answers as ask
from dndmood_train.evaluation.factorial import Analysis, Observation
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.strangers import strangers
from dndmood_train.evaluation.test_set import canonical

FIGURES = ("UAR", "accuracy", "macro F1")
"""What can be compared; the first unless asked otherwise."""


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
    check(given)
    found, notes = _strangers(corpora.find(roots), given)
    notes += corpora.passed_over(roots)
    clips, lacking = _audible(found, at_most, seed)
    notes += lacking
    asked = [clip for _, some in clips for clip in some]
    if not asked:
        raise UserError(" ".join(["Nothing is there to compare models on.", *notes]))
    answers = [ask(entry, asked, trim=trim, device=device) for entry in given]
    known = set.intersection(*({canonical(w) for w in one.labels} for one in answers))
    observed = _Observed(figure)
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
        observed.classes[title] = words
        for number, (entry, one) in enumerate(zip(given, answers, strict=True)):
            run = sum(before.model == entry.model for before in given[:number])
            observed.add(entry.model, run, title, some, _observed(some, one, stretch, words))
    if not observed.whole:
        raise UserError(
            "The models share fewer than two emotions of these corpora. " + " ".join(notes)
        )
    analysis = factorial.analysed(observed.whole, observed.by_speaker)
    cells = _means(observed.runs)
    if analysis.unit == "speaker":
        notes += _weight_of_voices(observed.by_speaker)
        notes += _turned_round(analysis, cells, figure)
    return Table(
        figure=figure,
        models=tuple(dict.fromkeys(entry.model for entry in given)),
        corpora=tuple(observed.classes),
        classes=observed.classes,
        cells=cells,
        analysis=analysis,
        notes=notes,
    )


_Run: TypeAlias = tuple[str, str, int, int, dict[str, float]]
"""Model, corpus, clips, speakers and figures of one run on one corpus."""


class _Observed:
    """What was found of every run on every corpus."""

    def __init__(self, figure: str) -> None:
        self.figure = figure
        self.classes: dict[str, tuple[str, ...]] = {}
        self.runs: list[_Run] = []
        self.whole: list[Observation] = []
        self.by_speaker: list[Observation] = []

    def add(
        self,
        model: str,
        run: int,
        corpus: str,
        clips: Sequence[Clip],
        found: tuple[dict[str, float], dict[str, dict[str, float]]],
    ) -> None:
        figures, each = found
        self.runs.append((model, corpus, len(clips), len({c.speaker for c in clips}), figures))
        self.whole.append(Observation(model, corpus, run, "", figures[self.figure]))
        self.by_speaker += [
            Observation(model, corpus, run, who, values[self.figure])
            for who, values in each.items()
        ]


def _strangers(
    found: Sequence[Corpus], given: Sequence[Entry]
) -> tuple[list[Corpus], list[str]]:
    """Corpora without voices that taught any of the students."""
    notes: dict[str, list[str]] = {}
    kept = list(found)
    for entry in given:
        if folder := student(entry.source):
            kept, said = strangers(kept, folder)
            for one in said:
                notes.setdefault(one, []).append(entry.model)
    whole = [f"{', '.join(dict.fromkeys(who))}: {one}" for one, who in notes.items()]
    return [corpus for corpus in kept if corpus.clips], whole


def _weight_of_voices(observed: Sequence[Observation]) -> list[str]:
    """Where one corpus has most of the speakers, pairs of models say what is so there."""
    voices = dict.fromkeys(dict.fromkeys(one.corpus for one in observed), 0)
    for corpus, _ in {(one.corpus, one.speaker) for one in observed}:
        voices[corpus] += 1
    most, total = max(voices, key=lambda corpus: voices[corpus]), sum(voices.values())
    if len(voices) < 2 or 2 * voices[most] <= total:  # noqa: PLR2004 - of one corpus it is no news
        return []
    return [
        (
            f"Every speaker counts alike, and {voices[most]} of {total} are of {most}: pairs of "
            "models say mostly what is so there, the means of the table weigh corpora alike."
        )
    ]


def _turned_round(analysis: Analysis, cells: Sequence[Cell], figure: str) -> Iterator[str]:
    """Pairs that stand the other way round by speakers than in the means of the table."""

    def mean(model: str) -> float:
        return float(np.mean([cell.figures[figure] for cell in cells if cell.model == model]))

    for pair in analysis.contrasts:
        if pair.difference * (mean(pair.first) - mean(pair.second)) < 0:
            ahead, behind = pair.first, pair.second
            if pair.difference < 0:
                ahead, behind = behind, ahead
            yield (
                f"Speaker by speaker {ahead} is ahead of {behind}, in the means of the table "
                "behind: there clips and corpora weigh, not speakers."
            )


def _audible(
    found: Sequence[Corpus], at_most: int, seed: int
) -> tuple[list[tuple[Corpus, list[Clip]]], list[str]]:
    """The clips of each corpus to ask about, and sentences about what is left out."""
    clips: list[tuple[Corpus, list[Clip]]] = []
    notes: list[str] = []
    for corpus in found:
        heard, silent = _drawn(corpus, at_most, seed)
        notes += _left_out(corpus, silent)
        if heard:
            clips.append((corpus, heard))
    return clips, notes


def _left_out(corpus: Corpus, silent: Counter[str]) -> Iterator[str]:
    """What of a corpus nobody was asked about, in one sentence."""
    if said := corpora.counted(Counter(corpus.dropped) + silent):
        yield f"Left out of {corpora.reader(corpus.name).TITLE}: {said}."


def _drawn(corpus: Corpus, at_most: int, seed: int) -> tuple[list[Clip], Counter[str]]:
    """The clips to ask about, and how many of those tried cannot be read, and why."""
    silent: Counter[str] = Counter()
    clips = [clip for clip in corpus.clips if clip.emotion]
    audible: list[Clip] = []
    order = np.random.default_rng(seed).permutation(len(clips))
    for number in order.tolist():
        if at_most and len(audible) == at_most:
            break
        try:
            load(clips[number].path)
        except UserError:
            silent[unread(clips[number].path)] += 1
            continue
        audible.append(clips[number])
    return sorted(audible, key=lambda clip: clip.path), silent


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


def _means(runs: Sequence[_Run]) -> list[Cell]:
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
