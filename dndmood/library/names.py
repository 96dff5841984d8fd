"""Names of files and folders, compared as people compare them."""

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from dndmood.file_names import printable

_GENERAL = frozenset(
    [
        "a",
        "and",
        "ambience",
        "bgm",
        "campaign",
        "d",
        "dnd",
        "dungeons",
        "dragons",
        "et",
        "folder",
        "for",
        "in",
        "la",
        "le",
        "les",
        "list",
        "mix",
        "mood",
        "moods",
        "music",
        "musica",
        "musik",
        "musique",
        "muzyka",
        "my",
        "n",
        "of",
        "ost",
        "pack",
        "playlist",
        "playlists",
        "rpg",
        "scene",
        "scenes",
        "song",
        "songs",
        "sound",
        "soundtrack",
        "soundtracks",
        "the",
        "theme",
        "themes",
        "track",
        "tracks",
        "und",
        "y",
    ]
)
"""Words that say nothing about a mood, so that "Combat Music" is called like "combat"."""
_MUSIC = ("musik", "music", "muziek", "lieder", "klange", "soundtrack", "themen", "songs")
_LINKS = ("", "es", "en", "s", "n")
"""What German puts between two words that it writes as one: "Siegesmusik"."""


class Named(Protocol):
    """What is read of a mood."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...


def plain(name: str) -> str:
    """`name` for comparing: without regard to case and to how its accents are put together."""
    return unicodedata.normalize("NFC", printable(name)).strip().casefold()


def same_names(folder: str | os.PathLike[str], word: str) -> list[str]:
    """The names in `folder` that are `word` in other letters or accents; never raises."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except (OSError, ValueError):
        return []
    wanted = plain(word)
    return [name for name in names if plain(name) == wanted]


def existing(folder: Path, parts: Iterable[str]) -> Path | None:
    """The path `parts` below `folder`, its names literally or in other letters; None if missing."""
    here = folder
    for part in parts:
        if part in ("", "."):
            continue
        try:
            literal = os.path.lexists(here / part)
        except ValueError:  # a name that no file can have
            return None
        if not literal:
            same = same_names(here, part)
            if not same:
                return None
            part = same[0]  # noqa: PLW2901 - the name as the disk has it
        here = here / part
    return here


class Titled(Protocol):
    """A mood or a place, as far as it is called."""

    @property
    def title(self) -> str: ...


def meant(name: str, known: Mapping[str, Titled]) -> str:
    """Which of `known`, moods or places, `name` means: its name or its title, in any letters.

    "" for none of them.
    """
    if name in known:
        return name
    wanted = plain(name.strip())
    return next((n for n, one in known.items() if wanted in (plain(n), plain(one.title))), "")


class MoodNames:
    """Which mood a folder, a playlist or a file is called after, in any language it knows."""

    def __init__(self, moods: Iterable[Named]) -> None:
        self._moods: dict[tuple[str, ...], str] = {}
        every = list(moods)
        for mood in every:
            for name in mood.names:
                self._moods.setdefault(words(name), mood.name)
        for mood in every:  # a mood's own name and title win over another one's words
            for name in (mood.title, mood.name):
                self._moods[words(name)] = mood.name
        self._moods.pop((), None)
        self._longest = max(map(len, self._moods), default=0)

    def called(self, name: str) -> str:
        """The mood that the whole `name` stands for, as "Combat Music" does; "" for none."""
        said = words(name)
        if whole := self._moods.get(said):
            return whole
        found = self._found(said)
        rest = len(said) - sum(len(one) for one, _ in found)
        general = sum(word in _GENERAL for word in said)
        moods = {mood for _, mood in found}
        return moods.pop() if len(moods) == 1 and rest <= general else ""

    def mentioned(self, text: str) -> tuple[str, str]:
        """The only mood that `text` mentions, and its word there; two empty texts otherwise."""
        found = self._found(words(text))
        moods = {mood for _, mood in found}
        return (moods.pop(), " ".join(found[0][0])) if len(moods) == 1 else ("", "")

    def of_folders(self, names: Iterable[str]) -> str:
        """The mood of a file whose folders are `names`, the outermost first; "" for none.

        The innermost folder that is called like a mood decides, else the outermost that mentions
        one: below "Battle" an album may be called "Victory at dawn".
        """
        every = list(names)
        for name in reversed(every):
            if mood := self.called(name):
                return mood
        return next((mood for name in every if (mood := self.mentioned(name)[0])), "")

    def _found(self, said: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
        """The moods' names in `said` from left to right, the longest first, none over another."""
        found, place = [], 0
        while place < len(said):
            for length in range(min(self._longest, len(said) - place), 0, -1):
                one = said[place : place + length]
                if mood := self._moods.get(one) or (self._within(*one) if length == 1 else ""):
                    found.append((one, mood))
                    place += length - 1
                    break
            place += 1
        return found

    def _within(self, word: str) -> str:
        """The mood of a `word` with a name in it: "Kampfmusik", or without spaces, as in Japan."""
        for music in _MUSIC:
            stem = word.removesuffix(music)
            if stem != word:
                stems = (stem.removesuffix(link) for link in _LINKS if stem.endswith(link))
                return next((self._moods[one,] for one in stems if (one,) in self._moods), "")
        inside = {
            mood
            for (name, *more), mood in self._moods.items()
            # One sign alone is part of many words and names, as in 木村 for 村.
            if not more
            and len(name) > 1
            and unicodedata.category(name[0]) == "Lo"
            and name in word
        }
        return inside.pop() if len(inside) == 1 else ""


@lru_cache(maxsize=20_000)
def words(name: str) -> tuple[str, ...]:
    """The words of `name`, plain, without accents and numbers.

    >>> words("01 - Kämpfe_(BossFight)")
    ('kampfe', 'boss', 'fight')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", printable(name))
    letters = unicodedata.normalize("NFKD", apart).casefold()
    letters = "".join(one for one in letters if not unicodedata.combining(one))
    return tuple(re.findall(r"[^\W\d_]+", letters))
