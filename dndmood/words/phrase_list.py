"""Every phrase that can be in a cue: what of all that is said may be shown and kept."""

import textwrap
from collections.abc import Iterator, Mapping

from dndmood.places.book import Location
from dndmood.words import grammar
from dndmood.words.attention import MoodWords
from dndmood.words.event_cues import FIGHT
from dndmood.words.spoken import listed

_WIDTH = 79
"""Columns: any terminal shows them, and the last one stays free."""
_LONG = 6
"""Letters from which on a word is taken for no other: who expects "river" hears it everywhere."""
_STEM = 4
"""Letters by which two phrases are forms of one word."""
_MOST_HINTS = 400
"""Letters: a recogniser that is told more hears what it was told."""


def phrases(
    places: Mapping[str, Location], moods: Mapping[str, MoodWords], *, language: str = ""
) -> dict[str, set[str]]:
    """What is spoken for ("place forest", "event rest") to its phrases, in one language or all."""
    found: dict[str, set[str]] = {}

    def add(what: str, said: tuple[str, ...]) -> None:
        found.setdefault(what, set()).update(listed(one) for one in said)

    for name in [language] if language else grammar.names():
        words = grammar.read(name)
        for event, says in words.events.items():
            add(f"event {event}", says.say)
        add("place inside", words.inside)
        add("place left", (*words.outside, *words.leaves))
    languages = [language] if language else sorted({*grammar.names(), *_spoken(places, moods)})
    for name in languages:
        for place, location in places.items():
            for part in (location.phrases, location.arrivals, location.signs):
                add(f"place {place}", part.get(name, ()))
        for mood, one in moods.items():
            add(f"mood {mood}", one.words.get(name, ()))
    return found


def lines(
    places: Mapping[str, Location], moods: Mapping[str, MoodWords], *, language: str = ""
) -> Iterator[str]:
    """The same as text: what is spoken for, and what speaks for it behind, in narrow lines."""
    for what, said in sorted(phrases(places, moods, language=language).items()):
        if said:
            text = f"{what}: {', '.join(sorted(said))}"
            yield from textwrap.wrap(
                text, _WIDTH, subsequent_indent="  ", break_on_hyphens=False
            )


def hints(places: Mapping[str, Location]) -> dict[str, str]:
    """Language to words that a recogniser shall expect: of every place two, and the call to a fight.

    Where `places` have no phrase in a language there is nothing to expect.
    """
    found = {}
    for name in grammar.names():
        words = [one for place in places.values() for one in _two(place.phrases.get(name, ()))]
        fight = grammar.read(name).events.get(FIGHT)
        call = f"{fight.say[0].capitalize()}. " if fight else ""
        listed = ", ".join(words).capitalize()
        found[name] = f"{call}{listed}"[:_MOST_HINTS] + "." if words else ""
    return found


def _two(said: tuple[str, ...]) -> Iterator[str]:
    """The first long phrase, and the first of the others that is no form of it."""
    long = [one for one in said if len(one) >= _LONG and " " not in one]
    yield from long[:1]
    yield from [one for one in long[1:] if one[:_STEM] != long[0][:_STEM]][:1]


def _spoken(places: Mapping[str, Location], moods: Mapping[str, MoodWords]) -> set[str]:
    of_places = {name for place in places.values() for name in place.phrases}
    return of_places | {name for mood in moods.values() for name in mood.words}
