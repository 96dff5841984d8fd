"""Finding the sound files of a corpus, and the recordings that are there twice."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train.corpora._clip import Clip, Drop, plain

SOUND = frozenset({".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff"})
"""File endings that are read, in lower case."""
FILM = frozenset({".avi", ".mp4"})
"""File endings of films whose sound is read, by ffmpeg, in lower case."""

DUPLICATE = "duplicate"
CONTRADICTORY = "same recording with different labels"

ARCHIVE = frozenset(
    {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".z01", ".001"}
)
"""File endings of archives, in lower case: what is in them is not read."""

_PAGE_HEADER_BYTES = 27
_OPENING_PAGES = 2


class _Tabs(csv.excel_tab):
    # Tables with tabs are never quoted, and their sentences may hold a lone quotation mark.
    quoting = csv.QUOTE_NONE


class _Semicolons(csv.excel):
    delimiter = ";"


def sounds(folder: Path, *, deep: bool = True, films: bool = False) -> list[Path]:
    """The sound files in `folder` (and below it), sorted; hidden files are passed over.

    With `films` these count as well: some corpora come as films.
    """
    found = folder.rglob("*") if deep else folder.glob("*")
    kinds = SOUND | FILM if films else SOUND
    return sorted(
        path for path in found if path.suffix.lower() in kinds and not hidden(path, folder)
    )


def has_sound(folder: Path, pattern: str, *, films: bool = False) -> bool:
    """Whether `folder` holds a sound file whose path below it fits the glob `pattern`."""
    kinds = SOUND | FILM if films else SOUND
    return any(
        path.suffix.lower() in kinds and not hidden(path, folder)
        for path in folder.glob(pattern)
    )


def hidden(path: Path, folder: Path) -> bool:
    """Whether a path below `folder` is hidden, or what a Mac adds to archives (`__MACOSX`)."""
    return any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)


def folder_named(parent: Path, *names: str) -> Path | None:
    """The folder in `parent` called by one of `names`, whatever their case; None if there is none.

    An archive that was unpacked into a folder of its own name is entered (`Audios/Audios`).
    """
    for name in names:
        inside = sorted(p for p in parent.glob("*") if p.name.casefold() == name.casefold())
        for folder in inside:
            if folder.is_dir():
                return folder_named(folder, name) or folder
    return None


def first_file(parent: Path, *names: str) -> Path | None:
    """The first file of these names, whatever their case, in `parent`; None if there is none."""
    if not parent.is_dir():
        return None
    there = {path.name.casefold(): path for path in sorted(parent.iterdir()) if path.is_file()}
    found = (there[name.casefold()] for name in names if name.casefold() in there)
    return next(found, None)


def packed(folder: Path, *, deep: int = 2) -> list[Path]:
    """Archives in `folder` and up to `deep` folders below it that nobody unpacked, sorted."""
    patterns = ("*/" * level + "*" for level in range(deep + 1))
    return sorted(
        path
        for pattern in patterns
        for path in folder.glob(pattern)
        if path.suffix.lower() in ARCHIVE and path.is_file() and not hidden(path, folder)
    )


def sound_named(folder: Path, stem: str, *, films: bool = False) -> Path | None:
    """The file `stem` in `folder` with whatever sound ending it has; None if there is none."""
    for suffix in sorted(SOUND) + sorted(FILM if films else ()):
        for path in (folder / f"{stem}{suffix}", folder / f"{stem}{suffix.upper()}"):
            if path.is_file():
                return path
    return None


def short(path: Path) -> str:
    """The last three parts of a path as plain text: the same wherever a collection lies."""
    return plain(Path(*path.parts[-3:]))


def rows(path: Path, *, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a table with a header line, cells stripped; empty if there is no file.

    A spreadsheet that writes semicolons for commas is understood. Raises `UserError` for a table
    that is not UTF-8.
    """
    if not path.is_file():
        return []
    dialect: type[csv.Dialect] = _Tabs if delimiter == "\t" else csv.excel
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            if delimiter == ",":
                head = lines.readline()
                lines.seek(0)
                dialect = _Semicolons if ";" in head and "," not in head else csv.excel
            return [
                {
                    key.strip(): (cell or "").strip()
                    for key, cell in row.items()
                    if key is not None
                }
                for row in csv.DictReader(lines, dialect=dialect)
            ]
    except UnicodeDecodeError as error:
        raise UserError(f"The table {path} is not UTF-8: save it as CSV UTF-8.") from error


def fingerprint(path: Path) -> bytes:
    """A digest that is equal for equal recordings.

    For Ogg files only the packets count: every encoder run stamps a new serial number on the
    pages, so that two encodings of one recording differ in bytes but not in sound.
    """
    content = path.read_bytes()
    if content[:4] != b"OggS":
        return hashlib.sha256(content).digest()
    digest, start, page = hashlib.sha256(), 0, 0
    while content[start : start + 4] == b"OggS":
        segments = content[start + _PAGE_HEADER_BYTES - 1]
        table = start + _PAGE_HEADER_BYTES
        body = table + segments
        end = body + sum(content[table:body])
        # The opening pages hold the encoder's name and settings, not sound.
        if page >= _OPENING_PAGES:
            digest.update(content[body:end])
        start, page = end, page + 1
    return digest.digest()


def without_duplicates(items: Iterable[Clip | Drop]) -> Iterator[Clip | Drop]:
    """The same items, with recordings that occur more than once without_duplicates.

    Copies that agree on the label keep their first clip; when copies disagree nobody knows
    which label is right, so all of them are dropped. Only files of equal size are compared.
    """
    kept = list(items)
    same_size: dict[int, list[Clip]] = defaultdict(list)
    for item in kept:
        if isinstance(item, Clip) and (size := item.path.stat().st_size) > 0:
            same_size[size].append(item)
    copies: dict[bytes, list[Clip]] = defaultdict(list)
    for clips in same_size.values():
        if len(clips) > 1:
            for clip in clips:
                copies[fingerprint(clip.path)].append(clip)
    verdict: dict[Path, str] = {}
    for clips in copies.values():
        agreed = len({(clip.emotion, clip.label) for clip in clips}) == 1
        for clip in clips[1:] if agreed else clips:
            if len(clips) > 1:
                verdict[clip.path] = DUPLICATE if agreed else CONTRADICTORY
    for item in kept:
        reason = verdict.get(item.path) if isinstance(item, Clip) else None
        yield Drop(item.path, reason) if reason else item
