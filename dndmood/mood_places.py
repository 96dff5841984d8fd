"""Moods as people see them, on the screen and in reports: names, places in the plane, colours."""

from collections.abc import Iterable
from dataclasses import dataclass

_COLOURS = (  # colour and the corner of the plane it suits: valence, arousal
    ("#13876f", 0.60, 0.30),
    ("#b95f0f", 0.80, 0.65),
    ("#9f54d4", 0.38, 0.50),
    ("#e1303c", 0.25, 0.85),
    ("#2274e6", 0.25, 0.25),
    ("#937308", 0.88, 0.88),
    ("#338822", 0.85, 0.40),
    ("#d43491", 0.50, 0.90),
    ("#0882a0", 0.50, 0.10),
)
"""All have the same relative luminance of 0.18: they can be told from light and from dark ground,
and white and black letters can both be read on them. No two things differ by colour alone."""


@dataclass(frozen=True, slots=True)
class Place:
    """A mood as the screen and a report show it."""

    name: str
    title: str
    """What people read."""
    key: str
    """The digit that forces it; empty when there is none left."""
    arousal: float
    """0 drowsy to 1 excited."""
    valence: float
    """0 unpleasant to 1 pleasant."""
    spread: float = 0.2
    """How far from its place talk still counts for it."""


def colours(places: Iterable[Place]) -> dict[str, str]:
    """A colour for each mood: the nearest in the plane that no mood before it has taken."""
    free, chosen = list(_COLOURS), dict[str, str]()
    for place in places:
        nearest = min(
            free or _COLOURS,
            key=lambda one: (one[1] - place.valence) ** 2 + (one[2] - place.arousal) ** 2,
        )
        chosen[place.name] = nearest[0]
        if nearest in free:
            free.remove(nearest)
    return chosen
