"""One follower on its thread: the newest moment wins, and who is away is tried again."""

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Condition
from typing import Protocol

from dndmood.events import Event, Problem
from dndmood.followers._now import Now, fold

_LOOK_S = 10.0
"""So often somebody looks whether it is still there."""
_WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""From one try to the next; the last goes on."""

_log = logging.getLogger(__name__)


class RefusedError(Exception):
    """The other program is there and cannot do it; the text is a sentence for a person.

    It is told once, and tried again only with the next change.
    """


class Told(Protocol):
    """What is needed of a follower; see `dndmood.followers.Follower`."""

    called: str
    remedy: str

    def follow(self, now: Now, *, afresh: bool) -> None: ...
    def look(self) -> None: ...
    def hurry(self) -> None: ...
    def end(self) -> None: ...


class Following:
    """A sink that keeps the newest moment, and a thread's work that tells it."""

    def __init__(
        self,
        follower: Told,
        report: Callable[[Problem], None],
        titles: Mapping[str, str],
        locations: Mapping[str, str],
        *,
        waits_s: Sequence[float] = _WAITS_S,
        look_s: float = _LOOK_S,
    ) -> None:
        self._follower, self._report = follower, report
        self._titles, self._locations = titles, locations
        self._waits_s, self._look_s = waits_s, look_s
        self._now = Now()
        self._newest: Now | None = None
        self._fresh = self._left = False
        self._changed = Condition()
        self._tries = 0  # in vain, one after the other
        self._afresh = True
        self._refused: set[str] = set()

    def __call__(self, event: Event) -> None:
        """Take in one fact; never waits for the other program."""
        now = fold(self._now, event, self._titles, self._locations)
        if now is self._now or now == self._now:
            return
        self._now = now
        if not now.mood:
            return
        with self._changed:
            self._newest, self._fresh = now, True
            self._changed.notify()

    def stop(self) -> None:
        """Let `run` come to its end."""
        with self._changed:
            self._left = True
            self._changed.notify()
        with suppress(Exception):  # a follower that cannot hurry is left behind
            self._follower.hurry()

    def run(self) -> None:
        """Tell the newest moment until `stop`; to be run on a thread."""
        while self._wait():
            now, fresh = self._taken()
            if now is None:
                continue
            try:
                if fresh or self._tries:
                    self._follower.follow(now, afresh=self._afresh or self._tries > 0)
                else:
                    self._follower.look()
            except RefusedError as error:
                self._reached()
                self._refuse(str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the evening goes on
                self._missed(error)
            else:
                self._reached()
        with suppress(Exception):  # it may be away
            self._follower.end()

    def _wait(self) -> bool:
        """Wait for something to do; False when the evening is over."""
        with self._changed:
            if self._tries:
                wait_s = self._waits_s[min(self._tries, len(self._waits_s)) - 1]
                self._changed.wait_for(lambda: self._left, wait_s)
            else:
                self._changed.wait_for(lambda: self._left or self._fresh, self._look_s)
            return not self._left

    def _taken(self) -> tuple[Now | None, bool]:
        with self._changed:
            fresh, self._fresh = self._fresh, False
            return self._newest, fresh

    def _reached(self) -> None:
        if self._tries:
            called = self._follower.called
            text = f"{called} is back and follows."
            self._report(Problem(0.0, text, solved=True, about=called))
        self._tries, self._afresh = 0, False

    def _missed(self, error: Exception) -> None:
        if not self._tries and not self._left:
            # As text: what the log keeps must hold no socket open.
            said = "".join(traceback.format_exception(error))
            _log.warning("%s cannot be reached\n%s", self._follower.called, said)
            self._report(
                Problem(
                    0.0,
                    f"{self._follower.called} cannot be reached ({reason(error)}): "
                    f"{self._follower.remedy}. It is tried again by itself, and the evening "
                    "goes on.",
                    about=self._follower.called,
                )
            )
        self._tries += 1

    def _refuse(self, text: str) -> None:
        if text not in self._refused:
            self._refused.add(text)
            self._report(Problem(0.0, text))


def reason(error: Exception) -> str:
    """Why something could not be reached, in a few words."""
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, ValueError | KeyError | TypeError | AttributeError | LookupError):
        return "its answers make no sense"
    said = (isinstance(error, OSError) and error.strerror) or str(error) or repr(error)
    said = said.partition(" -+-+- ")[0]  # behind which a library puts whole headers
    return " ".join(said.split()).rstrip(".")[:120]
