"""Mood files that are edited while the evening goes on: good edits are taken up, bad ones reported."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Protocol, TypeAlias

from dndmood import assembly, paths
from dndmood.errors import UserError
from dndmood.events import MoodBook, Problem
from dndmood.mood import Mood, book
from dndmood.printable import printable
from dndmood.settings import Settings

Stamps: TypeAlias = Mapping[Path, tuple[int, int]]
"""When each mood file was last written, in nanoseconds, and its size."""


class Looks(Protocol):
    """Something that changes while the evening goes on."""

    def look(self) -> Iterator[MoodBook | Problem]: ...


class Watch:
    """Looks at the mood files now and then, and says what has become of those that changed."""

    def __init__(
        self, settings: Settings, moods: Mapping[str, Mood], *, labels: Iterable[str]
    ) -> None:
        self._settings = settings
        self._moods = dict(moods)
        self._labels = list(labels)
        every = (
            paths.data("playlists"),
            paths.own_playlists(),
            *(m.folder for m in moods.values()),
        )
        self._folders = list(
            dict.fromkeys(every)
        )  # one that did not answer has brought no mood
        self._taken = self._seen = self._stamps()
        self._broken: set[Path] = set()

    def look(self) -> Iterator[MoodBook | Problem]:
        """What the files that changed since the last look say, once nobody writes to them any more.

        An editor may empty a file before it writes it again; so a change counts when two looks
        find it the same. A file that cannot be used is a `Problem`, and its mood stays as it was.
        """
        now, before = self._stamps(), self._seen
        self._seen = now
        if now != before or now == self._taken:
            return
        changed = sorted(path for path in now if now[path] != self._taken.get(path))
        self._taken = now
        edited: dict[str, Mood] = {}
        for path in sorted(self._broken - now.keys()):
            yield self._mended(path, "was removed")
        for path in changed:
            try:
                mood = book.read(path)
                book.check_emotions([mood], self._labels)
            except UserError as error:
                text = f"{str(error).rstrip('.')}; the mood stays as it was."
                yield Problem(0.0, text, about=f"the mood file {path}")
                self._broken.add(path)
                continue
            if path in self._broken:
                yield self._mended(path, "is good again")
            old = self._moods.get(mood.name)
            if old is None:
                yield Problem(0.0, f"The mood {mood.title} is new: it joins at the next start.")
            elif self._rank(mood.folder) >= self._rank(old.folder):
                edited[mood.name] = mood
        if edited:
            yield from self._taken_up(edited)

    def _taken_up(self, edited: dict[str, Mood]) -> Iterator[MoodBook | Problem]:
        self._moods |= edited
        try:
            shelves = assembly.music(self._settings, edited)
        except UserError as error:  # the music folder is gone: what is on the shelves stays
            yield MoodBook(edited, {})
            yield Problem(0.0, str(error))
            return
        yield MoodBook(edited, shelves)
        for shelf in shelves.values():
            for sentence in shelf.skipped:
                yield Problem(0.0, f"Left out of {shelf.title.lower()}: {sentence}.")

    def _mended(self, path: Path, how: str) -> Problem:
        self._broken.discard(path)
        text = f"The mood file {printable(str(path))} {how}."
        return Problem(0.0, text, solved=True, about=f"the mood file {path}")

    def _rank(self, folder: Path) -> int:
        """A later folder's mood goes before an earlier one's."""
        return self._folders.index(folder) if folder in self._folders else 0

    def _stamps(self) -> Stamps:
        stamps: dict[Path, tuple[int, int]] = {}
        for path in book.files(*self._folders, tell=lambda _: None):
            try:
                state = path.stat()
            except OSError:
                continue  # gone again, or a link that leads nowhere
            stamps[path] = state.st_mtime_ns, state.st_size
        return stamps


@contextmanager
def watched(
    put: Callable[[MoodBook | Problem], None], watch: Looks, *, every_s: float = 2.0
) -> Iterator[None]:
    """Put what `watch` finds for as long as the block lasts; looks `every_s`."""
    leave = Flag()

    def go() -> None:
        while not leave.wait(every_s):
            for event in watch.look():
                put(event)

    # A daemon that nobody joins: leaving must not wait for a drive that hangs.
    Thread(target=go, name="mood files", daemon=True).start()
    try:
        yield
    finally:
        leave.set()
