"""The one thread that talks to PortAudio: Windows binds its sound to a thread, and two would race."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from dndmood.clock import Clock, SystemClock
from dndmood.errors import UserError
from dndmood.sound_devices._default_sink import DefaultSink
from dndmood.sound_devices._device import Device, Kind
from dndmood.sound_devices._portaudio import PortAudio
from dndmood.sound_devices._probe import Probe
from dndmood.sound_devices._sound_server import SoundServer
from dndmood.sound_devices._streams import Streams, User

__all__ = ["Keeper", "User"]

_LOOK_S = 0.2
_OPENING_S, _CLOSING_S = 15.0, 3.0
T = TypeVar("T")

_log = logging.getLogger(__name__)


class Keeper:
    """Opens, watches and reopens streams on a thread of its own, for as long as the process lives."""

    def __init__(self, streams: Streams | None = None, clock: Clock | None = None) -> None:
        self._streams = streams or Streams(PortAudio(), Probe(), DefaultSink(), SoundServer())
        self._clock = clock or SystemClock()
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.hangs = False
        """Whether a device or its driver did not answer: then no orderly end can be waited for."""
        Thread(target=self._run, name="sound devices", daemon=True).start()

    def devices(self) -> tuple[Device, ...]:
        """Every sound device; raises `UserError` without PortAudio."""
        return self._in_time(self._streams.devices)

    @contextmanager
    def streaming(
        self, kind: Kind, wanted: str, user: User, *, wait: bool = False
    ) -> Iterator[Device | None]:
        """A stream for as long as the block lasts; see `open_stream` and `wait_for_stream`."""
        stream = self._in_time(
            lambda: self._streams.open(kind, wanted, user, self._clock.now_s(), wait=wait)
        )
        try:
            yield stream.device
        finally:
            # A device that hangs shall not keep the program from ending.
            with suppress(TimeoutError):
                self._done(lambda: self._streams.close(stream), longest_s=_CLOSING_S)

    def _in_time(self, job: Callable[[], T]) -> T:
        try:
            return self._done(job, longest_s=_OPENING_S)
        except TimeoutError:
            raise UserError(
                "The system's sound does not answer: start its sound server again, or the computer."
            ) from None

    def _done(self, job: Callable[[], T], longest_s: float | None = None) -> T:
        """What `job` gives, done on our thread; what it raises is raised here."""
        answer: Future[T] = Future()

        def work() -> None:
            try:
                answer.set_result(job())
            except BaseException as error:  # noqa: BLE001 - it is raised again for who asked
                answer.set_exception(error)

        self._jobs.put(work)
        try:
            return answer.result(longest_s)
        except TimeoutError:
            self.hangs = True
            raise

    def _run(self) -> None:
        while True:
            with suppress(Empty):
                self._jobs.get(timeout=_LOOK_S)()
            try:
                self._streams.look(self._clock.now_s())
            except Exception:  # noqa: BLE001 - who watches must not die of a surprise
                _log.exception("looking after the sound devices failed")
