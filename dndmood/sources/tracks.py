"""A recording with one track for each speaker: a folder or a ZIP of sound files, as Craig's.

Craig is a bot that records a Discord channel. Its multi-track ZIP holds `1-ann_0.flac`,
`2-bob_0.flac` and so on (or .aac, .ogg, .wav), all of one length, with `info.txt` (who was there) and
`raw.dat` (the raw recording's head) beside them.
"""

import heapq
import re
import shutil
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from dndmood.errors import UserError
from dndmood.events import AudioChunk, Problem
from dndmood.file_names import printable
from dndmood.sound_files import OTHER_SOUND, SUFFIXES, WAY_OUT
from dndmood.sources import file

_CRAIG = re.compile(r"(?P<number>\d+)-(?P<name>.+?)(?:_\d{1,4})?")
"""`1-ann_0`: who has a Discord name of the old kind has four digits there."""
_INFO = "info.txt"
_PREFIX = "tracks-"
_LEFT_BEHIND_S = 86_400.0
_MOST_FILES = 10_000
"""So many files are looked at in a folder and those below it."""
_ROOM = 1.1
"""So many times what is unpacked must be free on the disk."""


@dataclass(frozen=True, slots=True)
class Track:
    """What one speaker said."""

    name: str
    """Of the speaker; no other track has it."""
    path: Path


def has_tracks(path: Path) -> bool:
    """Whether `path` is a folder or a ZIP rather than one sound file; never raises.

    What is only called a ZIP is one that was damaged on its way.
    """
    try:
        packed = path.suffix.lower() == ".zip" or zipfile.is_zipfile(path)
        return path.is_dir() or (path.is_file() and packed)
    except OSError:
        return False


@contextmanager
def opened(path: Path, room: Path) -> Iterator[tuple[Track, ...]]:
    """The tracks of the folder or ZIP `path`, in Craig's order, else by name.

    A ZIP is unpacked into a folder below `room` that only the user can enter, and which is gone
    at the end. Raises `UserError` when there is no sound in it, or it cannot be unpacked.
    """
    if path.is_dir():
        place = _place_of_sound(path)
        files = sorted(place.iterdir(), key=lambda one: _order(one.name))
        yield named(files, _told(place / _INFO) or _told(path / _INFO), path)
        return
    room.mkdir(parents=True, exist_ok=True)
    _sweep(room)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=room) as folder:
        yield named(*_unpacked(path, Path(folder)), path)


def chunks(tracks: Sequence[Track], *, block_s: float) -> Iterator[AudioChunk | Problem]:
    """The sound of all `tracks` side by side, each chunk with its speaker's name as its ear.

    One that is no sound is left out, with a `Problem`. Raises `UserError` at once when all are.
    """
    tapes, lost = list[Iterator[AudioChunk | Problem]](), list[AudioChunk | Problem]()
    for track in tracks:
        try:
            tapes.append(_as_ear(track.name, file.chunks(track.path, block_s=block_s)))
        except UserError as error:
            # Where it was unpacked to is nobody's concern, and gone before anybody looks.
            why = str(error).replace(printable(track.path), track.path.name)
            lost.append(Problem(0.0, f"{track.name} is left out: {why}"))
    if not tapes:
        raise UserError("\n".join(one.text for one in lost if isinstance(one, Problem)))
    return heapq.merge(lost, *tapes, key=_end_s)


def named(paths: Iterable[Path], speakers: Sequence[str], whole: Path) -> tuple[Track, ...]:
    """A track for each sound file among `paths`; `speakers` are those that Craig tells of.

    Raises `UserError` when there is none.
    """
    every = list(paths)
    sound = [path for path in every if _is_sound(path)]
    if not sound:
        other = [path for path in every if path.suffix.lower() in OTHER_SOUND]
        fix = f"{WAY_OUT}" if other else "in Craig's page choose FLAC under 'Multi-track'"
        raise UserError(f"There is no sound in {printable(whole)} that can be read: {fix}.")
    names = [_name(path.stem, speakers) for path in sound]
    often, seen = Counter(names), Counter[str]()
    tracks = []
    for name, path in zip(names, sound, strict=True):
        seen[name] += 1
        tracks.append(Track(name if often[name] == 1 else f"{name} {seen[name]}", path))
    return tuple(tracks)


def _place_of_sound(folder: Path) -> Path:
    """Where the sound lies: `folder`, or the one folder below it that has any.

    Raises `UserError` where there are several.
    """
    places = {one.parent for one in islice(folder.rglob("*"), _MOST_FILES) if _is_sound(one)}
    if folder in places or not places:
        return folder
    if len(places) > 1:
        some = ", ".join(sorted(printable(one) for one in places)[:3])
        raise UserError(f"There is sound in several folders: name one of them, as {some}.")
    return places.pop()


def _is_sound(path: Path) -> bool:
    hidden = path.name.startswith(".")
    return path.suffix.lower() in SUFFIXES and not hidden and path.is_file()


def _as_ear(name: str, tape: Iterable[AudioChunk | Problem]) -> Iterator[AudioChunk | Problem]:
    for event in tape:
        if isinstance(event, AudioChunk):
            yield replace(event, ear=name)
        else:
            yield replace(event, text=f"{name}: {event.text}")


def _end_s(event: AudioChunk | Problem) -> float:
    return event.end_s if isinstance(event, AudioChunk) else event.at_s


def _name(stem: str, speakers: Sequence[str]) -> str:
    """Who speaks in the track called `stem`."""
    if found := _CRAIG.fullmatch(stem):
        return found["name"]
    if stem.isdecimal() and 0 < int(stem) <= len(speakers):
        return speakers[int(stem) - 1]
    return stem or "speaker"


def _order(name: str) -> tuple[int, str]:
    number = re.match(r"\d+", name)
    return (int(number[0]) if number else 1_000_000, name.casefold())


def _told(path: Path) -> tuple[str, ...]:
    """The speakers in Craig's `info.txt`; none where it cannot be read."""
    try:
        return speakers_in(path.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError:
        return ()


def speakers_in(info: str) -> tuple[str, ...]:
    r"""The speakers in the text of Craig's `info.txt`, in the order of their tracks.

    >>> speakers_in("Recording abc\n\nTracks:\n\tann#0 (12)\n\tbob#4711 (34)\n\nNotes:\n")
    ('ann', 'bob')
    """
    _, _, listed = info.partition("Tracks:")
    lines = (line.strip() for line in listed.split("\n\n")[0].splitlines())
    return tuple(re.sub(r"(#\d+)?( \(\d+\))?$", "", line) for line in lines if line)


def _unpacked(path: Path, folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    """The sound files of the ZIP, unpacked into `folder`, and whom its info tells of.

    No name in the ZIP says where anything is written: each gets a folder by its number.
    """
    called = printable(path)
    try:
        with zipfile.ZipFile(path) as packed:
            every = [one for one in packed.infolist() if not one.is_dir()]
            wanted = [one for one in every if _suffix(one) in SUFFIXES | OTHER_SOUND]
            wanted.sort(key=lambda one: _order(PurePosixPath(one.filename).name))
            if sum(one.file_size for one in wanted) * _ROOM > shutil.disk_usage(folder).free:
                raise UserError(
                    f"{called} is too large to be unpacked on this disk: make room, or unpack it "
                    "elsewhere and name the folder."
                )
            paths = []
            for number, one in enumerate(wanted):
                place = folder / str(number)
                place.mkdir()
                paths.append(place / _safe(one))
                with packed.open(one) as source, paths[-1].open("wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
            return paths, _info_in(packed, every)
    except (
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        locked = "encrypted" in str(error)
        why = "it is locked with a password" if locked else str(error) or repr(error)
        raise UserError(
            f"{called} cannot be unpacked ({why}): unpack it with another program and name the "
            "folder."
        ) from error


def _info_in(packed: zipfile.ZipFile, every: Iterable[zipfile.ZipInfo]) -> tuple[str, ...]:
    for one in every:
        if PurePosixPath(one.filename).name == _INFO:
            with packed.open(one) as source:
                return speakers_in(source.read(1 << 20).decode("utf-8-sig", "replace"))
    return ()


def _suffix(one: zipfile.ZipInfo) -> str:
    name = PurePosixPath(one.filename).name
    return "" if name.startswith(("._", ".")) else PurePosixPath(name).suffix.lower()


def _safe(one: zipfile.ZipInfo) -> str:
    """The last part of its name, as a file may be called everywhere."""
    whole = PurePosixPath(one.filename.replace("\\", "/"))
    stem = re.sub(r'[\x00-\x1f<>:"/|?*]', "_", whole.stem)[:80].rstrip(". ") or "speaker"
    return f"{stem}{whole.suffix.lower()}"


def _sweep(room: Path) -> None:
    """Delete what a program that was killed has left behind."""
    for left in room.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND_S:
                shutil.rmtree(left)
