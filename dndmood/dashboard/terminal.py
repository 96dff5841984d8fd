"""The terminal as the dashboard needs it: keys at once, no echo, and always given back."""

import codecs
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from threading import current_thread, main_thread
from types import FrameType
from typing import Protocol, TextIO, TypeAlias

from dndmood import console
from dndmood.clock import Clock
from dndmood.dashboard.paint import Painter, gone

Handler: TypeAlias = Callable[[int, FrameType | None], None] | signal.Handlers

_POLL_S = 0.02
_AT_ONCE = 1024  # letters in one read


class Keyboard(Protocol):
    """Gives what was typed, letter by letter, without showing it."""

    def open(self) -> None:
        """Take the keyboard; may be called again after `close`."""
        ...

    def close(self) -> None:
        """Give it back as it was."""
        ...

    def read(self, timeout_s: float) -> str:
        """What was typed; empty after `timeout_s` without any key.

        Raises `EOFError` when the terminal is gone.
        """
        ...


class PosixKeyboard:
    """Keys through termios."""

    def __init__(self, descriptor: int) -> None:
        import termios

        self._descriptor = descriptor
        self._before = termios.tcgetattr(descriptor)
        self._decoded = codecs.getincrementaldecoder("utf-8")("replace").decode

    def open(self) -> None:
        """Deliver each key at once and do not show it; Ctrl-C and Ctrl-Z stay signals.

        Ctrl-S becomes a key like any other: it would stop the screen without a word.
        """
        import termios
        import tty

        try:
            tty.setcbreak(self._descriptor)
            modes = termios.tcgetattr(self._descriptor)
            modes[0] &= ~termios.IXON
            termios.tcsetattr(self._descriptor, termios.TCSANOW, modes)
        except termios.error as error:
            raise EOFError("The terminal was closed.") from error

    def close(self) -> None:
        """Set everything as it was; keys that nobody has read are dropped."""
        import termios

        termios.tcflush(self._descriptor, termios.TCIFLUSH)
        # Not after what is still to be shown: a terminal that was stopped would never come to it.
        termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)

    def read(self, timeout_s: float) -> str:
        """What was typed; empty after `timeout_s` without any key."""
        import select

        if not select.select([self._descriptor], [], [], timeout_s)[0]:
            return ""
        with gone():
            typed = os.read(self._descriptor, 1024)
        if not typed:
            raise EOFError("The terminal was closed.")
        return self._decoded(typed)


class WindowsKeyboard:
    """Keys through msvcrt, which knows no waiting with an end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def open(self) -> None:
        """Nothing to be done."""

    def close(self) -> None:
        """Nothing to be done."""

    def read(self, timeout_s: float) -> str:
        """What was typed; empty after `timeout_s` without any key."""
        import msvcrt

        until_s = self._clock.now_s() + timeout_s
        while not msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            if self._clock.now_s() >= until_s:
                return ""
            self._clock.sleep(_POLL_S)
        typed = ""
        while msvcrt.kbhit() and len(typed) < _AT_ONCE:  # type: ignore[attr-defined,unused-ignore]
            key = str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
            # The first half of an arrow or function key; on its own, the second one is a letter.
            if key in "\x00\xe0" and msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
                msvcrt.getwch()  # type: ignore[attr-defined,unused-ignore]
            else:
                typed += key
        return typed


class Terminal:
    """Keyboard and painter, taken and given back together."""

    def __init__(self, stream: TextIO, keyboard: Keyboard) -> None:
        self._stream = stream
        self._keyboard = keyboard
        self.painter = Painter(stream)
        self.asked: set[int] = set()
        """Signals that have come and are obeyed at the next `read`: a signal may come in the
        middle of writing, where nothing else may be written."""

    def size(self) -> tuple[int, int]:
        """Columns and lines now; raises `EOFError` when the terminal is gone."""
        with gone():
            return size(self._stream)

    def read(self, timeout_s: float) -> str:
        """What was typed; empty after `timeout_s` without any key."""
        while self.asked:
            self._obey(self.asked.pop())
        return self._keyboard.read(timeout_s)

    def take(self) -> None:
        """Switch to the second screen and take the keys."""
        self._keyboard.open()
        self.painter.enter()

    def give_back(self) -> None:
        """Leave the terminal as it was found; a terminal that is gone is no error."""
        with _unhurried():
            if console.takes_more(self._stream):
                with suppress(OSError, ValueError, EOFError):
                    self.painter.leave()
            with suppress(OSError, ValueError, *_termios_error()):
                self._keyboard.close()

    def _obey(self, number: int) -> None:
        if number == signal.SIGWINCH:
            self.painter.forget()
            return
        if number == signal.SIGTSTP:
            self.give_back()
            with _handled({signal.SIGTSTP: signal.SIG_DFL}):
                signal.raise_signal(signal.SIGTSTP)  # returns when the program goes on
            self.asked.discard(signal.SIGCONT)
        self.take()


def size(stream: TextIO) -> tuple[int, int]:
    """Columns and lines of the terminal behind `stream`; 80 by 24 when it does not know."""
    columns, lines = os.get_terminal_size(stream.fileno())
    return columns or 80, lines or 24


@contextmanager
def opened(stream: TextIO, clock: Clock) -> Iterator[Terminal]:
    """The terminal, taken for as long as the block lasts, however the block ends.

    Ctrl-Z gives it back until the program is continued.
    """
    keyboard: Keyboard
    keyboard = WindowsKeyboard(clock) if os.name == "nt" else PosixKeyboard(sys.stdin.fileno())
    terminal = Terminal(stream, keyboard)
    with ExitStack() as stack:
        stack.callback(terminal.give_back)
        if current_thread() is main_thread():
            stack.enter_context(_signals(terminal))
        terminal.take()
        yield terminal


@contextmanager
def _signals(terminal: Terminal) -> Iterator[None]:
    def note(number: int, _frame: FrameType | None) -> None:
        terminal.asked.add(number)

    noted = list[signal.Signals]()
    if os.name != "nt":
        noted += [signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH]
    with _handled(dict.fromkeys(noted, note)):
        yield


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Handler]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _unhurried() -> Iterator[None]:
    """A second Ctrl-C must not interrupt tidying up."""
    if current_thread() is not main_thread():
        yield
        return
    with _handled({signal.SIGINT: signal.SIG_IGN}):
        yield


def _termios_error() -> tuple[type[Exception], ...]:
    if os.name == "nt":
        return ()
    import termios

    return (termios.error,)
