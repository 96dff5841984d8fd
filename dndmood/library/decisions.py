"""What the person decided about tracks: a file of lines that only grows, in the data folder.

Kept by the sound's fingerprint, so that a decision holds when the file moves or its tags are
edited; the path is a hint for a file that was converted where it lies.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from dndmood import line_file, paths, private_files
from dndmood.errors import UserError
from dndmood.library.track import Track

LEFT_OUT = ""
"""The mood of a track that shall never play."""

_SAME_LENGTH_S = 2.0
"""A file of another length in the same place is another piece."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person decided about one track."""

    mood: str | None
    """Name of the mood it belongs to; "" to leave it out; None when a decision is taken back."""
    fingerprint: str = ""
    path: str = ""
    """Where it lay."""
    duration_s: Annotated[float, Meta(ge=0.0)] | None = None


class Decisions:
    """Every decision there is, as of the last time its file was read."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the file, by default the one in the user's data folder; it may be missing."""
        self.path = path or paths.music_decisions()
        self.notes: tuple[str, ...] = ()
        """What is wrong with the file, in sentences; the lines that are whole count all the same."""
        self.changes = 0
        """Counts up when the file was read and was another."""
        self._by_sound: dict[str, Decision] = {}
        self._by_path: dict[str, Decision] = {}
        self._stamp: tuple[int, int] | None = None
        self.refresh()

    def __iter__(self) -> Iterator[Decision]:
        """Every decision that holds, as for a profile that is handed on."""
        yield from self._by_sound.values()
        yield from (one for one in self._by_path.values() if not one.fingerprint)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def of(self, track: Track) -> Decision | None:
        """What was decided about `track`, wherever it lies now; None when nothing was."""
        if track.fingerprint and (known := self._by_sound.get(track.fingerprint)):
            return known
        here = self._by_path.get(track.path)
        if here is None or not _as_long(here.duration_s, track.duration_s):
            return None
        return here

    def settled(self, track: Track) -> Track:
        """`track` with the person's word in the place of the proposal, where there is one."""
        decision = self.of(track)
        if decision is None or decision.mood is None:
            return track
        reason = "you left it out" if decision.mood == LEFT_OUT else "you decided it"
        return replace(
            track, mood=decision.mood, decided_by="person", confidence=1.0, reason=reason
        )

    def decide(self, track: Track, mood: str) -> Decision | None:
        """Keep that `track` belongs to `mood`, for ever; returns what was decided before.

        Raises `UserError` when it cannot be written.
        """
        before = self.of(track)
        self.keep([Decision(mood, track.fingerprint, track.path, track.duration_s)])
        return before

    def take_back(self, track: Track, before: Decision | None) -> None:
        """Undo the last decision about `track`: what was decided `before` holds again."""
        mood = before.mood if before else None
        self.keep([Decision(mood, track.fingerprint, track.path, track.duration_s)])

    def keep(self, decisions: Iterable[Decision]) -> None:
        """Add `decisions`, as from somebody's profile; a later one wins over an earlier.

        Raises `UserError` when they cannot be written; then none of them holds.
        """
        every = list(decisions)
        content = "".join(f"{json.dumps(asdict(one))}\n" for one in every).encode()
        try:
            private_files.make_folder(self.path.parent)
            with private_files.locked(self.path.parent):
                self._append(content)
        except OSError as error:
            raise UserError(
                f"The decision cannot be kept in {self.path} ({error.strerror}). "
                f"{private_files.advice(error, self.path)}"
            ) from error
        for one in every:
            self._take(one)

    def refresh(self) -> None:
        """Read what another program may have decided meanwhile; costs nothing when nothing was."""
        try:
            state = self.path.stat()
            stamp = state.st_size, state.st_mtime_ns
            if stamp == self._stamp:
                return
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        except OSError as error:
            why = f"({error.strerror})"
            self.notes = (f"What you decided, in {self.path}, cannot be read {why}.",)
            return
        self._stamp = stamp
        self.changes += 1
        self._by_sound.clear()
        self._by_path.clear()
        broken = sum(not self._read(line) for line in lines if line.strip())
        self.notes = (_broken(self.path, broken),) if broken else ()

    def _append(self, content: bytes) -> None:
        file = private_files.opened(self.path, os.O_APPEND | os.O_CREAT)
        try:
            # After a crash the last line may lack its end: it must not swallow the new one.
            begin = b"" if line_file.ends_whole(file) else b"\n"
            line_file.append(file, begin + content)
            os.fsync(file)
        finally:
            os.close(file)

    def _read(self, line: bytes) -> bool:
        try:
            self._take(msgspec.convert(json.loads(line), Decision))
        except ValueError:
            return False
        return True

    def _take(self, one: Decision) -> None:
        for kept, name in ((self._by_sound, one.fingerprint), (self._by_path, one.path)):
            kept.pop(name, None)
            if name and one.mood is not None:
                kept[name] = one


def _as_long(one_s: float | None, other_s: float | None) -> bool:
    return one_s is None or other_s is None or abs(one_s - other_s) <= _SAME_LENGTH_S


def _broken(path: Path, count: int) -> str:
    lines = "One line" if count == 1 else f"{count} lines"
    return (
        f"{lines} of what you decided about your music cannot be read and "
        f"{'does' if count == 1 else 'do'} not count: see {path}."
    )
