"""The book of moods: one TOML file each. There is no list of moods in the code."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from dndmood.errors import UserError


@dataclass(frozen=True, slots=True)
class Mood:
    """One mood as its file describes it; the file's stem is its name."""

    name: str
    """The file's stem, and what `--mood`, journals and folders call it."""
    folder: Path
    """Where the file lies; its track patterns start here."""
    title: str
    """What people read."""
    arousal: float
    """Its place in the plane: 0 drowsy to 1 excited."""
    valence: float
    """Its place in the plane: 0 unpleasant to 1 pleasant."""
    emotions: Mapping[str, float]
    """Which emotions speak for it, and how strongly (0 to 1)."""
    order: int = 100
    """Position on the screen and on the number keys; ties go by name."""
    spread: float = 0.2
    """How far from its place talk still counts for it (standard deviation in the plane)."""
    hold_s: float = 30.0
    """Once entered, it stays at least this long."""
    attack_s: float = 8.0
    """Half-life with which evidence for it is believed; shorter enters sooner."""
    release_s: float = 8.0
    """Half-life with which evidence for it is forgotten; longer leaves later."""
    tracks: tuple[str, ...] = field(default=())
    """File patterns under `folder`, or absolute."""


_RANGES = {
    "arousal": (0.0, 1.0),
    "valence": (0.0, 1.0),
    "spread": (0.02, 1.0),
    "hold_s": (0.0, 3600.0),
    "attack_s": (0.5, 600.0),
    "release_s": (0.5, 600.0),
    "order": (0, 10_000),
}
_KEYS = tuple(f.name for f in fields(Mood) if f.name not in ("name", "folder"))
_NEEDED = ("title", "arousal", "valence", "emotions")


def load(*folders: Path) -> dict[str, Mood]:
    """Every mood in `folders`, by name, in screen order; a later folder's file wins.

    Raises `UserError` for a file that cannot be used, naming the file and the key.
    """
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}
    if not found:
        raise UserError(
            f"There are no moods in {folders[0]}: put one TOML file per mood there."
        )
    moods = sorted(map(read, found.values()), key=lambda mood: (mood.order, mood.name))
    return {mood.name: mood for mood in moods}


def read(path: Path) -> Mood:
    """The mood in the file `path`; raises `UserError` naming what is wrong with it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"The mood file {path} cannot be read: {error}.") from error
    if unknown := sorted(set(table) - set(_KEYS)):
        raise UserError(
            f"The mood file {path} has an unknown key {unknown[0]!r}: use {', '.join(_KEYS)}."
        )
    if missing := [key for key in _NEEDED if key not in table]:
        raise UserError(f"The mood file {path} lacks the key {missing[0]!r}.")
    for key, value in table.items():
        _check(path, key, value)
    tracks = table.pop("tracks", [])
    emotions = {label: float(weight) for label, weight in table.pop("emotions").items()}
    return Mood(
        name=path.stem, folder=path.parent, emotions=emotions, tracks=tuple(tracks), **table
    )


def check_emotions(moods: Iterable[Mood], labels: Iterable[str]) -> None:
    """Raise `UserError` when a mood counts on an emotion that the model does not know."""
    known = list(labels)
    for mood in moods:
        for label in mood.emotions:
            if label not in known:
                raise UserError(
                    f"The mood {mood.name} counts on the emotion {label!r}, which the model "
                    f"does not know: use {', '.join(known)}."
                )


def _check(path: Path, key: str, value: Any) -> None:
    if key in _RANGES:
        low, high = _RANGES[key]
        good = isinstance(value, (int, float)) and low <= value <= high
        wanted = f"a number from {low:g} to {high:g}"
    elif key == "emotions":
        good = isinstance(value, dict) and all(
            isinstance(weight, (int, float)) and 0.0 <= weight <= 1.0
            for weight in value.values()
        )
        wanted = "a table of emotions with weights from 0 to 1"
    elif key == "tracks":
        good = isinstance(value, list) and all(isinstance(pattern, str) for pattern in value)
        wanted = "a list of file patterns"
    else:
        good, wanted = isinstance(value, str), "a text"
    if not good:
        raise UserError(f"The mood file {path} needs {wanted} for {key!r}, not {value!r}.")
