"""What stood out in an evening: extremes and shares."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dndmood.mood_places import Place
from dndmood.report.quiet import Quiet
from dndmood.report.story import Evening, Stretch, Talk

_MIDDLE = 0.5
"""Of both axes: neither drowsy nor excited, neither pleasant nor unpleasant."""

_FEW = 3
"""Fewer windows of speech than this say nothing about a stretch."""


@dataclass(frozen=True, slots=True)
class Fight:
    """The fight in which the voices were the most excited."""

    stretch: Stretch
    arousal: float
    """How excited the voices were on average, 0 to 1."""


def shares(evening: Evening) -> dict[str, float]:
    """Mood to its share of the evening, 0 to 1; they sum to 1, the longest comes first."""
    return campaign_shares([evening])


def campaign_shares(evenings: Iterable[Evening]) -> dict[str, float]:
    """The same over several evenings, each counting as long as it was."""
    spent: dict[str, float] = {}
    for stretch in (stretch for evening in evenings for stretch in evening.stretches):
        spent[stretch.mood] = spent.get(stretch.mood, 0.0) + stretch.length_s
    total_s = sum(spent.values()) or 1.0
    longest = sorted(spent.items(), key=lambda item: -item[1])
    return {name: spent_s / total_s for name, spent_s in longest}


def turns(evening: Evening) -> int:
    """How often the mood changed; how the evening began does not count."""
    return max(len(evening.changes) - 1, 0)


def turns_per_h(evening: Evening) -> float:
    """Changes of mood an hour; 0 for an evening of less than a minute."""
    return turns(evening) * 3600.0 / evening.length_s if evening.length_s >= 60.0 else 0.0  # noqa: PLR2004


def hand_share(evening: Evening) -> float:
    """The share of the evening in which the game master ruled by hand, 0 to 1."""
    by_hand_s = sum(stretch.length_s for stretch in evening.by_hand)
    return min(by_hand_s / evening.length_s, 1.0) if evening.length_s else 0.0


def longest_calm(evening: Evening, places: Iterable[Place]) -> Stretch | None:
    """The longest stretch of talk in a mood that is at ease; None when there was none.

    A break in which nobody spoke is no calm: it ends one stretch and begins another.
    """
    calm = {
        place.name for place in places if place.arousal < _MIDDLE and place.valence >= _MIDDLE
    }
    stretches = [
        piece
        for stretch in evening.stretches
        if stretch.mood in calm
        for piece in _between(stretch, evening.quiet)
    ]
    return max(stretches, key=lambda stretch: stretch.length_s, default=None)


def fiercest_fight(evening: Evening, places: Iterable[Place]) -> Fight | None:
    """The stretch in an excited, unpleasant mood with the most excited voices, or None."""
    fierce = {
        place.name
        for place in places
        if place.arousal >= _MIDDLE + 0.1 and place.valence < _MIDDLE
    }
    talk_s = [one.at_s for one in evening.talk]
    fights = [
        Fight(stretch, _weighed(heard))
        for stretch in evening.stretches
        if stretch.mood in fierce
        and len(heard := _heard(evening.talk, talk_s, stretch)) >= _FEW
    ]
    return max(fights, key=lambda fight: fight.arousal, default=None)


def heard_most(evening: Evening) -> Mapping[str, float]:
    """Track to the seconds in which it was heard; the longest comes first."""
    spent: dict[str, float] = {}
    for playing in evening.played:
        if playing.title:
            spent[playing.title] = spent.get(playing.title, 0.0) + playing.length_s
    return dict(sorted(spent.items(), key=lambda item: -item[1]))


def _between(stretch: Stretch, breaks: Sequence[Quiet]) -> Iterator[Stretch]:
    """The pieces of `stretch` that no break covers."""
    start_s = stretch.start_s
    # They are in order, and none overlaps another.
    first = bisect_right(breaks, stretch.start_s, key=lambda pause: pause.end_s)
    for pause in map(breaks.__getitem__, range(first, len(breaks))):
        if pause.start_s >= stretch.end_s:
            break
        if start_s < pause.end_s and pause.start_s < stretch.end_s:
            if pause.start_s > start_s:
                yield Stretch(start_s, pause.start_s, stretch.mood)
            start_s = pause.end_s
    if start_s < stretch.end_s:
        yield Stretch(start_s, stretch.end_s, stretch.mood)


def _heard(talk: Sequence[Talk], talk_s: Sequence[float], stretch: Stretch) -> Sequence[Talk]:
    """What of `talk`, whose times are `talk_s`, was said in `stretch`."""
    return talk[bisect_left(talk_s, stretch.start_s) : bisect_left(talk_s, stretch.end_s)]


def _weighed(talk: Sequence[Talk]) -> float:
    weight = sum(one.weight for one in talk) or 1.0
    return sum(one.arousal * one.weight for one in talk) / weight
