"""How a language says that somebody is, goes, was or wants to be somewhere: one TOML file each."""

from functools import cache
from pathlib import Path

import msgspec

from dndmood import toml_text
from dndmood.errors import UserError
from dndmood.words.spoken import Words, phrase

_FOLDER = Path(__file__).with_name("languages")


class EventWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How something that happens is said."""

    say: tuple[str, ...]
    """Phrases that say it."""
    traps: tuple[str, ...] = ()
    """Phrases that hold one of these and say nothing: "take the initiative"."""
    but: tuple[str, ...] = ()
    """Not with one of these within a few words before it."""
    but_behind: tuple[str, ...] = ()
    """Not with one of these right behind it."""
    over: tuple[str, ...] = ()
    """With one of these right before it, it is the end of it: "no longer in" initiative."""
    over_behind: tuple[str, ...] = ()
    """The same right behind it."""


class Grammar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language, as its file says it; every field but the last is a list of words or phrases."""

    title: str
    common: tuple[str, ...]
    """So frequent that they give the language away."""
    within: tuple[str, ...]
    """Before a place: inside it."""
    to: tuple[str, ...]
    """Before a place: inside it, behind a verb of movement or of being there."""
    near: tuple[str, ...]
    """Before a place: not inside it."""
    articles: tuple[str, ...]
    alike: tuple[str, ...]
    """Those of them that say nothing, and are heard one for the other."""
    no_adjectives: tuple[str, ...]
    """What never stands between a preposition and its place."""
    party: tuple[str, ...]
    others: tuple[str, ...]
    plans: tuple[str, ...]
    intends: tuple[str, ...]
    memories: tuple[str, ...]
    sights: tuple[str, ...]
    breaks: tuple[str, ...]
    titles: tuple[str, ...]
    """What stands behind a place and makes it a title or a kind."""
    parts: tuple[str, ...]
    """What stands behind a place and makes it one that is seen."""
    inside: tuple[str, ...]
    outside: tuple[str, ...]
    leaves: tuple[str, ...]
    """Leaving the place that is named behind it."""
    moves: tuple[str, ...]
    went: tuple[str, ...]
    """Verbs of movement that tell of what was."""
    speakers: tuple[str, ...]
    """Who speaks of themselves."""
    enters: tuple[str, ...]
    stays: tuple[str, ...]
    asks: tuple[str, ...]
    """How a question of its own begins, behind what is told: "what do you"."""
    joins: tuple[str, ...]
    """Behind it the same ones go on: "you open the door and enter"."""
    moves_of_party: tuple[str, ...] = ()
    """Verbs that say by themselves that it is the party; the same for the next two."""
    enters_of_party: tuple[str, ...] = ()
    stays_of_party: tuple[str, ...] = ()
    today: tuple[str, ...] = ()
    """Words of today's world: a sentence with one of them is not about the party."""
    household: tuple[str, ...] = ()
    """Things of today's houses: in a sentence with one of them not even an arrival is believed."""
    schemes: tuple[str, ...] = ()
    """Behind it whole sentences are a plan: "the plan is"."""
    choices: tuple[str, ...] = ()
    """Right behind a place: another one might be it, "to the mine or"."""
    tellers: tuple[str, ...] = ()
    """Who tells what they did, and not what is done: "we went"."""
    strangers: tuple[str, ...] = ()
    """Articles of somebody who was not spoken of: "a wizard walks into"."""
    party_endings: tuple[str, ...] = ()
    """Endings of verbs that say by themselves that it is the party: "miráis"."""
    enters_behind: tuple[str, ...] = ()
    """Verbs that may stand behind the place: "weil ihr die Burg betretet"."""
    moves_behind: tuple[str, ...] = ()
    """The same behind a preposition and the place: "weil ihr in die Burg kommt"."""
    events: dict[str, EventWords] = {}


def names() -> list[str]:
    """The languages there are, as "en"."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def read(language: str) -> Grammar:
    """The grammar of `language`; raises `UserError` when there is none."""
    if language not in names():
        raise UserError(
            f"There are no phrases for the language {language!r}: use {', '.join(names())}."
        )
    table = toml_text.read(_FOLDER / f"{language}.toml", "The language file")
    return msgspec.convert(table, Grammar)


@cache
def _common() -> dict[str, frozenset[Words]]:
    return {name: frozenset(map(phrase, read(name).common)) for name in names()}


def recognised(words: Words) -> str:
    """The language in which `words` were said, by its most frequent words; empty when unclear.

    >>> recognised(("you", "are", "in", "the", "woods"))
    'en'
    >>> recognised(("ihr", "seid", "in", "dem", "wald"))
    'de'
    """
    counts = {
        name: sum((one,) in common for one in words) for name, common in _common().items()
    }
    best, second = sorted(counts.values(), reverse=True)[:2]
    return max(counts, key=lambda name: counts[name]) if best > second else ""
