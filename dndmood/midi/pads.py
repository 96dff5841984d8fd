"""What a MIDI message says was pressed or turned, by the names that the file of pads has."""

import re
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"(note|control|program) (\d{1,3}) channel (\d{1,2})", re.ASCII)
_MOST, _CHANNELS = 127, 16
_PRESSED = 64
"""Buttons that send controls send 127 when pressed and 0 when let go (MIDI 1.0, switches)."""


@dataclass(frozen=True, slots=True)
class Pad:
    """One key, pad, button or knob."""

    kind: str
    """note, control or program."""
    number: int
    """0 to 127: the note, controller or programme."""
    channel: int
    """1 to 16, as devices show it."""

    def __str__(self) -> str:
        return f"{self.kind} {self.number} channel {self.channel}"


@dataclass(frozen=True, slots=True)
class Moved:
    """A pad that was pressed, or a knob that was turned."""

    pad: Pad
    value: int
    """0 to 127: how hard, or how far."""


def named(text: str) -> Pad | None:
    """The pad called `text`, as in "note 36 channel 10"; None when that is none.

    >>> str(named("note 36 channel 10")), named("note 36")
    ('note 36 channel 10', None)
    """
    found = _NAME.fullmatch(text.strip().lower())
    number, channel = (int(found.group(2)), int(found.group(3))) if found else (0, 0)
    if found is None or number > _MOST or not 1 <= channel <= _CHANNELS:
        return None
    return Pad(found.group(1), number, channel)


def moved(message: Any) -> Moved | None:
    """What the mido `message` says; None for what nobody pressed: let go, clocks, pressure."""
    channel = getattr(message, "channel", 0) + 1
    match message.type:
        case "note_on" if message.velocity > 0:
            return Moved(Pad("note", message.note, channel), message.velocity)
        case "control_change":
            return Moved(Pad("control", message.control, channel), message.value)
        case "program_change":
            return Moved(Pad("program", message.program, channel), _MOST)
    return None


class Presses:
    """Tells a press from a knob that is turned, and how far one was turned."""

    def __init__(self) -> None:
        self._values: dict[Pad, int] = {}

    def turned(self, movement: Moved) -> int:
        """By how much a knob was turned since it was last heard of; 0 at the first time."""
        before = self._values.get(movement.pad, movement.value)
        self._values[movement.pad] = movement.value
        return movement.value - before

    def pressed(self, movement: Moved) -> bool:
        """Whether it was pressed just now: a control counts when it rises over its middle."""
        if movement.pad.kind != "control":
            return True
        before = self._values.get(movement.pad, 0)
        self._values[movement.pad] = movement.value
        return before < _PRESSED <= movement.value
