"""Which sound files belong to which place; the only place that looks for ambience."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dndmood.ambience.known import levels
from dndmood.ambience.surround import Sounds
from dndmood.errors import UserError
from dndmood.file_names import printable
from dndmood.library.names import MoodNames, plain
from dndmood.sound_files import SUFFIXES, open_sound

_SINGLE = frozenset(
    {"shots", "one-shots", "oneshots", "one shots", "one_shots", "sfx", "effects", "single"}
)
"""Folders with single sounds in them."""
_SHORT_S = 12.0
"""What is shorter is heard now and then, and what is longer all the time."""
_MOST_BEDS = 4
"""More at once are mush."""
_MOST_FILES = 2000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a place asks for, where that is not simply what is called like it."""

    called: tuple[str, ...] = ()
    """What else people call the place: folders and files of their own, in any language."""
    beds: tuple[str, ...] = ()
    """Names of ambience, or sound files under `folder`; none for what is called like the place."""
    shots: tuple[str, ...] = ()
    """The same for single sounds, beside those that belong to the beds."""
    gain_db: float = 0.0
    """What it is turned up by."""
    folder: Path = field(default_factory=Path)
    """Where paths begin."""


def by_place(
    along: Path,
    own: Path | None = None,
    *,
    wishes: Mapping[str, Wish] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Sounds]:
    """Place to its sounds: those in the folder `along`, and in their place those in `own`.

    In a folder of sounds each subfolder, at any depth, and each file is called like a place, in
    any letters; in `own` also by the words of the `wishes`, and `own` itself may be. Files shorter
    than 12 seconds, and those in a folder `shots`, are single sounds. `say` is given what is left
    out.
    """
    wishes = wishes or {}
    named = {
        name: Sounds(tuple(beds), tuple(shots)) for name, (beds, shots) in _along(along).items()
    }
    places = {*named, *wishes}
    if own is not None:
        mine = _own(own, wishes, places, say)
        if not mine:
            say(f"There is no ambience in {printable(own)}: it wants a folder for each place.")
        if wishes:
            _say_unheard(mine.keys() - places, wishes, say)
        named |= mine
    sounds = dict(named)
    for place, wish in wishes.items():
        mine_wins = own is not None and place in named and _below(named[place], own)
        if (wish.beds or wish.shots) and not mine_wins:
            sounds[place] = _wished(place, wish, named, say)
        elif place in sounds and wish.gain_db:
            sounds[place] = replace(sounds[place], gain_db=wish.gain_db)
    known = levels(along)
    return {
        place: replace(one, levels={p: known[p] for p in (*one.beds, *one.shots) if p in known})
        for place, one in sounds.items()
    }


def _along(folder: Path) -> dict[str, tuple[list[str], list[str]]]:
    """What comes along: a folder for each place, single sounds in its folder `shots`."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for path, folders in _files(folder):
        if folders:
            lists = found.setdefault(folders[0], ([], []))
            lists[folders[-1] in _SINGLE].append(str(path))
    return found


def _own(
    folder: Path, wishes: Mapping[str, Wish], places: Iterable[str], say: Callable[[str], None]
) -> dict[str, Sounds]:
    names = MoodNames(_Place(name, wishes.get(name, Wish()).called) for name in sorted(places))
    found: dict[str, tuple[list[str], list[str]]] = {}
    for path, folders in _files(folder):
        single = bool(folders) and plain(folders[-1]) in _SINGLE
        inside = folders[:-1] if single else folders
        place = names.of_folders(inside) or names.called(path.stem)
        place = place or names.mentioned(path.stem)[0]
        place = place or (plain(inside[-1]) if inside else names.called(folder.name))
        if not place:
            say(f"Left out of the ambience: {printable(path.name)} is called like no place.")
            continue
        try:
            with open_sound(path, called=printable(path.name)) as sound:
                single = single or 0.0 < (sound.duration_s or 0.0) < _SHORT_S
        except UserError as error:
            say(f"Left out of the ambience: {error}")
            continue
        found.setdefault(place, ([], []))[single].append(str(path))
    for place, (beds, _) in found.items():
        if len(beds) > _MOST_BEDS:
            say(
                f"{place.capitalize()} has {len(beds)} beds: the first {_MOST_BEDS} by name are "
                "heard, all at once."
            )
    return {
        place: Sounds(tuple(beds[:_MOST_BEDS]), tuple(shots))
        for place, (beds, shots) in found.items()
    }


def _say_unheard(
    names: Iterable[str], wishes: Mapping[str, Wish], say: Callable[[str], None]
) -> None:
    """Say which folders belong to no place, and to none that asks for them by their name."""
    asked = {name for wish in wishes.values() for name in (*wish.beds, *wish.shots)}
    for name in sorted(set(names) - asked):
        say(
            f"Left out of the ambience: no place is called {printable(name)}. Call the folder like "
            "a place (the key p shows them), or make a place of that name."
        )


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.name


def _wished(
    place: str, wish: Wish, named: Mapping[str, Sounds], say: Callable[[str], None]
) -> Sounds:
    beds, shots = list[str](), list[str]()
    for name in wish.beds:
        if found := named.get(name):
            beds += found.beds
            shots += found.shots
        else:
            beds += _path(place, wish.folder, name, say)
    for name in wish.shots:
        found = named.get(name)
        shots += found.shots if found else _path(place, wish.folder, name, say)
    unlike = dict.fromkeys(beds[:_MOST_BEDS]), dict.fromkeys(shots)
    return Sounds(tuple(unlike[0]), tuple(unlike[1]), wish.gain_db)


def _path(place: str, folder: Path, name: str, say: Callable[[str], None]) -> list[str]:
    path = str(folder / name)
    if os.path.isfile(path):  # noqa: PTH113 - never raises
        return [path]
    say(f"Left out of the ambience of {place}: there is no {printable(name)}.")
    return []


def _below(sounds: Sounds, folder: Path) -> bool:
    paths = (*sounds.beds, *sounds.shots)
    return bool(paths) and paths[0].startswith(str(folder) + os.sep)


def _files(folder: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Every sound file below `folder` and the folders it lies in, by name."""
    given = 0
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = tuple(Path(here).relative_to(folder).parts)
        for name in sorted(files):
            if name.startswith(".") or os.path.splitext(name)[1].lower() not in SUFFIXES:  # noqa: PTH122 - any bytes
                continue
            yield Path(here) / name, inside
            given += 1
            if given >= _MOST_FILES:
                return
