"""A walk through a music folder that gives every file to the mood whose folder it lies in."""

import os
from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

from dndmood.library.names import MoodNames
from dndmood.music.finding import Found, entries_of, is_file, is_folder, passed_over

_Entry: TypeAlias = "os.DirEntry[str]"
_Way: TypeAlias = tuple[str, tuple[str, ...]]
"""A folder's path, and the names of the folders from the music folder to it."""


def walked(top: Path, names: MoodNames) -> tuple[dict[str, Found], Found, list[str]]:
    """What lies in the folders that are called like a mood, in none of them, and every folder.

    Every folder counts once for each mood that it belongs to, by its resolved path, also behind
    links; a file behind a link likewise. What a link gives to a mood is not loose as well.
    """
    by_mood: dict[str, Found] = {}
    loose, loose_folders, moods_folders = Found(), list[tuple[str, list[_Entry]]](), set[str]()
    everywhere: list[str] = []
    linked: list[tuple[str, _Entry]] = []
    for here, real, folders, mood, walk in _folders(os.fspath(top), names):
        # One that is called like it but empty stays silent by choice; mentioning is no choice.
        if mood and names.called(folders[-1]):
            by_mood.setdefault(mood, Found())
        found = by_mood.get(mood, Found()) if mood else loose
        everywhere.append(here)
        found.sentences += walk.unreadable
        linked += [(mood, one) for one in walk.linked]
        if not mood:
            loose_folders.append((here, walk.files))
            continue
        moods_folders.add(real)
        _take(found, here, walk.files)
        if found.anything:
            by_mood[mood] = found
    for here, files in loose_folders:
        if os.path.realpath(here) not in moods_folders:
            _take(loose, here, files)
    _take_linked(by_mood, loose, linked)
    return by_mood, loose, everywhere


class _Listed:
    """What is in a folder, without hidden names and links to where it lies in."""

    def __init__(self, here: str) -> None:
        self.unreadable: list[str] = []
        entries = [e for e in entries_of(here, self.unreadable) if not passed_over(e.name)]
        folders = [entry for entry in entries if is_folder(entry)]
        around = os.path.join(os.path.realpath(here), "")  # noqa: PTH118 - ends in a separator
        self.below = [
            entry
            for entry in folders
            if not around.startswith(os.path.join(os.path.realpath(entry.path), ""))  # noqa: PTH118
        ]
        names = {entry.name for entry in folders}
        files = [entry for entry in entries if entry.name not in names]
        self.linked = [one for one in files if one.is_symlink() and is_file(one)]
        links = {one.name for one in self.linked}
        self.files = [one for one in files if one.name not in links]


def _folders(
    top: str, names: MoodNames
) -> Iterator[tuple[str, str, tuple[str, ...], str, _Listed]]:
    """Each folder's path, real path, names from `top` on, mood, and what is in it.

    Links come last: what also lies in the folder itself is called what it is called there.
    """
    waiting: list[_Way] = [(top, ())]
    links: deque[_Way] = deque()
    seen: set[tuple[str, str]] = set()
    while waiting or links:
        here, folders = waiting.pop() if waiting else links.popleft()
        mood, real = names.of_folders(folders), os.path.realpath(here)
        if (real, mood) in seen:
            continue
        seen.add((real, mood))
        listed = _Listed(here)
        ways = [(entry, (entry.path, (*folders, entry.name))) for entry in listed.below]
        links += [way for entry, way in ways if entry.is_symlink()]
        waiting += [way for entry, way in reversed(ways) if not entry.is_symlink()]
        yield here, real, folders, mood, listed


def _take(found: Found, here: str, files: list[_Entry]) -> None:
    for entry in files:
        found.add_file(Path(here, entry.name), regular=is_file(entry))


def _take_linked(
    by_mood: dict[str, Found], loose: Found, linked: list[tuple[str, _Entry]]
) -> None:
    """Links to files, which the folders themselves may hold as well."""
    if not linked:
        return
    real = cache(os.path.realpath)
    there: dict[str, dict[str, Path]] = defaultdict(dict)  # by real path and by mood
    for mood, found in (*by_mood.items(), ("", loose)):
        for path in found.tracks:
            there[os.path.join(real(path.parent), path.name)][mood] = path  # noqa: PTH118 - a real path
    for mood, entry in linked:
        others = there[os.path.realpath(entry.path)]
        if mood in others or (others and not mood):
            continue
        if (also := others.pop("", None)) is not None:
            loose.tracks.pop(also, None)
        others[mood] = Path(entry.path)
        (by_mood.setdefault(mood, Found()) if mood else loose).add_file(
            Path(entry.path), regular=True
        )
