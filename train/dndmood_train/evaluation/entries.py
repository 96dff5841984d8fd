"""Models that can be compared: finished students, and anything that `teachers` can open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood.hearing.model import open_model
from dndmood_train.audio.loading import load, trimmed
from dndmood_train.corpora import EMOTIONS, Clip
from dndmood_train.evaluation import predict
from dndmood_train.evaluation.predict import Answers, Condition

_BATCH = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One run of one model."""

    model: str
    """What it is called in the table; several runs of one name are its seeds."""
    source: str
    """A folder with a student, or a teacher's name."""


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


def student(source: str) -> Path | None:
    """The folder of a finished student; None where `source` is a teacher."""
    from dndmood.hearing import shipped

    try:
        folder = shipped.folder(source)
    except UserError:
        return None
    return folder if (folder / "card.toml").is_file() else None


def check(given: Sequence[Entry]) -> None:
    """Raise `UserError` at once for a model that cannot be opened; fetches and asks nothing."""
    for entry in given:
        if folder := student(entry.source):
            with open_model(folder):
                continue
        _check_teacher(entry)


def _check_teacher(entry: Entry) -> None:
    if Path(entry.source).is_dir() and not any(
        (Path(entry.source) / name).is_file() for name in ("config.json", "model.yaml")
    ):
        raise UserError(
            f"There is no model in {entry.source}: a finished student has a card.toml there (its "
            "folder is called model below --out), a teacher a config.json."
        )
    from dndmood_train.teachers import check_name

    check_name(entry.source)


def answers(entry: Entry, clips: Sequence[Clip], *, trim: bool, device: str) -> Answers:
    """What a model says of the clips; raises `UserError` when it cannot be opened or asked."""

    def sounds() -> Iterator[Samples]:
        for clip in clips:
            samples = load(clip.path)
            yield trimmed(samples) if trim else samples

    if folder := student(entry.source):
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
    columns = [EMOTIONS.index(label) for label in labels]
    return Answers(
        labels=tuple(labels),
        arousal=np.concatenate([part.arousal for part in parts]).astype(float),
        valence=np.concatenate([part.valence for part in parts]).astype(float),
        voice=np.ones(len(sounds)),
        scores=np.concatenate([part.shares for part in parts])[:, columns].astype(float),
        dominance=np.concatenate([part.dominance for part in parts]).astype(float),
    )
