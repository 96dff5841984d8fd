"""The patterns in a mood's own file: which music they find, and what to say of those that find none."""

import os
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from dndmood.music.finding import Found, looked_up
from dndmood.sound_files import printable


class Patterned(Protocol):
    """What is read of a mood."""

    @property
    def name(self) -> str: ...
    @property
    def folder(self) -> Path: ...
    @property
    def tracks(self) -> tuple[str, ...]: ...


def by_patterns(mood: Patterned) -> Found:
    """The music that the patterns of `mood` find, and a sentence for each that finds none."""
    found = Found()
    for pattern in mood.tracks:
        try:
            paths = looked_up(mood.folder, pattern)
        except ValueError as error:
            where = _where(mood, pattern)
            found.sentences.append(f"the pattern {pattern!r} in {where} is not used: {error}")
            continue
        here = Found()
        for path in paths:
            here.add(path)
        here.open_playlists()
        if not here.anything:
            here.sentences.append(_nothing_found(mood, pattern))
        found.take(here)
    return found


def place(mood: Patterned, pattern: str) -> str:
    """The folder or file that `pattern` names, as far as it names one."""
    parts = Path(pattern).parts
    literal = takewhile(lambda part: not any(mark in part for mark in "*?[{"), parts)
    try:
        return os.fspath(mood.folder / Path(*literal).expanduser())
    except RuntimeError:  # nobody's home
        return os.fspath(mood.folder)


def _nothing_found(mood: Patterned, pattern: str) -> str:
    where = _where(mood, pattern)
    if any(mark in pattern for mark in "*?[{"):
        return f"the pattern {printable(pattern)!r} in {where} finds no music"
    name = printable(Path(pattern).name)
    if os.path.isdir(mood.folder / pattern):  # noqa: PTH112 - never raises
        return f"the folder {name} in {where} has no music in it"
    return f"{name} in {where} is missing"


def _where(mood: Patterned, pattern: str) -> str:
    """The mood's file and the line in it that has `pattern`, for people."""
    file = mood.folder / f"{mood.name}.toml"
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError):
        return printable(file)
    written = {pattern, pattern.replace("\\", "\\\\")}
    for number, line in enumerate(lines, start=1):
        code = line.split("#")[0] if '"' not in line and "'" not in line else line
        if any(f"{quote}{one}{quote}" in code for one in written for quote in "\"'"):
            return f"{printable(file)}, line {number},"
    return printable(file)
