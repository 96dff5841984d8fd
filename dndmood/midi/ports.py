"""The devices: opened when they are there, told about when they are gone, and tried again."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event as Flag
from typing import Any

from dndmood.events import Problem
from dndmood.threads import running

ANY = "any"
"""Every device."""
_LOOK_S = 2.0
"""So often it is seen which devices are there."""
_LONGEST_LOOK_S = 60.0
"""Where the system has no MIDI it is asked ever less often: its driver complains each time."""
_LAST_S = 3.0
"""A driver that takes longer hangs."""
_OURS = ("RtMidiIn Client", "RtMidiOut Client", "Midi Through")
"""What the systems show beside the devices that people have."""

_MISSING = "MIDI"
_NUMBER = re.compile(r" \d+(:\d+)?$", re.ASCII)
"""As RtMidi adds it: 28:0 on Linux, 1 on Windows."""

_log = logging.getLogger(__name__)


def names() -> list[str]:
    """Every device that can be heard; raises `OSError` where the system has no MIDI."""
    import mido

    try:
        found = mido.get_input_names()
    except Exception as error:
        raise OSError(str(error).rstrip(".")) from error
    return [name for name in dict.fromkeys(found) if not name.startswith(_OURS)]


@contextmanager
def listening(
    wanted: str, hear: Callable[[str, Any], None], report: Callable[[Problem], None]
) -> Iterator[None]:
    """Give `hear` the device's name and each message of every device that `wanted` names.

    Both are called on other threads and must return at once. That a device is missing, gone or
    back is given to `report`, once each.
    """
    ports = _Ports(wanted, hear, report)
    with running(ports.work, name="midi", stop=ports.end, longest_s=_LAST_S):
        yield


class _Ports:
    def __init__(
        self,
        wanted: str,
        hear: Callable[[str, Any], None],
        report: Callable[[Problem], None],
    ) -> None:
        self._wanted = "" if wanted.casefold() == ANY else wanted.casefold()
        self._hear = hear
        self._report = report
        self._open: dict[str, Any] = {}
        self._known = False  # whether any device was there once
        self._gone: set[str] = set()  # devices that were said to be gone
        self._missing = ""  # what was said to be missing
        self._over = Flag()

    def work(self) -> None:
        """Look what is there, again and again."""
        wait_s = _LOOK_S
        while not self._over.is_set():
            wait_s = _LOOK_S if self._look() else min(wait_s * 2, _LONGEST_LOOK_S)
            self._over.wait(wait_s)
        for port in self._open.values():
            _close(port)

    def end(self) -> None:
        """Look no more."""
        self._over.set()

    def _look(self) -> bool:
        """Open and close what has come and gone; False where the system has no MIDI."""
        try:
            there = [name for name in names() if self._wanted in name.casefold()]
        except OSError as error:
            self._miss("This system has no MIDI that works: is its sound system whole?", error)
            return False
        before = Counter(map(_device, self._open))
        for name in [one for one in self._open if one not in there]:
            _close(self._open.pop(name))
        for name in there:
            if name not in self._open:
                self._take(name)
        for device in before - Counter(map(_device, self._open)):
            self._gone.add(device)
            self._report(
                Problem(
                    0.0,
                    f"The MIDI device {device} is gone: was it unplugged? Its pads work again as "
                    "soon as it is back.",
                    about=f"MIDI device {device}",
                )
            )
        if not there and not self._known:
            which = f" whose name has {self._wanted!r} in it" if self._wanted else ""
            self._miss(f"There is no MIDI device{which}: its pads work as soon as it is there.")
        return True

    def _take(self, name: str) -> None:
        import mido

        try:
            self._open[name] = mido.open_input(name, callback=lambda m: self._heard(name, m))
        except Exception as error:  # noqa: BLE001 - each backend has errors of its own
            self._miss(
                f"The MIDI device {name} cannot be opened: does another program have it?", error
            )
            return
        device = _device(name)
        if self._missing:
            text = f"The MIDI device {device} is there, and its pads work."
            self._report(Problem(0.0, text, solved=True, about=_MISSING))
        if device in self._gone:
            text = f"The MIDI device {device} is back, and its pads work."
            self._report(Problem(0.0, text, solved=True, about=f"MIDI device {device}"))
        self._gone.discard(device)
        self._known, self._missing = True, ""

    def _miss(self, text: str, reason: Exception | None = None) -> None:
        """Report once what is missing."""
        if text == self._missing:
            return
        self._missing = text
        if reason is not None:
            _log.warning("MIDI: %s", reason)
        self._report(Problem(0.0, text, about=_MISSING))

    def _heard(self, name: str, message: Any) -> None:
        try:
            self._hear(name, message)
        except Exception:  # noqa: BLE001 - the driver's thread must not die of it
            _log.exception("a MIDI message could not be understood")


def _device(name: str) -> str:
    """The device without its number: systems give it another one when something is plugged in."""
    return _NUMBER.sub("", name)


def _close(port: Any) -> None:
    with suppress(Exception):  # a device that is gone may say so in many ways
        port.close()
