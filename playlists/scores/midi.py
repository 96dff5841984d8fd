"""Writing a standard MIDI file by hand: one track, time in seconds turned into ticks."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_QUARTER = 960
_TICKS_PER_S = 2 * _TICKS_PER_QUARTER  # a MIDI file without a tempo plays at 120 BPM


@dataclass(frozen=True, slots=True)
class Event:
    """A channel message at a time."""

    at_s: float
    message: bytes
    order: int = 1
    """Among events of one tick: settings first (0), then note ends (1), then starts (2)."""


def program(channel: int, number: int) -> Event:
    """Choose the instrument, at time zero."""
    return Event(0.0, bytes((0xC0 | channel, number)), 0)


def control(at_s: float, channel: int, number: int, value: float) -> Event:
    """Set a controller, 0..127."""
    return Event(at_s, bytes((0xB0 | channel, number, _seven_bits(value))), 0)


def detune(channel: int, cents: float) -> Event:
    """Bend the whole channel, at time zero, within the default range of two semitones."""
    bend = max(0, min(16383, round(8192 + cents / 200 * 8192)))
    return Event(0.0, bytes((0xE0 | channel, bend & 0x7F, bend >> 7)), 0)


def note(
    at_s: float, length_s: float, channel: int, pitch: int, velocity: float
) -> list[Event]:
    """Start a note and end it."""
    loud = max(1, _seven_bits(velocity))
    return [
        Event(at_s, bytes((0x90 | channel, pitch, loud)), 2),
        Event(at_s + max(0.02, length_s), bytes((0x80 | channel, pitch, 0)), 1),
    ]


def write(path: Path, events: Iterable[Event]) -> None:
    """Write the events as a type 0 standard MIDI file."""
    track = bytearray()
    now = 0
    for tick, _, message in sorted(
        (round(e.at_s * _TICKS_PER_S), e.order, e.message) for e in events
    ):
        track += _variable_length(tick - now) + message
        now = tick
    track += b"\x00\xff\x2f\x00"
    header = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, _TICKS_PER_QUARTER)
    path.write_bytes(header + struct.pack(">4sI", b"MTrk", len(track)) + track)


def _seven_bits(value: float) -> int:
    return max(0, min(127, round(value)))


def _variable_length(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(0x80 | (value & 0x7F))
    return bytes(reversed(groups))
