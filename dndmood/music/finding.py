"""Which files in a folder, or under a pattern, are music; names only, nothing is opened."""

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from dndmood.errors import UserError
from dndmood.library import playlist_files
from dndmood.library.names import plain
from dndmood.sound_files import OTHER_SOUND, SUFFIXES, WAY_OUT, printable

_NOT_LOOKED_INTO = frozenset(
    {"#recycle", "#snapshot", "$recycle.bin", "@eadir", "@__thumb", "@recycle", "__macosx",
     "desktop.ini", "lost+found", "recycler", "system volume information", "thumbs.db"}
)  # fmt: skip
"""What systems and network drives put beside people's files, in lower case."""
_MOST_FILES = 50_000
"""More in one mood's folder is somebody's whole disk, and a list of it helps nobody."""
_LONGEST_NAME = 80
_MOST_NAMES = 4
_WILD = "*?["


@dataclass(slots=True)
class Found:
    """The music of a folder or a pattern, and what there is to say about the rest."""

    tracks: dict[Path, None] = field(default_factory=dict)
    """Regular files that libsndfile may decode, each once, in the order in which they came."""
    sentences: list[str] = field(default_factory=list)
    """What cannot be played and why, without a full stop."""
    other: Counter[str] = field(default_factory=Counter)
    """Suffix to number of sound files that are not decoded here."""
    playlists: dict[Path, None] = field(default_factory=dict)
    """Playlists whose tracks are taken in by `open_playlists`."""
    unread: Counter[str] = field(default_factory=Counter)
    """Suffix to number of playlists of kinds that are not read."""
    irregular: dict[str, list[str]] = field(default_factory=dict)
    """Why what is called like music is no file that can be opened, to the names of all that are so."""

    @property
    def anything(self) -> int:
        """How much was found that somebody meant as music, playable or not."""
        kinds = self.other.total() + self.unread.total()
        others = len(self.sentences) + sum(map(len, self.irregular.values()))
        return len(self.tracks) + len(self.playlists) + others + kinds

    def all_sentences(self) -> list[str]:
        """Every sentence, those that count files first."""
        sentences = []
        if count := self.other.total():
            sentences.append(
                f"{_counted(self.other)} {'file' if count == 1 else 'files'} cannot be played: "
                + (WAY_OUT if count == 1 else WAY_OUT.replace("convert it", "convert them"))
            )
        if count := self.unread.total():
            what = "playlist is" if count == 1 else "playlists are"
            save = "it" if count == 1 else "them"
            sentences.append(
                f"{_counted(self.unread)} {what} not read: save {save} as M3U8, PLS or XSPF"
            )
        for reason, names in self.irregular.items():
            many = f"{len(names)} names ({some(names)}): each"
            sentences.append(f"{printable(names[0]) if len(names) == 1 else many} {reason}")
        return sentences + self.sentences

    def take(self, more: "Found") -> None:
        """Take in what another pattern has found."""
        self.tracks |= more.tracks
        self.sentences += [one for one in more.sentences if one not in self.sentences]
        self.other += more.other
        self.playlists |= more.playlists
        self.unread += more.unread
        for reason, names in more.irregular.items():
            mine = self.irregular.setdefault(reason, [])
            mine += [name for name in names if name not in mine]

    def add(self, path: Path) -> None:
        """Take `path` in: a file by its name, a folder with all that is below it."""
        try:
            is_folder = path.is_dir()
        except OSError:
            is_folder = False
        if not is_folder:
            self._file(path, regular=None)
            return
        inside = [
            (Path(here, entry.name), is_file(entry))
            for here, entries in walk(path, self.sentences)
            for entry in entries
        ]
        for file, regular in sorted(inside):
            self._file(file, regular=regular)

    def add_file(self, path: Path, *, regular: bool) -> None:
        """Take the file `path` in, of which a folder's listing says whether it is regular."""
        self._file(path, regular=regular)

    def open_playlists(self) -> None:
        """Take in the tracks that the playlists name, and say what they name in vain."""
        for path in self.playlists:
            name = printable(path.name)
            try:
                playlist = playlist_files.read(path)
            except UserError as error:
                whole = f"The playlist {printable(path)}"
                self.sentences.append(str(error).rstrip(".").replace(whole, name))
                continue
            for track in playlist.paths:
                if track.suffix.lower() not in playlist_files.READ:  # not one inside another
                    self.add(track)
            self.sentences += _in_vain(name, playlist)

    def _file(self, path: Path, *, regular: bool | None) -> None:
        suffix = path.suffix.lower()
        if suffix in OTHER_SOUND:
            self.other[suffix] += 1
        elif suffix in playlist_files.READ:
            self.playlists[path] = None
        elif suffix in playlist_files.NOT_READ:
            self.unread[suffix] += 1
        elif suffix not in SUFFIXES:
            return  # covers and notes
        elif reason := "" if regular else _not_regular(path):
            self.irregular.setdefault(reason, []).append(path.name)
        elif len(self.tracks) < _MOST_FILES:
            self.tracks[path] = None


def passed_over(name: str) -> bool:
    """Whether `name` is hidden, or the system's own: nothing below it is anybody's music."""
    return name.startswith(".") or name.lower() in _NOT_LOOKED_INTO


def walk(
    top: Path, unreadable: list[str] | None = None
) -> Iterator[tuple[str, list["os.DirEntry[str]"]]]:
    """`top` and every folder below it, each once, also behind links, with what is no folder in it.

    Hidden names are left out. A link to a folder that it lies in leads nowhere new and is not
    followed. What cannot be listed is added to `unreadable` in a few words.
    """
    seen, waiting = {os.path.realpath(top)}, [os.fspath(top)]
    while waiting:
        here = waiting.pop()
        files: list[os.DirEntry[str]] = []
        below: list[os.DirEntry[str]] = []
        for entry in entries_of(here, unreadable):
            if passed_over(entry.name):
                continue
            (below if is_folder(entry) else files).append(entry)
        yield here, files
        around = os.path.join(os.path.realpath(here), "")  # noqa: PTH118 - ends in a separator
        for entry in reversed(below):
            real = os.path.realpath(entry.path)
            if real not in seen and not around.startswith(os.path.join(real, "")):  # noqa: PTH118
                seen.add(real)
                waiting.append(entry.path)


def looked_up(folder: Path, pattern: str) -> list[Path]:
    """What `pattern` means under `folder`, or anywhere when it is absolute.

    A name stands first for itself, then for itself in other letters or accents, then for a
    pattern with `*`, `?`, `[]`, `{,}` and `**`. Raises `ValueError` for one that means nothing.
    """
    try:
        where = Path(pattern).expanduser()
    except RuntimeError as error:
        raise ValueError("there is no such user") from error
    if "\0" in pattern or not pattern.strip():
        raise ValueError("it is empty" if "\0" not in pattern else "no file can be called so")
    whole = folder / where  # on Windows a rooted pattern takes the folder's drive
    if where.anchor:
        found = list(_below(Path(whole.anchor), whole.parts[1:]))
    else:
        found = list(_below(folder, where.parts))
    if found:
        return found
    if "\\" in pattern and os.sep == "/":
        return looked_up(folder, pattern.replace("\\", "/"))
    return [path for one in _alternatives(pattern) for path in looked_up(folder, one)]


def _below(here: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    if not parts:
        yield here
        return
    first, rest = parts[0], parts[1:]
    if first == "**":
        for folder, _ in walk(here):
            yield from _below(Path(folder), rest)
    elif os.path.lexists(here / first):
        yield from _below(here / first, rest)
    else:
        for name in _meant(here, first):
            yield from _below(here / name, rest)


def _meant(here: Path, word: str) -> list[str]:
    """The names in `here` that `word` stands for."""
    names, wanted = _names(here), plain(word)
    if same := [name for name in names if plain(name) == wanted]:
        return same
    if not any(sign in word for sign in _WILD):
        return []
    return [n for n in names if not passed_over(n) and fnmatchcase(plain(n), wanted)]


def _alternatives(pattern: str) -> list[str]:
    """`pattern` once for each word in its first braces; none when it has no braces."""
    before, brace, rest = pattern.partition("{")
    inside, end, after = rest.partition("}")
    if not (brace and end) or "," not in inside:
        return []
    return [f"{before}{word}{after}" for word in inside.split(",")]


def _names(folder: Path) -> list[str]:
    return [entry.name for entry in entries_of(os.fspath(folder), None)]


def entries_of(folder: str, unreadable: list[str] | None) -> list["os.DirEntry[str]"]:
    """What lies in `folder`, by name; one that cannot be listed is told to `unreadable`."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if unreadable is not None:
            name = printable(os.path.basename(folder))  # noqa: PTH119 - its last part alone
            unreadable.append(f"{name} cannot be read ({error.strerror})")
        return []


def is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether the name in a folder is a folder's, also behind a link; never raises."""
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, or behind a folder that is locked
        return False


def is_file(entry: "os.DirEntry[str]") -> bool:
    """Whether the name in a folder is a regular file's, also behind a link; never raises."""
    try:
        return entry.is_file()  # known from the listing, without asking the disk again
    except OSError:
        return False


def _not_regular(path: Path) -> str:
    """Why `path` is not opened; empty for a regular file."""
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError) as error:
        if os.path.islink(path) and getattr(error, "errno", 0) in {errno.ENOENT, errno.ELOOP}:  # noqa: PTH114 - never raises
            return "is a link that leads nowhere: delete it, or bring back what it links to"
        if isinstance(error, FileNotFoundError):
            return "is missing"
        return f"cannot be read ({getattr(error, 'strerror', None) or 'no file is called so'})"
    return "" if stat.S_ISREG(kind) else "is no ordinary file: take it out of the folder"


def _in_vain(name: str, playlist: playlist_files.Playlist) -> Iterator[str]:
    """What the playlist names and cannot be played, in a sentence each."""
    if count := len(playlist.missing):
        what = "file that is" if count == 1 else "files that are"
        first = playlist.missing[0]
        first = first if len(first) <= _LONGEST_NAME else f"…{first[-_LONGEST_NAME:]}"
        yield f"{name} names {count} {what} not here, as {first}"
    if count := playlist.elsewhere:
        what = "address" if count == 1 else "addresses"
        yield f"{name} names {count} {what} on the internet, where nothing is played from"


def _counted(suffixes: Counter[str]) -> str:
    """As in "2 M4A and 1 WMA"."""
    return " and ".join(f"{n} {suffix[1:].upper()}" for suffix, n in suffixes.most_common())


def some(names: list[str], most: int = _MOST_NAMES) -> str:
    """The first of `names`, and how many more there are."""
    shown = ", ".join(printable(name) for name in names[:most])
    more = len(names) - most
    return f"{shown} and {more} more" if more > 0 else shown
