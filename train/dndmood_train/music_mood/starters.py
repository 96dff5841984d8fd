"""Where the music of the moods lies that come along: learned from the starter tracks.

A mood's place in its file is that of talk. The music that goes with it lies elsewhere, as the
estimator hears it: suspense is the least pleasant of all, a jig has more notes than a fanfare.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dndmood.library.estimate.model import MusicMoodModel
from dndmood.library.measuring import measured
from dndmood.library.proposals import MoodPlace, chance, middle_of, odds, proposed
from dndmood.library.track import Track

TRUST = 0.75
"""So far towards its three tracks a mood is moved; they are few."""
_NEAR, _FAR = 0.03, 0.97


def heard_starters(folder: Path, model: MusicMoodModel) -> list[tuple[str, Track]]:
    """Mood and track of every file in a subfolder of `folder`."""
    files = sorted(path for path in folder.glob("*/*.ogg"))
    return [(path.parent.name, measured(Track(str(path), 0, 0), model=model)) for path in files]


def places_of(
    heard: Sequence[tuple[str, Track]], moods: Sequence[MoodPlace]
) -> dict[str, tuple[float, float]]:
    """How far from each mood's own place its tracks lie against the middle of all, in log odds."""
    middle = middle_of([track for _, track in heard], moods, {})
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for mood, track in heard:
        place = (
            _kept((track.arousal_odds or 0.0) - middle.arousal),
            _kept((track.valence_odds or 0.0) - middle.valence),
        )
        found[mood].append(place)
    moved = {}
    for mood in moods:
        if mood.name in found:
            arousal, valence = np.mean(found[mood.name], axis=0)
            moved[mood.name] = (
                round(TRUST * (float(arousal) - odds(mood.arousal)), 3),
                round(TRUST * (float(valence) - odds(mood.valence)), 3),
            )
    return moved


def _kept(log_odds: float) -> float:
    """As far as a proposal looks."""
    return odds(min(_FAR, max(_NEAR, chance(log_odds))))


def right(heard: Sequence[tuple[str, Track]], moods: Sequence[MoodPlace]) -> int:
    """How many tracks are proposed for their own mood by sound alone, with the model that ships."""
    silent = [replace(track, path=f"/{number}") for number, (_, track) in enumerate(heard)]
    found = proposed(silent, moods)
    return sum(one.mood == mood for (mood, _), one in zip(heard, found, strict=True))
