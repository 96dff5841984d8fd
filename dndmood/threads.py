"""Small things for threads: a cell for the latest value, a value made once, a thread that reports."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)
_left_behind: "list[Worker]" = []


class Cell(Generic[T]):
    """Holds one value; the latest wins. Setting and reading one reference needs no lock."""

    def __init__(self, value: T) -> None:
        self.value = value


class Lazy(Generic[T]):
    """Holds a value that is made when it is first asked for, once, whoever asks."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = Lock()
        self._made: list[T] = []

    @property
    def made(self) -> bool:
        """Whether anybody has asked for it."""
        return bool(self._made)

    @property
    def value(self) -> T:
        """The value."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


class Worker(Thread):
    """A thread that keeps its error for whoever started it."""

    def __init__(self, work: Callable[[], None], name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.error: BaseException | None = None
        self._work = work

    def run(self) -> None:
        """Do the work; an exception ends the thread and is kept in `error`."""
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the context is left
            self.error = error


def ended(worker: Worker, longest_s: float | None = None) -> bool:
    """Wait for `worker`, at most `longest_s`; False when it is left behind, see `hanging`."""
    worker.join(longest_s)
    if not worker.is_alive():
        return True
    _log.warning("the thread %s hangs and is left behind", worker.name)
    _left_behind.append(worker)
    return False


def hanging() -> bool:
    """Whether a worker that was left behind still hangs: the interpreter's end may hang on it."""
    return any(worker.is_alive() for worker in _left_behind)


@contextmanager
def running(
    work: Callable[[], None],
    *,
    name: str,
    stop: Callable[[], None],
    longest_s: float | None = None,
) -> Iterator[Worker]:
    """Run `work` on a thread for as long as the block lasts.

    On leaving, `stop` is called, the thread is waited for, at most `longest_s`, and what failed
    on it is raised here with its own traceback. A thread that does not end is left behind.
    """
    worker = Worker(work, name)
    worker.start()
    try:
        yield worker
    finally:
        stop()
        ended(worker, longest_s)
    if worker.error is not None:
        raise worker.error
