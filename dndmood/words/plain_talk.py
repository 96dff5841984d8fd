"""What plain talk says for each mood: how pleasant and how excited its words are.

A mood has its part of each corner of the plane by how near it lies to what was said in that corner
of the campaign from which the words were learned, so a mood of somebody's own has it as well.
"""

import math
from collections.abc import Mapping
from typing import Protocol, TypeAlias

from dndmood.scene import SceneCue
from dndmood.words.feeling import share

_Corner: TypeAlias = tuple[bool, bool]
"""Pleasant, excited."""
_CORNERS: Mapping[_Corner, tuple[float, float]] = {
    (False, True): (0.84, 0.20),
    (False, False): (0.50, 0.36),
    (True, False): (0.34, 0.58),
    (True, True): (0.74, 0.82),
}
"""Arousal and valence of the campaign's four moods: agitated, suspenseful, calm, happy."""
_NEAR = 0.15
"""How far from a corner a mood still has a part of it (standard deviation)."""
_ANY = 0.15
"""Added in equal parts for all corners: a mood that is far from all is hardly spoken for."""
_VALENCE, _AROUSAL = 2.0, 1.6
"""What of the log-odds counts. Chosen on composed tuning evenings, where 1 and .8 to 4 and 3 are within
a point."""
_HEARD_S = 40.0
"""Half-life of what was said before, which spoke for its mood already: only what is new is evidence.
Chosen there (20 to 160 s are within a point)."""
_LEAST = 0.05
"""Strength below which no mood is spoken for."""


class Placed(Protocol):
    """A mood by its place in the plane, each coordinate 0 to 1."""

    @property
    def arousal(self) -> float:
        """How excited it is."""
        ...

    @property
    def valence(self) -> float:
        """How pleasant it is."""
        ...


class PlainTalk:
    """Gives how much plain talk speaks for each of `moods`."""

    def __init__(self, moods: Mapping[str, Placed]) -> None:
        self._parts = {name: _parts(mood) for name, mood in moods.items()}
        self._before = (0.0, 0.0)
        self._before_s = 0.0

    def cue(self, at_s: float, *, valence: float, arousal: float) -> SceneCue | None:
        """What is said for the moods by what is new since the last call; None when it is nothing.

        `valence` and `arousal` are the log-odds of pleasant and excited talk over the last minute.
        """
        kept = 0.5 ** (max(at_s - self._before_s, 0.0) / _HEARD_S)
        new = valence - kept * self._before[0], arousal - kept * self._before[1]
        self._before, self._before_s = (valence, arousal), at_s
        pleasant, excited = share(new[0] * _VALENCE), share(new[1] * _AROUSAL)
        likely = {
            name: sum(
                part
                * (pleasant if is_pleasant else 1.0 - pleasant)
                * (excited if is_excited else 1.0 - excited)
                for (is_pleasant, is_excited), part in parts.items()
            )
            for name, parts in self._parts.items()
        }
        least = min(likely.values(), default=1.0)
        said = {name: math.log2(one / least) for name, one in likely.items()}
        most = max(said, key=lambda name: said[name], default="")
        if not most or said[most] <= _LEAST:
            return None
        return SceneCue(at_s, "mood", most, "", said[most], moods=said)


def _parts(mood: Placed) -> dict[_Corner, float]:
    """How much of the mood lies in each corner; sums to 1."""
    near = {
        corner: math.exp(
            -(math.dist(place, (mood.arousal, mood.valence)) ** 2) / (2 * _NEAR**2)
        )
        + _ANY / len(_CORNERS)
        for corner, place in _CORNERS.items()
    }
    whole = sum(near.values())
    return {corner: one / whole for corner, one in near.items()}
