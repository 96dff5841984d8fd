"""Media keys and desktop widgets see dndmood as a player and steer it (MPRIS 2, on D-Bus; Linux).

Asked for as `--tell mpris`. The title is what plays, the artist the mood, the album the place, and
each mood a playlist that can be activated. Play and pause silence the music, next is the next
track, previous takes the last change back.
"""

import asyncio
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as NotDoneError
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from dndmood.errors import UserError
from dndmood.followers import Follower, Report
from dndmood.followers._now import Now
from dndmood.mood_places import Place

MISSING = "For media keys, one more library is needed: pip install 'dndmood[followers]'."
_ANSWER_S = 3.0


@contextmanager
def opened(argument: str, places: Sequence[Place], report: Report) -> Iterator[Follower]:
    """A player on the session's D-Bus, or on the bus at the address `argument`.

    Raises `UserError` without the library.
    """
    try:
        import dbus_fast  # noqa: F401
    except ImportError as error:
        raise UserError(MISSING) from error
    yield Mpris(argument, places, report)


class Mpris:
    """Keeps a player on the bus; its loop runs on a thread of its own while it is connected."""

    called = "The desktop's D-Bus"
    remedy = "media keys need a desktop session with D-Bus"

    def __init__(self, address: str, places: Sequence[Place], report: Report) -> None:
        self._address, self._places, self._report = address, places, report
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._bus: Any = None
        self._interfaces: Any = None

    def follow(self, now: Now, *, afresh: bool) -> None:
        """Show what `now` says."""
        if afresh or self._bus is None:
            self._forget()
            self._connect()
        interfaces = self._interfaces
        self._done(_shown(interfaces, now))

    def look(self) -> None:
        """See whether the bus is still there."""
        if self._bus is None or not self._bus.connected:
            raise ConnectionError("the bus is gone")

    def hurry(self) -> None:
        """Nothing here waits for longer than an answer takes."""

    def end(self) -> None:
        """Take the player off the bus."""
        self._forget()

    def _connect(self) -> None:
        loop = self._loop = asyncio.new_event_loop()

        def run() -> None:
            try:
                loop.run_forever()
            finally:
                loop.close()

        self._thread = Thread(target=run, name="d-bus", daemon=True)
        self._thread.start()
        self._done(self._join())

    async def _join(self) -> None:
        from dbus_fast.aio import MessageBus

        from dndmood.followers import _mpris_interfaces as interfaces

        self._interfaces = interfaces.all_of(self._places, self._report)
        self._bus = await MessageBus(bus_address=self._address or None).connect()
        for one in self._interfaces:
            self._bus.export("/org/mpris/MediaPlayer2", one)
        await interfaces.named(self._bus)

    def _done(self, work: Any) -> None:
        assert self._loop is not None  # noqa: S101 - `_connect` comes before
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            future.result(_ANSWER_S)
        except NotDoneError:
            future.cancel()
            raise

    def _forget(self) -> None:
        loop, bus, self._loop, self._bus = self._loop, self._bus, None, None
        if loop is None:
            return

        async def leave() -> None:
            with suppress(Exception):  # whatever a bus that is gone still complains about
                if bus is not None:
                    bus.disconnect()
                    await asyncio.wait_for(bus.wait_for_disconnect(), 1.0)
            loop.stop()

        asyncio.run_coroutine_threadsafe(leave(), loop)
        if self._thread is not None:
            self._thread.join(_ANSWER_S)


async def _shown(interfaces: Sequence[Any], now: Now) -> None:
    """On the loop's thread, as signals must be."""
    for one in interfaces:
        one.show(now)


def decibels(volume: float) -> float:
    """MPRIS' volume, 0 to 1 and more, in dB; our least for one that is 0 or no number."""
    return 20.0 * math.log10(volume) if math.isfinite(volume) and volume > 0.0 else -math.inf
