"""The index of the music: one SQLite file in the cache folder that several programs may use.

A rollback journal and short transactions, no write-ahead log: that one needs memory shared
between programs, which network drives do not give. Whatever is wrong with the file, the evening
goes on with an index in memory.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from threading import Lock
from typing import Any, Self

from dndmood import paths, private_files
from dndmood.library.track import Track

_COLUMNS = tuple(one.name for one in fields(Track))
_KINDS = {"int": "INTEGER NOT NULL", "str": "TEXT NOT NULL", "float | None": "REAL"}
_BUSY_S = 5.0
"""So long another program's write is waited for."""


class Index:
    """What is known of every music file, by path. It never raises for what is wrong with the file."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the index file, by default the one in the cache folder; it may be missing."""
        self.path = path or paths.music_index()
        self.trouble = ""
        """Why what is found out cannot be kept, as one sentence; "" while it can be."""
        self._lock = Lock()
        self._closed = False
        self._database: sqlite3.Connection | None = None
        self._unsaved: dict[str, Track] = {}
        self._forgotten: set[str] = set()
        self._database = self._opened()

    def track(self, path: str | os.PathLike[str]) -> Track | None:
        """What is known of the file `path`; None when it was never read."""
        name = os.fspath(path)
        with self._lock:
            if name in self._unsaved:
                return self._unsaved[name]
            rows = self._asked(f"{_SELECT} WHERE path = ?", (_bytes(name),))
        return _track(rows[0]) if rows and name not in self._forgotten else None

    def tracks(self) -> Iterator[Track]:
        """Every track, in no order; as they are at the moment of the call."""
        with self._lock:
            rows = self._asked(_SELECT)
            unsaved = dict(self._unsaved)
        known = (_track(row) for row in rows)
        hidden = unsaved.keys() | self._forgotten
        yield from (track for track in known if track.path not in hidden)
        yield from unsaved.values()

    def same_sound(self, fingerprint: str) -> Track | None:
        """A track with this fingerprint, one whose sound was measured before others; or None.

        So a file that was moved need not be measured again.
        """
        order = "ORDER BY analysis DESC, path LIMIT 1"
        with self._lock:
            rows = self._asked(
                f"{_SELECT} WHERE fingerprint = ? {order}",
                (fingerprint,),
            )
        return _track(rows[0]) if rows and fingerprint else None

    def unchanged(self, path: str, size: int, mtime_ns: int, *, analysis: int = 0) -> bool:
        """Whether the file was read as it is now, and measured by that version of the analysis."""
        known = self.track(path)
        return known is not None and (
            (known.size, known.mtime_ns) == (size, mtime_ns) and known.analysis >= analysis
        )

    def put(self, *tracks: Track) -> None:
        """Keep `tracks`, all or none of them on the disk.

        What was measured of the same file is not lost to a track that lacks it: another program
        may have measured it meanwhile.
        """
        with self._lock:
            self._forgotten -= {track.path for track in tracks}
            self._unsaved |= {track.path: track for track in tracks}
            self._save()

    def forget(self, paths: Iterable[str | os.PathLike[str]]) -> None:
        """Forget what is known of `paths`, as of files that are gone."""
        names = [os.fspath(path) for path in paths]
        with self._lock:
            for name in names:
                self._unsaved.pop(name, None)
            gone = [(_bytes(name),) for name in names]
            if not self._done("DELETE FROM tracks WHERE path = ?", gone):
                self._forgotten.update(names)

    def version(self) -> int:
        """A number that changes when another program, or another `Index`, has changed the file."""
        with self._lock:
            rows = self._asked("PRAGMA data_version")
        return int(rows[0][0]) if rows else 0

    def close(self) -> None:
        """Let the file go; what is asked afterwards is not known."""
        with self._lock:
            if self._database is not None:
                if self._unsaved:
                    self._save()
                self._database.close()
            self._database, self._closed = None, True

    def __del__(self) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _opened(self) -> sqlite3.Connection | None:
        try:
            private_files.make_folder(self.path.parent)
            try:
                return _connected(self.path)
            except sqlite3.DatabaseError as error:
                if not _damaged(error):
                    raise
                return self._rebuilt()
        except (OSError, sqlite3.Error) as error:
            self._tell(error)
            return None

    def _rebuilt(self) -> sqlite3.Connection:
        """A new index where a damaged one was; that one stays beside it, in place of an older."""
        with private_files.locked(self.path.parent):
            try:
                return _connected(self.path)  # another program has done it meanwhile
            except sqlite3.DatabaseError as error:
                if not _damaged(error):
                    raise
            self.path.replace(self.path.with_suffix(".damaged"))
            self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)
            return _connected(self.path)

    def _asked(self, question: str, about: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        if self._database is None:
            return []
        try:
            return self._database.execute(question, about).fetchall()
        except sqlite3.Error as error:
            self._mend(error)
            return []

    def _save(self) -> None:
        if self._done(_PUT, [_row(track) for track in self._unsaved.values()]):
            self._unsaved = {}

    def _done(self, order: str, rows: list[tuple[Any, ...]]) -> bool:
        if self._database is None and not self._closed:
            self._database = self._opened()  # it may be in reach by now
        if self._database is None:
            return False
        try:
            with self._database:
                self._database.executemany(order, rows)
        except sqlite3.Error as error:
            self._mend(error)
            return False
        self.trouble = ""
        return True

    def _mend(self, error: sqlite3.Error) -> None:
        """After `error`: begin a new file when this one is damaged, else say why it is not used."""
        if not _damaged(error) or self._database is None:
            self._tell(error)
            return
        with suppress(sqlite3.Error):
            self._database.close()
        try:
            self._database = self._rebuilt()
        except (OSError, sqlite3.Error) as again:
            self._database = None
            self._tell(again)

    def _tell(self, error: Exception) -> None:
        why = getattr(error, "strerror", None) or str(error)
        self.trouble = (
            f"What is found out about the music is not kept for the next time: {self.path} "
            f"cannot be used ({why})."
        )


def _connected(path: Path) -> sqlite3.Connection:
    if not path.exists():  # SQLite would make one that others may read
        os.close(private_files.opened(path, os.O_CREAT))
    database = sqlite3.connect(path, timeout=_BUSY_S, check_same_thread=False)
    database.text_factory = lambda content: content.decode("utf-8", "replace")
    try:
        database.execute("PRAGMA synchronous = NORMAL")
        with database:
            database.execute(_MAKE)
            _widen(database)
            database.execute("CREATE INDEX IF NOT EXISTS sounds ON tracks (fingerprint)")
        database.execute(f"{_SELECT} LIMIT 1").fetchall()
    except sqlite3.Error:
        database.close()
        raise
    return database


def _widen(database: sqlite3.Connection) -> None:
    """Give a table of an earlier time the columns that it lacks; what it knows stays."""
    there = {row[1] for row in database.execute("PRAGMA table_info(tracks)")}
    if not {"path", "fingerprint", "analysis"} <= there:
        return  # another one under our name
    for name in _COLUMNS:
        if name not in there:
            kind = _kind(name)
            default = {"INTEGER NOT NULL": " DEFAULT 0", "TEXT NOT NULL": " DEFAULT ''"}
            order = f"ALTER TABLE tracks ADD COLUMN {name} {kind}{default.get(kind, '')}"
            with suppress(sqlite3.OperationalError):  # another program has done it meanwhile
                database.execute(order)


def _damaged(error: sqlite3.Error) -> bool:
    """Whether the file itself is at fault, and not that it is busy, full or out of reach."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    strange = code == sqlite3.SQLITE_ERROR  # another table under our name
    return strange or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _kind(name: str) -> str:
    if name == "path":
        return "BLOB PRIMARY KEY"
    kind = Track.__annotations__[name]
    return _KINDS.get(getattr(kind, "__name__", str(kind)), _KINDS.get(str(kind), "TEXT"))


def _row(track: Track) -> tuple[Any, ...]:
    return tuple(
        _bytes(track.path)
        if name == "path"
        else value.encode("utf-8", "replace").decode()
        if isinstance(value := getattr(track, name), str)
        else value
        for name in _COLUMNS
    )


def _track(row: tuple[Any, ...]) -> Track:
    path, *rest = row
    return Track(os.fsdecode(path), *rest)


def _bytes(name: str) -> bytes:
    try:
        return os.fsencode(name)
    except UnicodeError:  # a name that no file can have
        return name.encode("utf-8", "replace")


_MAKE = (
    f"CREATE TABLE IF NOT EXISTS tracks ({', '.join(f'{n} {_kind(n)}' for n in _COLUMNS)}) "
    "WITHOUT ROWID"
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM tracks"  # noqa: S608 - no outside text
_PUT = (
    f"INSERT INTO tracks ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "  # noqa: S608 - no outside text
    f"ON CONFLICT (path) DO UPDATE SET {', '.join(f'{n} = excluded.{n}' for n in _COLUMNS)} "
    "WHERE excluded.analysis >= tracks.analysis OR excluded.size <> tracks.size "
    "OR excluded.mtime_ns <> tracks.mtime_ns"
)
