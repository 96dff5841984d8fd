"""Playlists of other programs: M3U, M3U8, PLS and XSPF, read as they come and written plainly."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import quote_from_bytes, unquote_to_bytes, urljoin
from xml.etree import ElementTree as ET

from dndmood import private_files
from dndmood.errors import UserError
from dndmood.file_names import printable
from dndmood.library.names import existing
from dndmood.library.track import Track

READ = frozenset({".m3u", ".m3u8", ".pls", ".xspf"})
"""Suffixes of playlists that are read, in lower case."""
NOT_READ = frozenset({".aimppl4", ".asx", ".b4s", ".cue", ".fpl", ".wpl", ".zpl"})
"""Suffixes of others, which are told."""

_MOST_BYTES = 16_000_000
_MOST_ABOVE = 4
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:(//|[^\\/])")
_DRIVE = re.compile(r"^/?[A-Za-z]:[\\/]")
_PLS = re.compile(r"^\s*file(\d+)\s*=\s*(.*?)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Playlist:
    """What a playlist names."""

    paths: tuple[Path, ...]
    """Files and folders that are there, each once, in its order."""
    missing: tuple[str, ...] = ()
    """Entries that lead to nothing here, as they stand in the file."""
    elsewhere: int = 0
    """How many addresses on the internet it names, which are never asked."""


def read(path: Path) -> Playlist:
    """What the playlist `path` names.

    Entries may be absolute or start at its folder, in the writing of any system, percent-encoded
    or a `file:` address, in UTF-8, UTF-16, Latin-1 or the raw bytes of a file name. One from
    another computer is looked for by its last parts, in the playlist's folder and above it.
    Raises `UserError` when it cannot be read or is no playlist.
    """
    called = f"The playlist {printable(path)}"
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
    except OSError as error:
        raise UserError(f"{called} cannot be read ({error.strerror}).") from error
    kind = path.suffix.lower()
    try:
        entries = list(_ENTRIES[kind](content))
    except (ET.ParseError, ValueError, LookupError) as error:
        raise UserError(f"{called} is damaged: save it again as M3U8.") from error
    found: dict[Path, None] = {}
    missing, elsewhere = [], 0
    for entry in entries:
        if _elsewhere(entry):
            elsewhere += 1
        elif (there := _found(path.parent, entry)) is not None:
            found[there] = None
        else:
            missing.append(printable(entry))
    return Playlist(tuple(found), tuple(missing), elsewhere)


def write(path: Path, tracks: Iterable[Track]) -> None:
    """Write `tracks` to the playlist `path`, in the format that its suffix names, M3U8 at best.

    Tracks below its folder are named from there, so that the folder may move; others absolutely.
    PLS and M3U are UTF-8 without a mark, as players read them today; a name that is no UTF-8 is
    written in its own bytes, and percent-encoded in XSPF. Raises `UserError` when it cannot be
    written, or for another suffix.
    """
    make = _WRITERS.get(path.suffix.lower())
    if make is None:
        raise UserError(f"{printable(path)}: name a file in .m3u8, .m3u, .pls or .xspf.")
    content = make(path.parent, list(tracks))
    try:
        private_files.replace(path, content)
    except OSError as error:
        raise UserError(
            f"The playlist {printable(path)} cannot be written ({error.strerror}). "
            f"{private_files.advice(error, path)}"
        ) from error


def _m3u_entries(content: bytes) -> Iterator[str]:
    for line in _lines(content):
        entry = line.strip(" \t\r\x00")
        if "\x00" in entry:  # no name holds one: something else was called so
            raise ValueError
        if entry and not entry.startswith("#"):
            yield entry


def _pls_entries(content: bytes) -> Iterator[str]:
    numbered = [match.groups() for line in _lines(content) if (match := _PLS.match(line))]
    for _, entry in sorted(numbered, key=lambda one: int(one[0])):
        if entry:
            yield entry


def _xspf_entries(content: bytes) -> Iterator[str]:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError  # no player writes one, and it may grow without an end
    tree = ET.fromstring(content)  # noqa: S314 - without entities, checked above
    if not tree.tag.endswith("playlist"):
        raise ValueError
    yield from _locations(tree, "")


def _locations(element: ET.Element, base: str) -> Iterator[str]:
    """The first place of each track below `element`, from the address `base` on."""
    base = urljoin(base, element.get("{http://www.w3.org/XML/1998/namespace}base", "").strip())
    if element.tag.rpartition("}")[2] != "track":
        for one in element:
            yield from _locations(one, base)
        return
    places = (one.text or "" for one in element if one.tag.rpartition("}")[2] == "location")
    if place := next(places, "").strip():
        yield urljoin(base, place) if base else place


_ENTRIES = {
    ".m3u": _m3u_entries,
    ".m3u8": _m3u_entries,
    ".pls": _pls_entries,
    ".xspf": _xspf_entries,
}


def _lines(content: bytes) -> list[str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace").splitlines()
    for encoding, zeros in (("utf-16-le", content[1:80:2]), ("utf-16-be", content[:80:2])):
        if zeros and not any(zeros):  # without a mark: every other byte of plain letters is 0
            return content.decode(encoding, "replace").splitlines()
    lines = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    # Not splitlines: a file name may hold what Unicode takes for a line end.
    return [line.decode("utf-8", "surrogateescape") for line in lines.split(b"\n")]


def _elsewhere(entry: str) -> bool:
    scheme = _SCHEME.match(entry) and not _DRIVE.match(entry)
    return (
        bool(scheme)
        and not entry.lower().startswith("file:")
        and ":" in entry.split("/", maxsplit=1)[0]
    )


def _found(folder: Path, entry: str) -> Path | None:
    for spelling in dict.fromkeys(_spellings(entry)):
        if (there := _spelt(folder, spelling)) is not None:
            return _straight(there)
    return None


def _straight(path: Path) -> Path:
    """`path` without `..`, so that it is the same file's same name for everybody."""
    if ".." not in path.parts:
        return path
    short = Path(os.path.normpath(path))
    try:
        if short.samefile(path):  # a linked folder may lie elsewhere
            return short
    except OSError:
        pass
    return Path(os.path.realpath(path))


def _spellings(entry: str) -> Iterator[str]:
    """`entry` as a path, in the ways in which programs may have written it."""
    address = entry.lower().startswith("file:")
    if not address:
        yield entry
        yield _as_latin(entry)
    path = entry
    if address:
        path = re.sub(r"^file:(//(localhost)?(?=/))?", "", entry, flags=re.IGNORECASE)
        path = path[2:] if path.startswith("//") and _DRIVE.match(path[2:]) else path
        path = path[1:] if _DRIVE.match(path) and path.startswith("/") else path
    if "%" in path or address:
        raw = unquote_to_bytes(path.encode("utf-8", "surrogateescape"))
        yield raw.decode("utf-8", "surrogateescape")
        yield raw.decode("latin-1")


def _as_latin(entry: str) -> str:
    raw = entry.encode("utf-8", "surrogateescape")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
    return entry


def _spelt(folder: Path, name: str) -> Path | None:
    if "\0" in name:
        return None
    if (whole := _literal(folder, name)) is not None:
        return whole
    windows = "\\" in name or bool(_DRIVE.match(name))
    pure = PureWindowsPath(name) if windows else PurePosixPath(name)
    parts = [part for part in pure.parts if part not in (pure.anchor, ".")]
    if not pure.anchor:
        return existing(folder, parts)
    if not windows and (there := existing(Path(pure.anchor), parts)) is not None:
        return there
    return _by_last_parts(folder, parts)


def _literal(folder: Path, name: str) -> Path | None:
    path = folder / name
    try:
        return path if os.path.lexists(path) else None
    except ValueError:
        return None


def _by_last_parts(folder: Path, parts: list[str]) -> Path | None:
    """A file from another computer: the longest end of its path that lies here."""
    above = [folder, *folder.parents][:_MOST_ABOVE]
    for first in range(len(parts)):
        for place in above:
            if (there := existing(place, parts[first:])) is not None:
                return there
    return None


def _m3u(folder: Path, tracks: list[Track]) -> bytes:
    lines = [b"#EXTM3U"]
    for track in tracks:
        lines.append(f"#EXTINF:{_seconds(track)},{_title(track)}".encode())
        lines.append(_entry(folder, track))
    return b"\n".join(lines) + b"\n"


def _pls(folder: Path, tracks: list[Track]) -> bytes:
    lines = [b"[playlist]"]
    for number, track in enumerate(tracks, start=1):
        lines.append(f"File{number}=".encode() + _entry(folder, track))
        lines.append(f"Title{number}={_title(track)}".encode())
        lines.append(f"Length{number}={_seconds(track)}".encode())
    lines += [f"NumberOfEntries={len(tracks)}".encode(), b"Version=2"]
    return b"\n".join(lines) + b"\n"


def _xspf(folder: Path, tracks: list[Track]) -> bytes:
    space = "http://xspf.org/ns/0/"
    tree = ET.Element("playlist", {"version": "1", "xmlns": space})
    every = ET.SubElement(tree, "trackList")
    for track in tracks:
        one = ET.SubElement(every, "track")
        ET.SubElement(one, "location").text = _address(folder, track)
        ET.SubElement(one, "title").text = _title(track)
        if track.duration_s:
            ET.SubElement(one, "duration").text = str(round(track.duration_s * 1000))
    return bytes(ET.tostring(tree, encoding="utf-8", xml_declaration=True)) + b"\n"


_WRITERS = {".m3u": _m3u, ".m3u8": _m3u, ".pls": _pls, ".xspf": _xspf}


def _entry(folder: Path, track: Track) -> bytes:
    name = _from(folder, track.path)
    raw = os.fsencode(name)
    if b"\n" in raw or b"\r" in raw:
        return b"file://" + quote_from_bytes(os.fsencode(track.path)).encode()
    # What begins with a sign of the format, or looks like an address, is named from the folder.
    odd = raw.startswith(b"#") or _SCHEME.match(name) or raw != raw.strip()
    return b"./" + raw if odd and not os.path.isabs(name) else raw  # noqa: PTH117 - a text


def _address(folder: Path, track: Track) -> str:
    name = _from(folder, track.path)
    if os.path.isabs(name):  # noqa: PTH117 - a text
        return Path(track.path).as_uri()
    return quote_from_bytes(os.fsencode(PurePosixPath(*Path(name).parts)), safe="/")


def _from(folder: Path, path: str) -> str:
    try:
        return os.fspath(Path(path).relative_to(os.path.abspath(folder)))  # noqa: PTH100 - links stay
    except ValueError:
        return path


def _title(track: Track) -> str:
    title = track.title or Path(track.path).stem
    return printable(f"{track.artist} - {title}" if track.artist else title)


def _seconds(track: Track) -> int:
    return round(track.duration_s) if track.duration_s else -1
