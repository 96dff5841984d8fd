"""Where the tape and the server meet: what the evening is now, and commands on their way to it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from dndmood.events import AudioChunk, Balance, Command, Duck, Event, Heard, SpeechWindow
from dndmood.mood_places import Place
from dndmood.remote.links import Role
from dndmood.remote.message import message, titles
from dndmood.remote.state import Evening, fold
from dndmood.threads import Cell

_UNSEEN = (AudioChunk, SpeechWindow, Balance, Duck, Heard)
"""Facts that change nothing on a page, or only what its own clock knows."""
_ANSWER_S = 1.0
"""A command is met within milliseconds; a page that asks is not kept waiting for longer."""


class TooLate(Exception):  # noqa: N818 - it says what became of the command
    """The evening is over, and nobody meets a command any more."""


@dataclass(slots=True)
class Desk:
    """Everything but `shown` is called on the server's thread."""

    put: Callable[[Command], None]
    """Takes a command to the head of the tape and returns at once."""
    moods: tuple[Place, ...]
    """The moods that there are."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Titles of the places that there are, by name."""
    _cell: Cell[Evening] = field(default_factory=lambda: Cell(Evening()))
    _loop: asyncio.AbstractEventLoop | None = None
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)
    _switching: asyncio.Lock | None = None
    _version: int = 0
    _closing: bool = False
    _sent: dict[Role, tuple[int, bytes]] = field(default_factory=dict)

    def shown(self, event: Event) -> None:
        """A sink of the tape; returns at once."""
        self._cell.value = fold(self._cell.value, event)
        if not isinstance(event, _UNSEEN):
            self.wake()

    def wake(self) -> None:
        """Let who waits for something new look again; from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the server has ended
                self._loop.call_soon_threadsafe(self._woken)

    def begin(self) -> None:
        """The server's loop runs from now on, on this thread."""
        self._switching = asyncio.Lock()
        self._loop = asyncio.get_running_loop()

    def end(self) -> None:
        """Nothing more will happen: let every page say so; from any thread."""
        self._closing = True
        self.wake()

    @property
    def over(self) -> bool:
        """True once the evening has ended, or is about to."""
        return self._closing or self.evening.over

    @property
    def version(self) -> int:
        """Counts up when there is something new to show."""
        return self._version

    @property
    def evening(self) -> Evening:
        """The evening as it is now."""
        return self._cell.value

    def known_places(self) -> dict[str, str]:
        """Every place by name with its title, also those that the evening brought."""
        return titles(self.evening, self.places)

    def message(self, role: Role) -> bytes:
        """What pages are sent now, as JSON; made once for all of them."""
        before = self._sent.get(role)
        if before is None or before[0] != self._version:
            shown = message(self.evening, self.moods, self.places, guest=role == "guest")
            shown["over"] = self.over
            self._sent[role] = before = (
                self._version,
                json.dumps(shown, allow_nan=False).encode(),
            )
        return before[1]

    def forget_message(self) -> None:
        """Make the next message anew: whoever comes must not be told an old time."""
        self._sent.clear()

    async def changed(self, since: int, longest_s: float) -> None:
        """Wait for something newer than the version `since`, at most `longest_s`."""
        if self._version != since:
            return
        waits: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waits)
        with suppress(TimeoutError):
            try:
                await asyncio.wait_for(waits, longest_s)
            finally:
                self._waiting.discard(waits)

    async def ask(self, command: Command) -> None:
        """Send a command, and come back when the evening has met it.

        Raises `TooLate` when the evening ends before that.
        """
        met = self.evening.commands
        self._send(command)
        await self._until(lambda: self.evening.commands > met)

    async def switch(self, verb: Literal["pause", "silence"], *, on: bool) -> None:
        """Ask for a switch to be `on` or not; two that ask for the same do not undo each other.

        Raises `TooLate` as `ask` does.
        """
        if self._switching is None:
            return
        async with self._switching:
            if self._is_on(verb) != on:
                self._send(Command(verb))
                await self._until(lambda: self._is_on(verb) == on)

    def _send(self, command: Command) -> None:
        if self.over:
            raise TooLate
        self.put(command)

    def _is_on(self, verb: str) -> bool:
        return self.evening.paused if verb == "pause" else self.evening.silent

    async def _until(self, seen: Callable[[], bool]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S):
                while not seen():
                    if self.over:
                        raise TooLate
                    await self.changed(self._version, _ANSWER_S)

    def _woken(self) -> None:
        self._version += 1
        for waits in self._waiting:
            if not waits.done():
                waits.set_result(None)
