"""What every phrase that a place has, or a language for going in and out, stands for."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from dndmood.places.book import Location
from dndmood.words.grammar import Grammar
from dndmood.words.spoken import Words, phrase

Kind: TypeAlias = Literal["trap", "arrival", "place", "sign", "inside", "outside", "leaves"]


def meanings(
    grammar: Grammar, places: Mapping[str, Location], language: str
) -> dict[str, tuple[Kind, tuple[str, ...]]]:
    """Every phrase with what it is; what is a trap for one place is a trap for all.

    What is found at several places is a sign of each, but a name is that of one: of the user's own
    place before one that comes along, else of the first.
    """
    meanings: dict[str, tuple[Kind, tuple[str, ...]]] = {}
    written: dict[Words, str] = {}
    kinds: tuple[tuple[Kind, str], ...] = (
        ("sign", "signs"),
        ("place", "phrases"),
        ("arrival", "arrivals"),
        ("trap", "traps"),
    )
    owners = sorted(places.items(), key=lambda item: not item[1].own)
    for kind, part in kinds:
        for name, place in owners:
            for text in getattr(place, part).get(language, ()):
                said = written.setdefault(phrase(text), text)
                known = meanings.get(said)
                if known is None or known[0] != kind:
                    meanings[said] = kind, (name,)
                elif kind == "sign" and name not in known[1]:
                    meanings[said] = kind, (*known[1], name)
    doors: dict[str, tuple[Kind, tuple[str, ...]]] = {
        **dict.fromkeys(grammar.inside, ("inside", ())),
        **dict.fromkeys(grammar.leaves, ("leaves", ())),
        **dict.fromkeys(grammar.outside, ("outside", ())),
    }
    return doors | meanings
