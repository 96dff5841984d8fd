"""Reading from drives that may be slow or hang: on threads that nobody has to wait for."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Generic, TypeVar

from dndmood import library
from dndmood.events import Track
from dndmood.library.index import Index
from dndmood.library.reading import read, title_by_name
from dndmood.sound_files import printable

T = TypeVar("T")

_PAUSE_S = 0.005
"""Between two files, once nobody waits for them any more: the sound must not stutter for this."""
_QUICKLY = 2000
"""More files than so many in a second are read nowhere."""
_TOGETHER = 50
"""So many files are put into the index at once, which asks the disk to have them safely."""


def unread(path: Path) -> Track:
    """The track in the file `path` as far as its name shows: a title, no length."""
    return Track(str(path), title_by_name(path), 0.0)


class Reading:
    """Reads `paths` one after the other; what is known so far can be asked at any time.

    What the index knows is known at once, and read again only when the file has changed.
    """

    def __init__(
        self,
        paths: Iterable[Path],
        index: Index | None = None,
        before: Mapping[str, library.Track] | None = None,
    ) -> None:
        """`before` is what `index` said; what is read is put into it."""
        self.known: dict[str, Track | None] = {}
        """Path to the track with title and length, None when it cannot be played."""
        self.broken: dict[str, str] = {}
        """Path to what is wrong with the file, in a few words."""
        self.tracks: dict[str, library.Track] = {}
        """Path to all that is known."""
        self._paths = list(paths)
        self._index = index
        self._ended = Flag()
        self._let_be = Flag()
        for path in self._paths:
            if before and (track := before.get(str(path))):
                self._take(track)

    def begin(self, *, wait_s: float) -> None:
        """Start, and come back when all is read or after `wait_s`; the rest is read meanwhile."""
        # A daemon that nobody joins: a drive that hangs must not keep the program from ending.
        Thread(target=self._read, name="tracks", daemon=True).start()
        if 0 < len(self._paths) - len(self.tracks) <= wait_s * _QUICKLY:
            self._ended.wait(wait_s)  # of thousands it would be waited for nothing
        self._let_be.set()

    def _read(self) -> None:
        pause, fresh = Flag(), list[library.Track]()
        new = [path for path in self._paths if str(path) not in self.tracks]
        old = [path for path in self._paths if str(path) in self.tracks]
        for path in [*new, *old]:
            if _unchanged(path, self.tracks.get(str(path))):
                continue
            track = read(path)
            self._take(track)
            fresh.append(track)
            if len(fresh) >= _TOGETHER:
                self._keep(fresh)
            if self._let_be.is_set():
                pause.wait(_PAUSE_S)
        self._keep(fresh)
        self._ended.set()

    def _take(self, track: library.Track) -> None:
        self.tracks[track.path] = track
        if track.problem:
            self.broken[track.path] = f"{printable(Path(track.path).name)} {track.problem}"
            self.known[track.path] = None
        else:
            self.broken.pop(track.path, None)
            self.known[track.path] = Track(
                track.path,
                track.title or title_by_name(Path(track.path)),
                track.duration_s or 0.0,
                gain_db=track.gain_db,
                tagged_gain_db=track.replaygain_db,
            )

    def _keep(self, fresh: list[library.Track]) -> None:
        if self._index is not None and fresh:
            self._index.put(*fresh)
        fresh.clear()


def _unchanged(path: Path, known: library.Track | None) -> bool:
    """Whether `known` describes the file as it is now; one that is gone may come back."""
    if known is None:
        return False
    try:
        state = os.stat(path)  # noqa: PTH116 - a path object would not take all bytes
    except (OSError, ValueError):
        return known.size > 0
    return (known.size, known.mtime_ns) == (state.st_size, state.st_mtime_ns)


class Asked(Generic[T]):
    """A question that is answered on a thread of its own, by a drive that may hang."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._answer: list[T] = []
        self._failed: list[BaseException] = []
        self._ended = Flag()
        Thread(target=self._work, name="music folder", daemon=True).start()

    def answer(self, wait_s: float) -> T:
        """What was found out; raises `TimeoutError` when it is not known within `wait_s`."""
        if not self._ended.wait(wait_s):
            raise TimeoutError
        if self._failed:
            raise self._failed[0]
        return self._answer[0]

    def _work(self) -> None:
        try:
            self._answer.append(self._ask())
        except BaseException as error:  # noqa: BLE001 - raised again for who asked
            self._failed.append(error)
        self._ended.set()
