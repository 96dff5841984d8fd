"""A sink that keeps what an evening teaches the table, and makes nobody wait for the disk."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dndmood import profiles
from dndmood.background import in_background
from dndmood.errors import UserError
from dndmood.events import AudioChunk, Correction, Event, Problem, TableScale
from dndmood.inbox import Inbox
from dndmood.mood import Lesson, Profile
from dndmood.mood.profile import Evening
from dndmood.mood.profile_text import log_line
from dndmood.pipeline import Sink

_AGAIN_S = 5.0


@contextmanager
def opened(
    known: Profile, table: Profile, *, inbox: Inbox, say: profiles.Say
) -> Iterator[Sink]:
    """A sink that writes corrections and the scale to the profile, on a thread of its own.

    `known` is the profile as it was loaded, `table` as the evening begins with it. While nothing
    can be written all is held and tried again every few seconds of audio time; a `Problem` in
    `inbox` reports when that begins and when it ends. On leaving, the rest is
    written, and `say` gets what is missing.
    """
    keeper = _Keeper(known, table, inbox.put)
    next_s = 0.0
    with in_background(keeper.take, name="profile") as leave:

        def sink(event: Event) -> None:
            nonlocal next_s
            if isinstance(event, Correction | TableScale):
                leave(event)
            elif keeper.trouble and isinstance(event, AudioChunk) and event.end_s >= next_s:
                next_s = event.end_s + _AGAIN_S
                leave(None)

        yield sink
    if sentence := keeper.left_behind(hangs=leave.hangs):
        say(sentence)


class _Keeper:
    """Runs on the background thread; what it shows to others are single values."""

    def __init__(
        self, known: Profile, table: Profile, report: Callable[[Problem], None]
    ) -> None:
        self.trouble = ""
        """Why nothing can be written; empty when there is nothing wrong."""
        self._table = table
        self._evening = Evening(seen=known, before=table)
        self._stands = False  # whether a calibration made meanwhile does
        self._lines: deque[str] = deque()
        self._kept = list(map(log_line, table.lessons))  # in case the folder goes away
        self._scale: TableScale | None = None
        self._report = report

    def take(self, fact: Correction | TableScale | None) -> None:
        """Keep `fact`, or try again what could not be kept."""
        if isinstance(fact, Correction):
            self._lines.append(log_line(Lesson(fact, self._table.evenings)))
        elif fact is not None:
            self._scale = fact
        try:
            self._keep()
        except (OSError, UserError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            if not self.trouble:
                self._tell(
                    f"cannot be written ({reason.rstrip('.')}): what it learns is held and "
                    "written as soon as it can be.",
                    solved=False,
                )
            self.trouble = reason.rstrip(".")
        else:
            if self.trouble:
                self._tell("is written again, and nothing is missing.", solved=True)
            self.trouble = ""

    def _tell(self, what: str, *, solved: bool) -> None:
        text = f"The profile of the table {self._table.name} {what}"
        self._report(Problem(0.0, text, solved=solved, about="the profile"))

    def left_behind(self, *, hangs: bool) -> str:
        """What people must know when the evening is over; empty when all is well."""
        name, reason = self._table.name, "the disk does not answer" if hangs else self.trouble
        if reason:
            return (
                f"What the evening taught the table {name!r} could not all be kept: {reason}."
            )
        if self._stands:
            return (
                f"The table {name!r} was calibrated while the evening ran: that stands, and the "
                "evening does not move it."
            )
        return ""

    def _keep(self) -> None:
        if self._kept and not profiles.place(self._table.name).exists():
            self._lines.extendleft(reversed(self._kept))
            self._kept = []
        while self._lines:
            profiles.append(self._table.name, self._lines[0])
            self._kept.append(self._lines.popleft())
        if self._scale is None:
            return
        grown = self._table.after(self._scale)
        if grown is not self._table:
            self._move(grown)
        self._scale = None

    def _move(self, grown: Profile) -> None:
        before, seen = self._evening, self._evening.seen.model
        kept = profiles.update(
            grown.name,
            lambda now: before.merged(now, grown),
            keep_old=seen not in ("", grown.model),
        )
        self._stands = kept is None
        if kept is not None:
            self._evening = Evening(seen=kept, before=grown)
