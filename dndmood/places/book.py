"""The book of places: one TOML file each. There is no list of places in the code."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from dndmood import toml_text
from dndmood.errors import UserError
from dndmood.file_names import printable

Phrases = Mapping[Annotated[str, Meta(pattern=r"^[a-z]{2,3}$")], tuple[str, ...]]
"""Language as in "en" to phrases in it."""


class Ambience(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a place sounds like, by names that whoever plays it looks up."""

    beds: tuple[str, ...] = ()
    """What is heard all the time."""
    shots: tuple[str, ...] = ()
    """Of what one is heard now and then."""
    gain_db: Annotated[float, Meta(ge=-40.0, le=12.0)] = 0.0
    """What it is turned up by."""


@dataclass(frozen=True, slots=True)
class Location:
    """One place as its file describes it; the file's stem is its name."""

    name: str
    """The file's stem, and what `--place`, journals and cues call it."""
    folder: Path
    """Where the file lies."""
    title: Annotated[str, Meta(pattern=r"\S")]
    """What people read."""
    order: Annotated[float, Meta(ge=0, le=10_000)] = 100
    """Position in lists; ties go by name."""
    key: Annotated[str, Meta(pattern=r"^[a-oq-z]?$")] = ""
    """The letter that chooses it behind `p`; empty for none. `p` itself is automatic."""
    indoors: bool = False
    """Whether leaving it brings the party back to where it was before."""
    lies_in: str = ""
    """Where it mostly lies: who stands before a tavern is in a village."""
    phrases: Phrases = field(default_factory=dict, hash=False)
    """What it is called; in front of it stands what makes it count."""
    arrivals: Phrases = field(default_factory=dict, hash=False)
    """What says by itself that the party is there."""
    signs: Phrases = field(default_factory=dict, hash=False)
    """What is found there; speaks for it a little."""
    traps: Phrases = field(default_factory=dict, hash=False)
    """What holds one of these words and says nothing about where anybody is."""
    ambience: Ambience = field(default_factory=Ambience)
    """What it sounds like."""
    own: bool = False
    """Whether it is the user's, whose words go before those of the places that come along."""


_KINDS = {
    one.name: one.type for one in fields(Location) if one.name not in ("name", "folder", "own")
}
_LISTS = ("phrases", "arrivals", "signs", "traps")
_WORDS = {
    **dict.fromkeys(_LISTS, 'a table of lists by language, as en = ["moor"]'),
    "title": "a text",
    "key": "one small letter, but not p",
    "indoors": "true or false",
    "lies_in": "the name of another place",
    "ambience": "a table with the lists beds and shots and the number gain_db (-40 to 12)",
}
_LONGEST_TITLE = 80
_MOST_PHRASES = 2000


def load(*folders: Path, tell: Callable[[str], None] | None = None) -> dict[str, Location]:
    """Every place in `folders`, by name, in their order; a later folder's file wins.

    The first folder's places come along, the others are the user's. Raises `UserError` for a file
    that cannot be used, naming file and key. With `tell` one of the user's own is left out
    instead and that is said.
    """
    places: dict[str, Location] = {}
    for number, folder in enumerate(folders):
        for path in toml_text.files(folder, "The place folder", tell):
            name = printable(path.stem)
            try:
                places[name] = replace(read(path), own=number > 0)
            except UserError as error:
                if tell is None or number == 0:
                    raise
                tell(toml_text.instead(error, known=name in places))
    for name, place in places.items():
        others = places.keys() - {name}  # who leaves a place must come out elsewhere
        if place.lies_in and place.lies_in not in others:
            what = "that is itself" if place.lies_in == name else "there is no such place"
            problem = (
                f"The place file {printable(place.folder / name)}.toml says that it lies in "
                f"{printable(place.lies_in)!r}, and {what}: use one of "
                f"{', '.join(sorted(others))}"
            )
            if tell is None or not place.own:
                raise UserError(f"{problem}.")
            tell(f"{problem}; until then it lies nowhere.")
            places[name] = replace(place, lies_in="")
    return dict(sorted(places.items(), key=lambda item: (item[1].order, item[0])))


def read(path: Path) -> Location:
    """The place in the file `path`; raises `UserError` naming what is wrong with it."""
    table = toml_text.read(path, "The place file")
    which = f"The place file {printable(path)}"
    for key in sorted(table):
        if key not in _KINDS:
            raise UserError(f"{which} {toml_text.unknown_key(key, _KINDS)}")
    if "title" not in table:
        raise UserError(f"{which} lacks the key 'title'.")
    values = {key: _checked(which, key, value) for key, value in table.items()}
    values["title"] = printable(values["title"]).strip()[:_LONGEST_TITLE]
    return Location(name=printable(path.stem), folder=path.parent, **values)


def languages(places: Mapping[str, Location]) -> list[str]:
    """Every language in which some place has a phrase, by its short name."""
    return sorted({language for one in places.values() for language in one.phrases})


def keys(places: Mapping[str, Location]) -> dict[str, str]:
    """Letter to the name of the place that it chooses behind `p`.

    A place without a letter of its own, or whose letter is taken, gets the first letter of its
    name that is free.
    """
    taken: dict[str, str] = {}
    later = []
    for name, place in places.items():
        if place.key and place.key not in taken:
            taken[place.key] = name
        else:
            later.append(name)
    for name in later:
        free = (one for one in name.lower() if "a" <= one <= "z" and one not in {*taken, "p"})
        if letter := next(free, ""):
            taken[letter] = name
    return taken


def doubts(places: Mapping[str, Location]) -> Iterator[str]:
    """A sentence for each of the user's own places that is hard to tell from another one."""
    letters = {name: letter for letter, name in keys(places).items()}
    for name, place in places.items():
        letter = letters.get(name)
        if place.own and place.key and letter != place.key:
            instead = f"'p {letter}' chooses it" if letter else "no letter chooses it"
            yield (
                f"The letter {place.key!r} of the place {name!r} is that of another place, so "
                f"{instead}: give it a letter of its own."
            )
    for one, other in combinations(places.values(), 2):
        if (one.own or other.own) and one.title == other.title:
            yield (
                f"The places {one.name!r} and {other.name!r} have the same title {one.title!r}: "
                "give one of them another."
            )
        if one.own and other.own and (said := _said_of_both(one, other)):
            yield (
                f"The places {one.name!r} and {other.name!r} are both called {said!r}, which speaks "
                f"for {one.name!r} only: take it out of one of them."
            )


def _said_of_both(one: Location, other: Location) -> str:
    """A phrase that names both; empty for none."""
    for language, mine in one.phrases.items():
        theirs = {_letters(said) for said in other.phrases.get(language, ())}
        if both := [said for said in mine if _letters(said) in theirs]:
            return both[0]
    return ""


def _letters(said: str) -> str:
    return "".join(filter(str.isalnum, said.casefold()))


def _checked(which: str, key: str, value: Any) -> Any:
    good = toml_text.converted(which, key, value, _KINDS[key], _WORDS.get(key, ""))
    if key in _LISTS and sum(map(len, good.values())) > _MOST_PHRASES:
        raise UserError(f"{which} has more than {_MOST_PHRASES} phrases under {key!r}.")
    if key in _LISTS:
        for said in (one for every in good.values() for one in every):
            if not any(map(str.isalnum, said)):
                raise UserError(
                    f"{which} has a phrase without a word under {key!r}, {said[:40]!r}: write one, or "
                    "take it out."
                )
    return good
