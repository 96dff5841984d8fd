"""Profiles on the disk: one folder each, `zero.toml` and `corrections.jsonl`. Nothing is lost."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dndmood import paths
from dndmood.errors import UserError
from dndmood.events import Correction, Event
from dndmood.mood.lessons import Lesson
from dndmood.mood.profile import TAKE_BACK, Profile, log_line, parsed, replayed, text

_NAME = re.compile(r"[\w][\w .-]{0,63}")


def load(name: str) -> Profile:
    """The profile `name`, or a new one; raises `UserError` for one that cannot be read."""
    folder = place(name)
    profile = Profile(name=name)
    path = folder / "zero.toml"
    try:
        if path.is_file():
            profile = parsed(name, path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UserError(
            f"The profile {path} cannot be read ({error}): move it away, or mend it."
        ) from error
    return replace(profile, lessons=_lessons(folder / "corrections.jsonl"))


def place(name: str) -> Path:
    """The folder of the profile `name`, which need not exist; raises `UserError` for a bad name."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"A profile cannot be called {name!r}: use letters, digits, spaces, '-' and '_'."
        )
    return paths.profiles() / name


def save(profile: Profile, *, keep_old: bool = False) -> Path:
    """Write the zero of `profile`, whole or not at all; returns where.

    With `keep_old`, the one before stays beside it under a number of its own. Raises
    `UserError` when it cannot be written.
    """
    path = place(profile.name) / "zero.toml"
    fresh = path.with_name(f".zero-{os.getpid()}.toml")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text(profile))
            file.flush()
            os.fsync(file.fileno())
        if keep_old and path.exists():
            _free(path).write_bytes(path.read_bytes())
        fresh.replace(path)
    except OSError as error:
        raise UserError(f"The profile {path} cannot be written: {error.strerror}.") from error
    return path


def remember(name: str, evening: int) -> Callable[[Event], None]:
    """A sink that appends every correction to the profile at once."""
    path = place(name) / "corrections.jsonl"

    def write(event: Event) -> None:
        if isinstance(event, Correction):
            _append(path, log_line(Lesson(event, evening)))

    return write


def take_back(name: str) -> None:
    """Take the last correction back; its line stays where it is, another one cancels it."""
    _append(place(name) / "corrections.jsonl", json.dumps(TAKE_BACK))


def forget(name: str) -> Path | None:
    """Begin without corrections; the old ones are moved aside, to where is returned."""
    path = place(name) / "corrections.jsonl"
    return aside(path) if path.exists() else None


def aside(path: Path) -> Path:
    """Move `path` to the first of its numbered neighbours that does not exist."""
    old = _free(path)
    path.rename(old)
    return old


def _free(path: Path) -> Path:
    number = 1
    while (old := path.with_name(f"{path.stem}-old-{number}{path.suffix}")).exists():
        number += 1
    return old


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        # After a crash the last line may lack its end: it must not swallow the new one.
        if file.tell() and not _ends_whole(file.name):
            file.write(b"\n")
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _ends_whole(name: str) -> bool:
    with Path(name).open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _lessons(path: Path) -> tuple[Lesson, ...]:
    if not path.is_file():
        return ()
    try:
        return replayed(path.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError as error:
        raise UserError(f"The corrections {path} cannot be read: {error.strerror}.") from error
