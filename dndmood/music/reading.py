"""Reading from drives that may be slow or hang: on threads that nobody has to wait for."""

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Generic, TypeVar

from dndmood.errors import UserError
from dndmood.events import Track
from dndmood.sound_files import open_sound, printable

T = TypeVar("T")

_PAUSE_S = 0.005
"""Between two files, once nobody waits for them any more: the sound must not stutter for this."""
_LONGEST_TITLE = 200


def unread(path: Path) -> Track:
    """The track in the file `path` as far as its name shows: a title, no length."""
    title = printable(path.stem).replace("_", " ").replace("-", " ").strip()
    return Track(str(path), title[:_LONGEST_TITLE] or printable(path.name), 0.0)


def read(path: Path) -> Track:
    """The track in the file `path`, its length 0 when the file does not say it.

    Raises `UserError` when it cannot be played, in a few words with the file's name.
    """
    name = printable(path.name)
    try:
        with open_sound(path, called=name) as sound:
            title = printable(sound.title)[:_LONGEST_TITLE].strip() or unread(path).title
            return Track(str(path), title, sound.duration_s or 0.0)
    except UserError as error:
        raise UserError(_in_a_few_words(name, str(error))) from error


def _in_a_few_words(name: str, sentence: str) -> str:
    if sentence.startswith("There is no"):  # it was there when the folder was listed
        return f"{name} is missing"
    if sentence.startswith(f"{name} is empty"):
        return f"{name} is empty"
    known = " is not decoded here" in sentence or " cannot decode: " in sentence
    known = known or "cannot be read (" in sentence
    return sentence.rstrip(".") if known else f"{name} cannot be decoded"


class Reading:
    """Reads `paths` one after the other; what is known so far can be asked at any time."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.known: dict[str, Track | None] = {}
        """Path to the track with title and length, None when it cannot be played."""
        self.broken: dict[str, str] = {}
        """Path to what is wrong with the file, in a few words."""
        self._paths = list(paths)
        self._ended = Flag()
        self._let_be = Flag()

    def begin(self, *, wait_s: float) -> None:
        """Start, and come back when all is read or after `wait_s`; the rest is read meanwhile."""
        # A daemon that nobody joins: a drive that hangs must not keep the program from ending.
        Thread(target=self._read, name="tracks", daemon=True).start()
        self._ended.wait(wait_s)
        self._let_be.set()

    def _read(self) -> None:
        pause = Flag()
        for path in self._paths:
            try:
                self.known[str(path)] = read(path)
            except UserError as error:
                self.broken[str(path)] = str(error)
                self.known[str(path)] = None
            if self._let_be.is_set():
                pause.wait(_PAUSE_S)
        self._ended.set()


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
