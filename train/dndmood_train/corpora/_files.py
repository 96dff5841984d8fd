"""Finding the sound files and tables of a corpus, however its archive was unpacked."""

import csv
import fnmatch
import io
import os
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train.corpora._clip import Drop, plain

_SOUND = (".wav", ".flac", ".aif", ".aiff", ".opus", ".ogg", ".mp3")
_FILM = (".avi", ".mp4")
SOUND = frozenset(_SOUND)
"""File endings that are read, in lower case."""
FILM = frozenset(_FILM)
"""File endings of films whose sound is read, by ffmpeg, in lower case."""

MISSING = "missing file"
COPY = "another copy of a clip"
UNNAMED = "not in the tables"
OUTSIDE = "outside the corpus' own folders"
ARCHIVE = frozenset(
    {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".z01", ".001"}
)
"""File endings of archives, in lower case: what is in them is not read."""


class _Tabs(csv.excel_tab):
    # Tables with tabs are never quoted, and their sentences may hold a lone quotation mark.
    quoting = csv.QUOTE_NONE


class _Semicolons(csv.excel):
    delimiter = ";"


def sounds(folder: Path, *, deep: bool = True, films: bool = False) -> list[Path]:
    """The sound files in `folder` (and below it), sorted; hidden files are passed over.

    Links to files and folders are followed. With `films` these count as well: some corpora come
    as films.
    """
    kinds = SOUND | FILM if films else SOUND
    found = _below(folder, set()) if deep else folder.glob("*")
    return sorted(
        path for path in found if path.suffix.lower() in kinds and not hidden(path, folder)
    )


def _below(folder: Path, seen: set[Path]) -> Iterator[Path]:
    real = folder.resolve()
    # A link may lead back to a folder that holds it; lost+found is nobody's.
    if real in seen or not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            path = folder / entry.name
            if is_folder(entry):
                yield from _below(path, seen | {real})
            else:
                yield path


def is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether an entry is a folder or a link to one; a link to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def matching(folder: Path, pattern: str) -> list[Path]:
    """What lies in `folder` and fits the glob `pattern` (`Actor_*/03-*`), sorted.

    Neither case nor how accents are encoded counts: archives differ in both.
    """
    return sorted(_matching(folder, [_plain(part) for part in pattern.split("/")]))


def _matching(folder: Path, parts: Sequence[str]) -> Iterator[Path]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if not fnmatch.fnmatchcase(_plain(entry.name), parts[0]):
                continue
            if len(parts) == 1:
                yield folder / entry.name
            else:
                yield from _matching(folder / entry.name, parts[1:])


def _plain(name: str) -> str:
    return (name if name.isascii() else unicodedata.normalize("NFC", name)).casefold()


def has_sound(folder: Path, pattern: str, *, films: bool = False) -> bool:
    """Whether `folder` holds a sound file whose path below it fits `pattern`, see `matching`."""
    kinds = SOUND | FILM if films else SOUND
    parts = [_plain(part) for part in pattern.split("/")]
    return any(
        path.suffix.lower() in kinds and not hidden(path, folder)
        for path in _matching(folder, parts)
    )


def hidden(path: Path, folder: Path) -> bool:
    """Whether a path below `folder` is hidden, or what a Mac adds to archives (`__MACOSX`)."""
    return any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)


def folder_named(parent: Path, *names: str) -> Path | None:
    """The folder in `parent` called by one of `names`, whatever their case; None if there is none.

    An archive that was unpacked into a folder of its own name is entered (`Audios/Audios`).
    """
    if not parent.is_dir():
        return None
    with os.scandir(parent) as entries:
        inside = sorted(entry.name for entry in entries if is_folder(entry))
    for name in names:
        for folder in inside:
            if _plain(folder) == _plain(name):
                return folder_named(parent / folder, name) or parent / folder
    return None


def first_file(parent: Path, *names: str) -> Path | None:
    """The first file of these names, whatever their case, in `parent`; None if there is none."""
    if not parent.is_dir():
        return None
    with os.scandir(parent) as entries:
        there = {
            entry.name.casefold(): parent / entry.name
            for entry in entries
            if not is_folder(entry) and (parent / entry.name).is_file()
        }
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


def by_stem(paths: Iterable[Path]) -> dict[str, Path]:
    """Names without their ending, in lower case, to the file; of several formats the best.

    >>> by_stem([Path("a.mp3"), Path("A.WAV")])
    {'a': PosixPath('A.WAV')}
    """
    found: dict[str, Path] = {}
    for path in sorted(paths, key=quality):
        found.setdefault(path.stem.casefold(), path)
    return found


def quality(path: Path) -> int:
    """The lower, the rather a format is read where a clip is there in several."""
    suffix = path.suffix.lower()
    known = _SOUND + _FILM
    return known.index(suffix) if suffix in known else len(known)


def unnamed(paths: Iterable[Path], named: Collection[Path]) -> Iterator[Drop]:
    """A drop for every sound file that is not among those which the tables name."""
    stems = {path.stem.casefold() for path in named}
    for path in paths:
        if path not in named:
            yield Drop(path, COPY if path.stem.casefold() in stems else UNNAMED)


def unsaid(root: Path, said: Iterable[Path], *, tables: bool) -> Iterator[Drop]:
    """A drop for every sound file below `root` that is not among those of which a reader spoke.

    With `tables` these say which sounds belong to the corpus, else its folders do. Films count
    where some that were said are films: other corpora have films of the same voices beside them.
    """
    known = {Path(os.path.normpath(path)) for path in said}
    formats = {(path.stem.casefold(), path.suffix.lower()) for path in known}
    stems = {stem for stem, _ in formats}
    for path in sounds(root, films=any(suffix in FILM for _, suffix in formats)):
        if Path(os.path.normpath(path)) in known:
            continue
        stem, suffix = path.stem.casefold(), path.suffix.lower()
        # The same name in another format, such as the MP3s that lie beside CREMA-D.
        other_format = stem in stems and (stem, suffix) not in formats
        yield Drop(path, COPY if other_format else UNNAMED if tables else OUTSIDE)


def short(path: Path) -> str:
    """The last three parts of a path as plain text: the same wherever a collection lies."""
    return plain(Path(*path.parts[-3:]))


def rows(path: Path, *, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a table with a header line, cells stripped; empty if there is no file.

    A spreadsheet that writes semicolons or tabs for commas is understood. Raises `UserError` for
    a table that is not UTF-8.
    """
    if not path.is_file():
        return []
    text = text_of(path)
    head = text.partition("\n")[0]
    dialect: type[csv.Dialect] = _Tabs if delimiter == "\t" else csv.excel
    if delimiter == "," and "," not in head:
        dialect = _Semicolons if ";" in head else csv.excel_tab if "\t" in head else dialect
    return [
        {key.strip(): (cell or "").strip() for key, cell in row.items() if key is not None}
        for row in csv.DictReader(io.StringIO(text, newline=""), dialect=dialect)
    ]


def rows_named(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of the table `name` in `folder`, whatever its case; empty if there is none."""
    return rows(found) if (found := first_file(folder, name)) else []


def text_of(path: Path, *, remarks: bool = False) -> str:
    """What a table says; raises `UserError` for one that is not UTF-8.

    With `remarks` only words that nobody looks at can be in another encoding: these are let pass.
    """
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if remarks and b"\0" not in content:
            return content.decode("utf-8-sig", "replace")
        kind = "CSV UTF-8" if path.suffix.lower() == ".csv" else "UTF-8"
        raise UserError(f"The table {path} is not UTF-8: save it as {kind}.") from error


EMPTY = frozenset({"", "nan", "none"})
"""What programs write into a cell in which nothing stands, in small letters."""


def number(cell: str | None) -> float | None:
    """The number in a cell, with a comma or a point; None for an empty one, `nan` and `none`.

    Raises `ValueError` for anything else.

    >>> number("2,5"), number("NaN")
    (2.5, None)
    """
    if cell is None or cell.lower() in EMPTY:
        return None
    return float(cell.replace(",", "."))
