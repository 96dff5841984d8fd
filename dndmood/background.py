"""Work that must not make a listener wait, as a disk does, on a thread of its own."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


@contextmanager
def in_background(
    work: Callable[[T], None], *, name: str, wait_s: float = 10.0
) -> Iterator[Callable[[T], None]]:
    """A function that leaves its argument for `work` and returns at once.

    On leaving, all that was left is done first; work that hangs, as on a drive that is gone, is
    waited for no longer than `wait_s`. What `work` raises is logged, and the next is done.
    """
    waiting: SimpleQueue[tuple[T] | None] = SimpleQueue()

    def run() -> None:
        while (one := waiting.get()) is not None:
            try:
                work(*one)
            except Exception:  # noqa: BLE001 - the next may be done
                _log.exception("%s failed", name)

    thread = Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield lambda one: waiting.put((one,))
    finally:
        waiting.put(None)
        thread.join(wait_s)
