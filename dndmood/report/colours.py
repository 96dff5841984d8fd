"""A colour for each mood, the same ones that the screen shows during the evening."""

from collections.abc import Iterable

from dndmood.mood_places import Place, colours
from dndmood.report.story import Evening

UNKNOWN = "#777777"
"""For a mood that is no longer in the book."""


def hues(places: Iterable[Place], evenings: Iterable[Evening] = ()) -> dict[str, str]:
    """A colour for each mood; those of `evenings` that have no place are grey."""
    names = {stretch.mood for evening in evenings for stretch in evening.stretches}
    return dict.fromkeys(sorted(names), UNKNOWN) | colours(places)
