"""Which tracks a collection has, and what its folders and playlists say about them."""

import os
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dndmood import assembly
from dndmood.errors import UserError
from dndmood.file_names import printable
from dndmood.library import Index, Track
from dndmood.library.proposals import Given
from dndmood.library.track import DecidedBy
from dndmood.mood import Mood
from dndmood.music.own import own_music
from dndmood.settings import Settings


@dataclass(slots=True)
class Collection:
    """The tracks of one or several folders."""

    folders: tuple[Path, ...]
    paths: dict[str, None] = field(default_factory=dict)
    """Every file that may be music, each once."""
    given: dict[str, Given] = field(default_factory=dict)
    """What folders and playlists say, by path."""
    sentences: list[str] = field(default_factory=list)
    """What in the folders cannot be used, and why."""


def moods_of(settings: Settings) -> dict[str, Mood]:
    """The moods that tracks may belong to; raises `UserError` for a mood file that is no good."""
    return assembly.mood_book(settings)


def gathered(folders: Iterable[Path], moods: Iterable[Mood]) -> Collection:
    """The music in `folders`, by names alone; raises `UserError` when one is none.

    A file that several moods' folders or playlists name is nobody's for sure.
    """
    every, found = list(moods), Collection(tuple(folders))
    for folder in found.folders:
        own = own_music(every, Path(os.path.abspath(folder)))  # noqa: PTH100 - keeps links as they are
        said: dict[str, set[str]] = {}
        for mood, files in own.by_mood.items():
            for path in files.tracks:
                said.setdefault(os.fspath(path), set()).add(mood)
            found.sentences += files.all_sentences()
        for path in own.loose.tracks:
            said.setdefault(os.fspath(path), set())
        found.sentences += [*own.loose.all_sentences(), *own.notes]
        for name, named in said.items():
            found.paths[name] = None
            if len(named) == 1:
                mood = named.pop()
                found.given[name] = Given(mood, _by(name, mood, every))
    return found


def given_before(tracks: Iterable[Track]) -> dict[str, Given]:
    """What folders and playlists said of `tracks` when they were scanned, by path."""
    return {
        one.path: Given(one.mood, one.decided_by)
        for one in tracks
        if one.decided_by in {"folder", "playlist"}
    }


def _by(name: str, mood: str, moods: list[Mood]) -> DecidedBy:
    from dndmood.library.names import MoodNames

    folders = Path(name).parent.parts[1:]
    return "folder" if MoodNames(moods).of_folders(folders) == mood else "playlist"


def folders_of(settings: Settings, asked: Iterable[Path]) -> list[Path]:
    """The folders that are meant: those `asked` for, else the music folder of the settings.

    Raises `UserError` when neither is given.
    """
    chosen = list(asked) or ([Path(settings.music)] if settings.music else [])
    if not chosen:
        raise UserError(
            "Name the folder with your music, as in 'dndmood library scan ~/Music', or set "
            "'music' in your settings."
        )
    return chosen


def known_tracks(
    index: Index, folders: Iterable[Path], also: Container[str] = ()
) -> list[Track]:
    """What the index knows of the files in `folders`, or of all where none is named, by path.

    `also` are those that lie elsewhere, as playlists in the folders can name them. Files that are
    gone are left out.
    """
    above = [os.path.join(os.path.abspath(folder), "") for folder in folders]  # noqa: PTH100, PTH118
    tracks = [
        track
        for track in index.tracks()
        if (not above and track.analysis)
        or any(track.path.startswith(one) for one in above)
        or track.path in also
    ]
    return sorted(
        (track for track in tracks if os.path.isfile(track.path)),  # noqa: PTH113 - never raises
        key=lambda track: track.path,
    )


def called(path: str, folders: Iterable[Path]) -> str:
    """A track's path as people say it: from its collection's folder on."""
    for folder in folders:
        above = os.path.join(os.path.abspath(folder), "")  # noqa: PTH100, PTH118
        if path.startswith(above):
            return printable(path[len(above) :])
    return printable(path)


def counted(moods: Mapping[str, Mood], tracks: Iterable[Track]) -> str:
    """How many tracks each mood has, as in "12 calm, 9 merry"."""
    count = dict.fromkeys(moods, 0)
    for track in tracks:
        if track.mood in count:
            count[track.mood] += 1
    return ", ".join(
        f"{number} {printable(moods[name].title).lower()}" for name, number in count.items()
    )
