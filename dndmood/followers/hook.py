"""A command of your own with each mood and place: `--tell 'hook:COMMAND ARGUMENT ...'`.

It is started without a shell, with the evening in its environment: `DNDMOOD_MOOD`, `DNDMOOD_TITLE`,
`DNDMOOD_WHY`, `DNDMOOD_BEFORE` (the mood before), `DNDMOOD_FORCED` (1 when chosen by hand),
`DNDMOOD_TRACK`, `DNDMOOD_AT_S`, `DNDMOOD_PLACE` and `DNDMOOD_PLACE_TITLE` (empty while nobody knows where
the party is), and `DNDMOOD_CHANGED`: `mood`, `place`, or `mood place`. Never two run at once: while one
runs, only the newest moment waits. One that is not done within ten seconds is ended, with all that
it started.
"""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Event as Flag
from typing import BinaryIO

from dndmood.errors import UserError
from dndmood.followers import Follower, Report
from dndmood.followers._following import RefusedError
from dndmood.followers._now import Now
from dndmood.mood_places import Place

LONGEST_S = 10.0
_LOOK_S = 0.05
_MOST_SAID = 200
_MOST_BYTES = 1_000_000
"""What a command has said beyond this is forgotten: it could fill the disk in its ten seconds."""


@contextmanager
def opened(argument: str, _places: Sequence[Place], _report: Report) -> Iterator[Follower]:
    """The command `argument`, split as a shell would but not given to one.

    Raises `UserError` when there is no such command.
    """
    yield Hook(command(argument))


def command(argument: str) -> list[str]:
    """The words of `argument`, of which the first is a program; raises `UserError` for none."""
    try:
        words = shlex.split(argument, posix=os.name != "nt")
    except ValueError as error:
        raise UserError(
            f"The hook {argument!r} cannot be split into words ({error}): look at its quotes."
        ) from error
    if not words:
        raise UserError("A hook needs a command: --tell 'hook:COMMAND ARGUMENT ...'.")
    program = shutil.which(os.path.expanduser(words[0]))  # noqa: PTH111 - it may be a bare name
    if program is None:
        raise UserError(f"There is no command {words[0]!r} for the hook: check its name.")
    return [program, *words[1:]]


class Hook:
    """Runs the command whenever the mood or the place has changed."""

    remedy = "try it by hand"

    def __init__(self, words: Sequence[str], longest_s: float = LONGEST_S) -> None:
        self.called = f"The hook {words[0]}"
        self._words, self._longest_s = list(words), longest_s
        self._mood = self._place = ""
        self._leave = Flag()

    def follow(self, now: Now, *, afresh: bool) -> None:  # noqa: ARG002 - it remembers nothing
        """Run the command if mood or place is another one, and wait until it is done."""
        moved = {"mood": now.mood != self._mood, "place": now.place != self._place}
        changed = " ".join(name for name, has in moved.items() if has)
        if not changed:
            return
        self._mood, self._place = now.mood, now.place
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
                    self._words,
                    env=os.environ | environment(now, changed),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    start_new_session=os.name == "posix",
                )
            except OSError as error:
                raise RefusedError(
                    f"{self.called} cannot be started ({error.strerror}): try it by hand."
                ) from error
            self._wait(process, said)

    def look(self) -> None:
        """There is nobody to look for."""

    def hurry(self) -> None:
        """A command that runs is ended."""
        self._leave.set()

    def end(self) -> None:
        """Nothing runs any more."""

    def _wait(self, process: "subprocess.Popen[bytes]", said: BinaryIO) -> None:
        waited_s, before = 0.0, ""
        while process.poll() is None and waited_s < self._longest_s:
            if self._leave.wait(_LOOK_S):
                break
            waited_s += _LOOK_S
            if os.fstat(said.fileno()).st_size > _MOST_BYTES:
                before = _last_words(said)
                os.truncate(said.fileno(), 0)  # it goes on behind a hole, which takes no room
        if process.poll() is None:
            _end(process)
            if not self._leave.is_set():
                raise RefusedError(
                    f"{self.called} was not done within {self._longest_s:.0f} s and was ended: let "
                    "it start what takes longer in the background."
                )
        elif process.returncode:
            words = _last_words(said) or before
            raise RefusedError(
                f"{self.called} failed with {process.returncode}"
                f"{f' ({words})' if words else ''}: try it by hand."
            )


def _last_words(said: BinaryIO) -> str:
    """The end of what a command has said, on one line."""
    most = 4 * _MOST_SAID
    start = max(os.fstat(said.fileno()).st_size - most, 0)
    if hasattr(os, "pread"):  # the command's place in the file is ours, and stays where it is
        whole = os.pread(said.fileno(), most, start)
    else:
        said.seek(start)
        whole = said.read(most)
    return " ".join(whole.replace(b"\0", b"").decode("utf-8", "replace").split())[-_MOST_SAID:]


def environment(now: Now, changed: str = "mood") -> Mapping[str, str]:
    """What the command is given, as text without the one sign that no environment takes."""
    values = {
        "MOOD": now.mood,
        "TITLE": now.title,
        "WHY": now.why,
        "BEFORE": now.before,
        "FORCED": "1" if now.forced else "",
        "TRACK": now.track,
        "AT_S": f"{now.since_s:.1f}",
        "PLACE": now.place,
        "PLACE_TITLE": now.place_title,
        "CHANGED": changed,
    }
    return {
        f"DNDMOOD_{name}": value.replace("\0", "").encode("utf-8", "replace").decode()
        for name, value in values.items()
    }


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the command and what it started in its turn."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
