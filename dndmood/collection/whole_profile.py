"""All that a person decided as one file: moods, decisions about tracks, settings.

The file is a zip of the very files that dndmood keeps. What is read from one may come from
anybody: only names that are known are taken, every file is tried before anything is written,
and nothing that is there is replaced without a yes.
"""

import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from dndmood import paths, private_files
from dndmood import settings as settings_files
from dndmood.errors import UserError
from dndmood.file_names import free_neighbour, printable
from dndmood.library import Decision, Decisions
from dndmood.mood import book

_ABOUT, _SETTINGS, _DECISIONS = "dndmood.json", "settings.toml", "decisions.jsonl"
_MOOD = re.compile(r"playlists/([^/\\\x00-\x1f:]{1,80}\.toml)", re.IGNORECASE)
_VERSION = 1
_MOST_BYTES = 32_000_000
_MOST_MOOD_BYTES = 200_000


@dataclass(slots=True)
class WholeProfile:
    """What is in such a file, or on this computer."""

    settings: bytes | None = None
    moods: dict[str, bytes] = field(default_factory=dict)
    """File name to content."""
    decisions: list[Decision] = field(default_factory=list)
    no_good: list[str] = field(default_factory=list)
    """Moods and settings that the program would refuse, each with the reason: they are kept in
    such a file, and are not taken from it."""

    def counted(self) -> str:
        """As in "settings, 2 moods and 31 decisions"."""
        parts = ["settings"] if self.settings is not None else []
        parts.append(_count(len(self.moods), "mood"))
        parts.append(_count(len(self.decisions), "decision"))
        return f"{', '.join(parts[:-1])} and {parts[-1]}"


def write(target: Path, *, replace: bool = False) -> WholeProfile:
    """Write moods, decisions and settings to the one file `target`; gives what it holds.

    Raises `UserError` when it is there already, unless `replace`, or cannot be written.
    """
    if target.exists() and not replace:
        raise UserError(f"{printable(target)} is there already: add --yes to replace it.")
    mine = _mine()
    mine.no_good = [why for _, why in _refused(mine)]
    try:
        with tempfile.SpooledTemporaryFile(max_size=_MOST_BYTES) as content:
            with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
                file.writestr(
                    _ABOUT, json.dumps({"format": "dndmood profile", "version": _VERSION})
                )
                if mine.settings is not None:
                    file.writestr(_SETTINGS, mine.settings)
                for name, text in mine.moods.items():
                    file.writestr(f"playlists/{name}", text)
                lines = "".join(f"{json.dumps(asdict(one))}\n" for one in mine.decisions)
                file.writestr(_DECISIONS, lines)
            content.seek(0)
            private_files.replace(target, content.read())
    except OSError as error:
        raise UserError(
            f"{printable(target)} cannot be written ({error.strerror}). "
            f"{private_files.advice(error, target)}"
        ) from error
    return mine


def read(source: Path) -> WholeProfile:
    """What is in the file `source`, every part of it tried; nothing is written.

    A mood or settings that are no good are left out of it. Raises `UserError` when it is no such
    file, is damaged, or holds what does not belong there.
    """
    called = printable(source)
    try:
        with zipfile.ZipFile(source) as file:
            if sum(one.file_size for one in file.infolist()) > _MOST_BYTES:
                raise UserError(f"{called} is too large for a profile: nothing was taken.")
            found = {
                one.filename: file.read(one) for one in file.infolist() if not one.is_dir()
            }
    except FileNotFoundError as error:
        raise UserError(f"There is no file {called}: check the name.") from error
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UserError(
            f"{called} is no profile that 'dndmood library backup' wrote."
        ) from error
    except zipfile.LargeZipFile as error:
        raise UserError(f"{called} is too large for a profile: nothing was taken.") from error
    return _checked(found, called)


def take(
    theirs: WholeProfile, *, agree: Callable[[str], bool], say: Callable[[str], None]
) -> None:
    """Take in what `read` gave: what is new at once, what would replace something after a yes.

    `agree` is asked with one sentence at a time. What is replaced stays beside it under a number.
    Raises `UserError` when something cannot be written.
    """
    for why in theirs.no_good:
        say(f"Not taken: {why}")
    own = paths.own_playlists()
    for name, content in theirs.moods.items():
        _put(own / name, content, f"your mood {printable(name)}", agree, say)
    if theirs.settings is not None:
        _put(paths.settings_file(), theirs.settings, "your settings", agree, say)
        _look_for_music(say)
    _decide(theirs.decisions, agree, say)


def _look_for_music(say: Callable[[str], None]) -> None:
    """On another computer the music mostly lies elsewhere."""
    music = settings_files.load(paths.settings_file()).music
    if music and not Path(music).expanduser().is_dir():
        say(
            f"Your settings name the music folder {printable(music)}, which is not here: change "
            f"'music' in {printable(str(paths.settings_file()))}."
        )


def _mine() -> WholeProfile:
    mine = WholeProfile(decisions=list(Decisions()))
    try:
        if paths.settings_file().is_file():
            mine.settings = paths.settings_file().read_bytes()
        for path in book.files(paths.own_playlists(), tell=lambda _: None):
            mine.moods[path.name] = path.read_bytes()
    except OSError as error:
        raise UserError(f"{error.filename} cannot be read ({error.strerror}).") from error
    return mine


def _checked(found: dict[str, bytes], called: str) -> WholeProfile:
    try:
        about = json.loads(found.pop(_ABOUT))
        version = about["version"] if about["format"] == "dndmood profile" else None
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(
            f"{called} is no profile that 'dndmood library backup' wrote."
        ) from error
    if not isinstance(version, int) or version > _VERSION:
        raise UserError(f"{called} was written by a newer dndmood: update this one.")
    profile = WholeProfile(settings=found.pop(_SETTINGS, None))
    profile.decisions = list(_decisions(found.pop(_DECISIONS, b""), called))
    for name, content in found.items():
        match = _MOOD.fullmatch(name)
        if not match or match[1].startswith(".") or len(content) > _MOST_MOOD_BYTES:
            raise UserError(
                f"{called} holds {printable(name)}, which is no part of a profile: nothing was taken."
            )
        profile.moods[match[1]] = content
    for name, why in list(_refused(profile)):
        profile.no_good.append(why)
        if name in profile.moods:
            del profile.moods[name]
        else:
            profile.settings = None
    return profile


def _refused(profile: WholeProfile) -> Iterator[tuple[str, str]]:
    """Name and fault of the moods and settings that are no good, read as the program would."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in profile.moods.items():
            path = Path(folder, name)
            try:
                path.write_bytes(content)
            except (OSError, ValueError):
                yield name, f"no file can be called {printable(name)}."
                continue
            if why := _fault(book.read, path):
                yield name, why
        if profile.settings is not None:
            path = Path(folder, "settings", _SETTINGS)
            path.parent.mkdir()
            path.write_bytes(profile.settings)
            if why := _fault(settings_files.load, path):
                yield "", why


def _fault(read: Callable[[Path], object], path: Path) -> str:
    """Why `path` cannot be read, without the folder that it lies in only now; "" when it can be."""
    try:
        read(path)
    except UserError as error:
        return str(error).replace(str(path), printable(path.name))
    return ""


def _decisions(content: bytes, called: str) -> Iterator[Decision]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield msgspec.convert(json.loads(line), Decision)
        except ValueError as error:
            raise UserError(
                f"Line {number} of the decisions in {called} is damaged: nothing was taken."
            ) from error


def _put(
    path: Path,
    content: bytes,
    what: str,
    agree: Callable[[str], bool],
    say: Callable[[str], None],
) -> None:
    try:
        before = path.read_bytes() if path.is_file() else None
        if before == content:
            return
        if before is not None:
            if not agree(f"Replace {what}? It stays beside the new one under a number."):
                say(f"Left as it is: {what}.")
                return
            private_files.replace(
                free_neighbour(path, mark="-old").with_suffix(".toml.old"), before
            )
        private_files.replace(path, content)
    except OSError as error:
        raise UserError(
            f"{printable(path)} cannot be written ({error.strerror}). "
            f"{private_files.advice(error, path)}"
        ) from error


def _decide(
    theirs: list[Decision], agree: Callable[[str], bool], say: Callable[[str], None]
) -> None:
    mine = Decisions()
    known = {key: one.mood for one in mine for key in _keys(one)}
    new = [one for one in theirs if not any(key in known for key in _keys(one))]
    other = [
        one
        for one in theirs
        if any(known.get(key, one.mood) != one.mood for key in _keys(one)) and one not in new
    ]
    if new:
        mine.keep(new)
    if other:
        what = _count(len(other), "track")
        if agree(f"Decide {what} as the file does, otherwise than you did?"):
            mine.keep(other)
        else:
            say(f"Left as you decided: {what}.")


def _keys(one: Decision) -> Iterator[tuple[str, str]]:
    if one.fingerprint:
        yield "sound", one.fingerprint
    elif one.path:
        yield "path", one.path


def _count(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
