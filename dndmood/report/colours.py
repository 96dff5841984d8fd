"""A colour for each mood, the same ones that the screen shows during the evening.

All hues have the same relative luminance of 0.18: white and black letters can both be read on
them, and they can be told from light paper and from dark. No two things differ by colour alone.
"""

from collections.abc import Iterable

from dndmood.report.story import Evening, Place

UNKNOWN = "#777777"
"""For a mood that is no longer in the book."""

_HUES = (  # colour and the corner of the plane it suits: valence, arousal
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


def hues(places: Iterable[Place], evenings: Iterable[Evening] = ()) -> dict[str, str]:
    """A colour for each mood: the nearest in the plane that no mood before it has taken.

    Moods of `evenings` that have no place are grey.
    """
    names = {stretch.mood for evening in evenings for stretch in evening.stretches}
    free, chosen = list(_HUES), dict.fromkeys(sorted(names), UNKNOWN)
    for place in places:
        hue = min(
            free or _HUES,
            key=lambda hue: (hue[1] - place.valence) ** 2 + (hue[2] - place.arousal) ** 2,
        )
        chosen[place.name] = hue[0]
        if hue in free:
            free.remove(hue)
    return chosen
