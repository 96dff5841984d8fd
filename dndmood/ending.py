"""Being asked to end: the first time ends the evening in order, and nothing interrupts that."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import Any

from dndmood.clock import Clock, SystemClock

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
_PATIENCE_S = 10.0
"""Closing takes a second or two; what takes longer than this may be interrupted after all."""
_CLOSING_EVENTS = (2, 5, 6)
"""CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT and CTRL_SHUTDOWN_EVENT,
learn.microsoft.com/windows/console/handlerroutine"""
_LEFT_S = 4.5
"""Windows ends a program 5 s after it has informed it that its window was closed."""


class Ending:
    """Knows whether the evening is being closed already."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closing_s: float | None = None

    def close(self) -> None:
        """From now on the evening is being closed: another request to end it is not heard."""
        if self._closing_s is None:
            self._closing_s = self._clock.now_s()

    def obey(self, number: int, _frame: FrameType | None = None) -> None:
        """A signal's handler: raises what ends the program, unless that is under way.

        Ctrl-C raises `KeyboardInterrupt`, every other signal `SystemExit` with 128 and its
        number, as shells report it.
        """
        if self._closing_s is not None and self._clock.now_s() - self._closing_s < _PATIENCE_S:
            return
        self.close()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)


@contextmanager
def signals_obeyed(clock: Clock | None = None) -> Iterator[Ending]:
    """Obey Ctrl-C and being asked to terminate, once, for as long as the block lasts.

    That is SIGTERM, SIGHUP (the terminal was closed) and SIGQUIT; on Windows Ctrl-Break, a closed
    window, a log-off and a shutdown, which are held up until the block is over. A signal that was
    ignored before, as `nohup` does, stays ignored. Does nothing away from the main thread.
    """
    ending = Ending(clock or SystemClock())
    if current_thread() is not main_thread():
        yield ending
        return
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {
        number: handler
        for number in numbers
        if (handler := signal.getsignal(number)) is not signal.SIG_IGN
    }
    for number in before:
        signal.signal(number, ending.obey)
    try:
        if os.name == "nt":
            with window_closing(_interrupt):
                yield ending
        else:
            yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def window_closing(ask: Callable[[], None], kernel32: Any = None) -> Iterator[None]:
    """Call `ask` when Windows closes the console, and keep it waiting until the block is over.

    Windows calls on a thread of its own and ends the program as soon as that call returns.
    """
    import ctypes

    kernel32 = kernel32 or ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    over = Event()

    def on_closing(kind: int) -> bool:
        if kind not in _CLOSING_EVENTS:
            return False
        ask()
        over.wait(_LEFT_S)
        return True

    prototype = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
    routine = prototype(ctypes.c_int, ctypes.c_uint32)(
        on_closing
    )  # kept here for as long as it may be called
    kernel32.SetConsoleCtrlHandler(routine, True)
    try:
        yield
    finally:
        over.set()
        kernel32.SetConsoleCtrlHandler(routine, False)


def _interrupt() -> None:
    from _thread import interrupt_main

    interrupt_main(signal.SIGTERM)
