"""Where the music of the moods lies that come along: learned from the starter tracks.

A mood's place in its file is that of talk. The music that goes with it lies elsewhere, as the
estimator hears it: suspense is the least pleasant of all, a jig has more notes than a fanfare.
"""

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dndmood.library.estimate.model import MusicMoodModel
from dndmood.library.measuring import measured
from dndmood.library.middle import MoodPlace, chance, middle_of, odds
from dndmood.library.proposals import proposed
from dndmood.library.track import Track

_NEAR, _FAR = 0.03, 0.97


@dataclass(frozen=True, slots=True)
class MoodOfFile:
    """What is read of a mood's file."""

    name: str
    title: str
    arousal: float
    valence: float
    names: tuple[str, ...] = ()


def moods_in(folder: Path) -> list[MoodOfFile]:
    """The moods whose files lie in `folder`."""
    moods = []
    for path in sorted(folder.glob("*.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        mood = MoodOfFile(path.stem, said["title"], said["arousal"], said["valence"])
        moods.append(replace(mood, names=tuple(said.get("names", ()))))
    return moods


def heard_starters(folder: Path, model: MusicMoodModel) -> list[tuple[str, Track]]:
    """Mood and track of every file in a subfolder of `folder`."""
    files = sorted(path for path in folder.glob("*/*.ogg"))
    return [(path.parent.name, measured(Track(str(path), 0, 0), model=model)) for path in files]


def places_of(
    heard: Sequence[tuple[str, Track]], moods: Sequence[MoodPlace]
) -> dict[str, tuple[float, float]]:
    """How far from each mood's own place its tracks lie against the middle of all, in log odds."""
    middle = middle_of([track for _, track in heard], moods, {}, places={})
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for name, track in heard:
        place = (
            _kept((track.arousal_odds or 0.0) - middle.arousal),
            _kept((track.valence_odds or 0.0) - middle.valence),
        )
        found[name].append(place)
    moved = {}
    for mood in moods:
        if mood.name in found:
            arousal, valence = np.mean(found[mood.name], axis=0)
            moved[mood.name] = (
                round(float(arousal) - odds(mood.arousal), 3),
                round(float(valence) - odds(mood.valence), 3),
            )
    return moved


def _kept(log_odds: float) -> float:
    """As far as a proposal looks."""
    return odds(min(_FAR, max(_NEAR, chance(log_odds))))


def right(
    heard: Sequence[tuple[str, Track]],
    moods: Sequence[MoodPlace],
    *,
    places: Mapping[str, tuple[float, float]] | None = None,
) -> int:
    """How many tracks are proposed for their own mood by sound alone.

    Without `places`, each is judged by places that were learned without it.
    """
    silent = [
        (
            mood,
            Track(
                f"/{number}", 0, 0, arousal_odds=one.arousal_odds, valence_odds=one.valence_odds
            ),
        )
        for number, (mood, one) in enumerate(heard)
    ]
    count = 0
    for number, (mood, _) in enumerate(silent):
        rest = silent[:number] + silent[number + 1 :]
        known = places_of(rest, moods) if places is None else places
        found = proposed([track for _, track in silent], moods, places=known)
        count += found[number].mood == mood
    return count
