"""Work that must not make a listener wait, as a disk does, on a thread of its own."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Background(Generic[T]):
    """A thread that does `work` for everything it is given, in order."""

    def __init__(self, work: Callable[[T], None], name: str) -> None:
        """What `work` raises is logged, and the next is done."""
        self._work = work
        self._waiting: SimpleQueue[tuple[T] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def __call__(self, one: T) -> None:
        """Leave `one` to be worked on, and return at once."""
        self._waiting.put((one,))

    @property
    def hangs(self) -> bool:
        """After the end: whether the work was not done in time, as on a drive that is gone."""
        return self._thread.is_alive()

    def end(self, wait_s: float) -> None:
        """Wait until all is done, but no longer than `wait_s`."""
        self._waiting.put(None)
        self._thread.join(wait_s)

    def _run(self) -> None:
        while (one := self._waiting.get()) is not None:
            try:
                self._work(*one)
            except Exception:  # noqa: BLE001 - the next may be done
                _log.exception("%s failed", self._thread.name)


@contextmanager
def in_background(
    work: Callable[[T], None], *, name: str, wait_s: float = 10.0
) -> Iterator[Background[T]]:
    """A thread for `work` for as long as the block lasts; on leaving, what was left is done."""
    background = Background(work, name)
    try:
        yield background
    finally:
        background.end(wait_s)
