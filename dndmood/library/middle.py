"""Where the middle of a collection lies, and where the music of each mood lies around it.

The estimate of arousal and valence is right about which of two tracks is the more excited, and
less so about where the middle lies: that depends on instruments and recordings. So the middle of
the collection itself is the border, and every decision of the person moves it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from dndmood.library.estimate.model import shipped
from dndmood.library.names import Named
from dndmood.library.track import Track

Axis: TypeAlias = Literal["arousal", "valence"]
Places: TypeAlias = Mapping[str, tuple[float, float]]
"""How far the music of a mood lies from its own place, in log odds of arousal and valence."""

_OWN_MIDDLE_FROM = 6.0
"""With so many tracks the collection's own middle counts as much as that of the music that the
estimator learned from; of fewer tracks the middle is too much a matter of chance."""
_DECISIONS = 4.0
"""So many decisions count as much as the collection's own middle."""


class MoodPlace(Named, Protocol):
    """What is read of a mood."""

    @property
    def arousal(self) -> float: ...
    @property
    def valence(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Middle:
    """Where the middle of a collection lies, in the log odds of the estimate."""

    arousal: float = 0.0
    valence: float = 0.0


def odds(share: float) -> float:
    """Log odds of a share, which is kept within 0.001 and 0.999."""
    share = min(0.999, max(0.001, share))
    return math.log(share / (1 - share))


def chance(log_odds: float) -> float:
    """The share with these log odds.

    >>> chance(0.0)
    0.5
    """
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def middle_of(
    tracks: Iterable[Track],
    moods: Iterable[MoodPlace],
    known: Mapping[str, str],
    *,
    places: Places | None = None,
) -> Middle:
    """The middle of a collection of `tracks`.

    It is the median of what was heard. `known` says, by path, in which mood a person wants a
    track: these pull the middle to where their moods' own places fit. `places` are by default
    those that the model knows.
    """
    heard = [
        one for one in tracks if one.arousal_odds is not None and one.valence_odds is not None
    ]
    by_name = {mood.name: place_of(mood, places) for mood in moods}
    sure = [(one, by_name[known[one.path]]) for one in heard if known.get(one.path) in by_name]
    return Middle(
        _middle(
            [_odds(one, "arousal") for one in heard],
            [_odds(one, "arousal") - place[0] for one, place in sure],
        ),
        _middle(
            [_odds(one, "valence") for one in heard],
            [_odds(one, "valence") - place[1] for one, place in sure],
        ),
    )


def place_of(mood: MoodPlace, places: Places | None = None) -> tuple[float, float]:
    """Where a mood's music lies, in log odds of arousal and valence.

    That is the mood's own place, moved by what was learned for moods of that name: music that
    keeps people in suspense is less pleasant than their talk then is.
    """
    arousal, valence = (shipped().places if places is None else places).get(
        mood.name, (0.0, 0.0)
    )
    return odds(mood.arousal) + arousal, odds(mood.valence) + valence


def _middle(mine: list[float], theirs: list[float]) -> float:
    """From what was heard, and from where the middle is by each track whose mood is known."""
    if not mine:
        return 0.0
    middle = float(np.median(mine)) * len(mine) / (len(mine) + _OWN_MIDDLE_FROM)
    if not theirs:
        return middle
    return middle + len(theirs) / (len(theirs) + _DECISIONS) * (
        float(np.median(theirs)) - middle
    )


def _odds(track: Track, axis: Axis) -> float:
    return float(getattr(track, f"{axis}_odds"))
