"""Profiles on the disk: one folder each, `zero.toml` and `corrections.jsonl`. Nothing is lost."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dndmood import line_file, paths, private_files, profile_names, toml_text
from dndmood.errors import UserError
from dndmood.file_names import free_neighbour
from dndmood.mood import Lesson, Profile
from dndmood.mood.profile_text import TAKE_BACK, Found, parsed, replayed, text, usable
from dndmood.toml_text import TomlTextError

Say = Callable[[str], None]
"""Told one sentence for people."""

_LOG_BYTES = 4_000_000
"""Of a log of corrections so much is read, from its end: thousands, of which 200 count."""
_TRIAL_BYTES = 8192
_LONGEST_LINE = 100_000


def load(name: str, say: Say, *, mend: bool = True) -> Profile:
    """The profile `name`, or a new one.

    A file that is damaged ends nothing: what can be used of it is used, the file as it was is
    kept beside it under a number, and `say` is given that sentence; without `mend` nothing on the disk is
    changed. Raises `UserError` for a bad name.
    """
    folder = place(name)
    zero = _zero(folder / "zero.toml", name, say, mend=mend)
    return replace(zero, lessons=_lessons(folder / "corrections.jsonl", say, mend=mend))


def place(name: str) -> Path:
    """The folder of the profile `name`, which need not exist; raises `UserError` for a bad name."""
    return profile_names.folder(paths.profiles(), name)


def check_place(name: str) -> None:
    """Raise `UserError` when the profile `name` could not be written, as far as can be tried.

    What is tried is larger than a profile: a disk that is full takes an empty file all the same.
    """
    path = place(name) / "zero.toml"
    trial = path.with_name(f".trial-{os.getpid()}")
    with _as_user_error(path):
        private_files.replace(trial, b"\n" * _TRIAL_BYTES)
        trial.unlink()


def update(
    name: str, change: Callable[[Profile | None], Profile | None], *, keep_old: bool = False
) -> Profile | None:
    """Change the zero of the profile `name` as it is on the disk now; returns it as it is then.

    `change` is given the profile, None where there is none or a damaged one, and returns what
    shall be kept, or None for no change. It is written whole or not at all; comments and what others wrote are kept. With `keep_old`, the
    file before stays beside it under a number of its own, as does one that cannot be read or
    changed. Raises `UserError` when it cannot be written.
    """
    path = place(name) / "zero.toml"
    with _as_user_error(path):
        private_files.make_folder(path.parent)
        with private_files.locked(path.parent):
            old = _text_of(path)
            found = _parsed_or_none(name, old)
            wanted = change(found.profile if found and _whole(found) else None)
            if wanted is None:
                return None
            content, kept_form = _written(wanted, old if found else "")
            if os.path.lexists(path) and (keep_old or not kept_form or not _whole(found)):
                _keep_aside(path)
            private_files.replace(path, content.encode())
    return parsed(name, toml_text.parsed(content)).profile


def save(profile: Profile, *, keep_old: bool = False) -> Path:
    """Write the zero of `profile` over what is on the disk, as `update` does; returns where.

    Raises `UserError` when it cannot be written.
    """
    update(profile.name, lambda _: profile, keep_old=keep_old)
    return place(profile.name) / "zero.toml"


def append(name: str, line: str) -> None:
    """Append `line` to the profile's log of corrections, and to the disk; raises OSError."""
    path = place(name) / "corrections.jsonl"
    private_files.make_folder(path.parent)
    with private_files.locked(path.parent):
        if path.exists() and not path.is_file():
            aside(path)
        file = private_files.opened(path, os.O_APPEND | os.O_CREAT)
        try:
            # After a crash the last line may lack its end: it must not swallow the new one.
            begin = b"" if line_file.ends_whole(file) else b"\n"
            line_file.append(file, begin + line.encode("utf-8", "replace") + b"\n")
            os.fsync(file)
        finally:
            os.close(file)


def take_back(name: str) -> None:
    """Take the last correction back; its line stays where it is, another one cancels it.

    Raises `UserError` when that cannot be written.
    """
    with _as_user_error(place(name) / "corrections.jsonl"):
        append(name, json.dumps(TAKE_BACK))


def forget(name: str) -> Path | None:
    """Begin without corrections; the old ones are moved aside, to where is returned.

    Raises `UserError` when that cannot be done.
    """
    path = place(name) / "corrections.jsonl"
    if not os.path.lexists(path):
        return None
    with _as_user_error(path), private_files.locked(path.parent):
        return aside(path)


def aside(path: Path) -> Path:
    """Move `path` to the first of its numbered neighbours that does not exist; raises OSError."""
    old = free_neighbour(path, mark="-old")
    path.rename(old)
    return old


def _zero(path: Path, name: str, say: Say, *, mend: bool) -> Profile:
    new = Profile(name)
    if _missing(path):
        return new
    try:
        found = parsed(name, toml_text.read(path, "The profile"))
    except TomlTextError as error:
        if isinstance(error.__cause__, OSError):  # there, but not for us: it may be whole
            say(f"The profile {path} {error.why}: it is left alone, and the table starts over.")
            return new
        say(
            f"The profile {path} {error.why}. {_moved_aside(path, mend=mend)} The table starts over."
        )
        return new
    if found.empty:
        say(
            f"The profile {path} is empty. {_moved_aside(path, mend=mend)} The table starts over."
        )
        return new
    if found.newer:
        say(f"The profile {path} is a newer dndmood's: what this one knows of it is used.")
    if found.faults:
        what = "; ".join(found.faults[:3]) + "; and more" * (len(found.faults) > 3)  # noqa: PLR2004 - a sentence
        say(
            f"The profile {path} is damaged ({what}): the rest is used. {_mended(found, path, mend=mend)}"
        )
    return found.profile


def _missing(path: Path) -> bool:
    """Whether nothing lies there; what may not be looked at may be there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _moved_aside(path: Path, *, mend: bool) -> str:
    if not mend:
        return "It stays where it is."
    try:
        return f"It is kept as {aside(path).name}."
    except OSError:
        return "It stays where it is."


def _mended(found: Found, path: Path, *, mend: bool) -> str:
    """Write what could be used over the damaged file, which is kept; returns that as a sentence."""
    if not mend:
        return "It stays as it is."
    try:
        with private_files.locked(path.parent):
            content, _ = _written(found.profile, _text_of(path))
            old = _keep_aside(path)
            private_files.replace(path, content.encode())
    except OSError:
        return "It stays as it is."
    return f"As it was, it is kept as {old.name}."


def _keep_aside(path: Path) -> Path:
    """Keep a copy of the file `path` under a number, or move what is no file there."""
    if not path.is_file():
        return aside(path)
    old = free_neighbour(path, mark="-old")
    private_files.replace(old, path.read_bytes())
    return old


def _written(profile: Profile, old: str) -> tuple[str, bool]:
    """The text for `profile`, and whether it could keep what else `old` says."""
    try:
        return text(profile, old), True
    except ValueError:
        return text(profile), False


def _text_of(path: Path) -> str:
    """The text in the file `path`; empty when it is no text or not there. Raises OSError."""
    if not path.is_file():
        return ""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except ValueError:
        return ""


def _parsed_or_none(name: str, old: str) -> Found | None:
    try:
        return parsed(name, toml_text.parsed(old))
    except ValueError:
        return None


def _whole(found: Found | None) -> bool:
    return found is not None and not found.faults and not found.empty


def _lessons(path: Path, say: Say, *, mend: bool) -> tuple[Lesson, ...]:
    if _missing(path):
        return ()
    try:
        if not path.is_file():
            say(
                f"{path} is no file. {_moved_aside(path, mend=mend)} The table has no corrections."
            )
            return ()
        lines, cut = _tail(path)
    except OSError as error:
        say(f"The corrections {path} cannot be read ({error.strerror}): they do not count.")
        return ()
    good = [line for line in lines if usable(line)]
    if len(good) < len(lines) or cut:
        lost = "is too long" if cut else f"has {len(lines) - len(good)} lines that are none"
        say(f"The log of corrections {path} {lost}. {_sifted(path, mend=mend)}")
    return replayed(good)


def _tail(path: Path) -> tuple[list[str], bool]:
    """The last lines of the file `path`, and whether there are more before them."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _LOG_BYTES, 0))
        content = file.read(_LOG_BYTES)
    cut = size > _LOG_BYTES
    lines = content.split(b"\n")[1 if cut else 0 :]
    return [
        line[:_LONGEST_LINE].decode("utf-8-sig", "replace") for line in lines if line.strip()
    ], cut


def _sifted(path: Path, *, mend: bool) -> str:
    """Keep the log as it was under a number, and go on with its good lines; as a sentence."""
    if not mend:
        return "The rest counts."
    try:
        with private_files.locked(path.parent):
            lines, _ = _tail(path)
            good = "".join(f"{line}\n" for line in lines if usable(line))
            old = aside(path)
            private_files.replace(path, good.encode("utf-8", "replace"))
    except OSError:
        return "The rest counts."
    return f"The rest counts, and as it was it is kept as {old.name}."


@contextmanager
def _as_user_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            f"The profile {path} cannot be written: {reason}. {private_files.advice(error, path)}"
        ) from error
