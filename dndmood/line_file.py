"""A file that grows by whole lines, which wait in memory while it cannot be written."""

import os
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dndmood import private_files
from dndmood.file_names import free_neighbour

_AGAIN_S = 5.0
_HELD_S = 3600.0
_HELD_BYTES = 16_000_000


class LineFile:
    """Appends lines to a file that is made with the first of them; it never raises OSError.

    Lines that cannot be written are held, an hour of them at most, and tried again every few
    seconds of audio time. A removed file is made again with what it held. Two programs may
    append to one file: their lines mix, no line is broken.
    """

    def __init__(
        self,
        names: Path | Iterable[Path],
        *,
        what: str,
        report: Callable[[str], None],
        over: Callable[[str], None] | None = None,
    ) -> None:
        """`names` is the file, or names of which the first that is free becomes a new file.

        `report` gets one sentence when writing begins to fail and `over`, or else `report`, one
        when it works again; they call the file `what`, as "The journal".
        """
        self._free: Iterator[Path] | None = None if isinstance(names, Path) else iter(names)
        self.path = next(iter([names] if isinstance(names, Path) else self._free or ()))
        """The file; where names were given, the one of the last attempt."""
        self.trouble = ""
        """Why the held lines cannot be written, for people; empty when there is nothing wrong."""
        self.dropped = 0
        """How many lines were held too long and are lost."""
        self.kept = 0
        """How many lines were written."""
        self._what = what
        self._report, self._over = report, over or report
        self._held: deque[tuple[float, bytes]] = deque()
        self._held_bytes = 0
        self._next_s = 0.0  # audio time of the next attempt while there is trouble
        self._file: int | None = None

    @property
    def missing(self) -> int:
        """How many lines are not in the file (yet)."""
        return self.dropped + len(self._held)

    def loss(self) -> str:
        """What is missing, as one sentence; empty when nothing is."""
        if not (missing := self.missing):
            return ""
        why = f" ({self.trouble})" if self.trouble else ""
        lines = f"{missing} line{'s' * (missing != 1)}"
        return f"{lines} of {self._what.lower()} {self.path} could not be written{why}."

    def write(self, line: str, at_s: float) -> None:
        """Append `line`, which has no line end; `at_s` is the audio time now."""
        content = line.encode("utf-8", "replace") + b"\n"
        self._held.append((at_s, content))
        self._held_bytes += len(content)
        if not self.trouble:
            self._try(at_s)
        while self._held and self._held_too_long(at_s):
            self._took_oldest()
            self.dropped += 1

    def tick(self, at_s: float) -> None:
        """Try again, if there is something to try and it is time; `at_s` is the audio time now."""
        if at_s < self._next_s:
            return
        self._next_s = at_s + _AGAIN_S
        if self.trouble or self._removed():
            self._try(at_s)

    def close(self) -> None:
        """Try for the last time what is held, and close the file."""
        if self._held or self._removed():
            self._try(self._next_s)
        if self.trouble and self._file is not None and self._removed():
            self._rescue(self._file)
        self._shut()

    def _try(self, at_s: float) -> None:
        self._next_s = at_s + _AGAIN_S
        removed = self._removed()
        try:
            file = self._open(removed=removed)
            while self._held:
                append(file, self._held[0][1])
                self._took_oldest()
                self.kept += 1
        except OSError as error:
            reason = error.strerror or str(error)
            if not self.trouble:
                self._report(
                    f"{self._what} {self.path} cannot be written ({reason}): its lines are held "
                    "and written as soon as it can be."
                )
            self.trouble = reason
            return
        if removed:
            self._over(f"{self._what} {self.path} was removed: it is made again.")
        elif self.trouble:
            lost = f"{self.dropped} lines are missing" if self.dropped else "nothing is missing"
            self._over(f"{self._what} {self.path} is written again, and {lost}.")
        self.trouble = ""

    def _open(self, *, removed: bool) -> int:
        """The file, open at the beginning of a line."""
        if self._file is not None and not self.trouble and not removed:
            return self._file
        before = self._file
        self._file = self._opened() if before is None or not removed else self._restored(before)
        if before is not None:
            os.close(before)
        if not ends_whole(self._file):
            append(self._file, b"\n")
        return self._file

    def _restored(self, before: int) -> int:
        """The file, opened again, with what the removed one held, unless another lies in its place."""
        reopened, made = not os.path.lexists(self.path), self._opened()
        try:
            if reopened:
                _copy(before, made)
        except OSError:
            os.close(made)
            self.path.unlink(missing_ok=True)
            raise
        return made

    def _rescue(self, before: int) -> None:
        """Write all to a file above the folder that is gone, or count it as lost."""
        above = free_neighbour(self.path.parent.with_name(self.path.name))
        try:
            file = private_files.opened(above, os.O_APPEND | os.O_CREAT | os.O_EXCL)
            try:
                _copy(before, file)
                while self._held:
                    append(file, self._held[0][1])
                    self._took_oldest()
                    self.kept += 1
            finally:
                os.close(file)
        except OSError:
            self.dropped, self.kept = self.dropped + self.kept, 0
        else:
            self.path, self.trouble = above, ""

    def _removed(self) -> bool:
        """Whether the open file has no name any more."""
        if self._file is None:
            return False
        try:
            status = os.fstat(self._file)
        except OSError:
            return False  # a drive that is gone; writing finds out
        if status.st_nlink:
            return False
        try:
            return not os.path.samestat(self.path.stat(), status)
        except OSError:
            return True

    def _opened(self) -> int:
        private_files.make_folder(self.path.parent)
        how = os.O_APPEND | os.O_CREAT
        while self._free is not None:
            try:
                descriptor = private_files.opened(self.path, how | os.O_EXCL)
            except FileExistsError:
                self.path = next(self._free)
            else:
                self._free = None
                return descriptor
        return private_files.opened(self.path, how)

    def _held_too_long(self, at_s: float) -> bool:
        return self._held[0][0] < at_s - _HELD_S or self._held_bytes > _HELD_BYTES

    def _took_oldest(self) -> None:
        self._held_bytes -= len(self._held.popleft()[1])

    def _shut(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            try:
                os.close(file)
            except OSError:  # what a network drive says so late was said by write, or never is
                return


def append(file: int, content: bytes) -> None:
    """Write `content` whole to the descriptor `file` or, on a file, not at all; raises OSError."""
    before, done = os.fstat(file).st_size, 0
    try:
        while done < len(content):
            done += os.write(file, content[done:])
    except OSError:
        if done and os.fstat(file).st_size == before + done:
            os.ftruncate(file, before)
        raise


def ends_whole(file: int) -> bool:
    """Whether the descriptor `file` ends in a line end, or has no end to look at."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode) or not status.st_size:
        return True
    os.lseek(file, -1, os.SEEK_END)
    return os.read(file, 1) == b"\n"


def _copy(before: int, after: int) -> None:
    """Write all that the file `before` holds to the end of the file `after`."""
    os.lseek(before, 0, os.SEEK_SET)
    while content := os.read(before, 1 << 20):
        private_files.write_all(after, content)
