"""The devices of Linux's sound server by their own names, which ALSA and so PortAudio hide.

PortAudio sees one way to the server, called "pulse". Which source or sink a stream gets there is
asked for in the environment (`PULSE_SOURCE` and `PULSE_SINK`, see libpulse's `pulse-client.conf(5)`;
`PIPEWIRE_NODE` and `PIPEWIRE_ALSA` where ALSA's way is PipeWire's own). Every sink has a source
called its monitor, which gives what is played there: a call in Discord, for example.
Tried with PulseAudio 16, and with PipeWire 0.3.65 behind `pipewire-pulse`, which "pulse" then meets;
not with ALSA's own way to PipeWire.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from dndmood.sound_devices._default_sink import SERVERS
from dndmood.sound_devices._device import Device, Kind
from dndmood.sound_devices._pactl import Asked, said

_CALLED: dict[Kind, str] = {"input": "source", "output": "sink"}
_MONITOR = ".monitor"
_WAYS = ("pulse", "default", "pipewire")
"""ALSA's ways to the server, the surest first."""


class SoundServer:
    """What the server has, and whether something that we use is still there."""

    def __init__(self) -> None:
        self._asked: dict[Kind, Asked] = {
            kind: Asked("list", "short", f"{called}s") for kind, called in _CALLED.items()
        }

    def devices(self, every: Sequence[Device]) -> tuple[Device, ...]:
        """Its sources and sinks, numbered after `every`, PortAudio's own list.

        Empty where there is no way to the server, or `pactl` is missing.
        """
        if (way := _way(every)) is None:
            return ()
        found = [
            device
            for kind, called in _CALLED.items()
            for device in parsed(said("list", f"{called}s"), kind)
        ]
        first = max(device.index for device in every) + 1
        return tuple(_numbered(device, index, way) for index, device in enumerate(found, first))

    def vanished(self, device: Device, kind: Kind, opened_s: float, now_s: float) -> bool:
        """Whether `device`, opened at `opened_s`, is gone: its stream then has another one.

        Without a word to anybody the server moves it, a call's to the microphone.
        """
        asked = self._asked[kind]
        answer = asked.answer(now_s)
        if answer is None or asked.answered_s <= opened_s:
            return False
        names = [line.split(b"\t")[1:2] for line in answer.splitlines()]
        return [device.server_name.encode()] not in names


def parsed(listed: str, kind: Kind) -> Iterator[Device]:
    """The devices in what `pactl list sources` (or sinks) prints; their numbers are all 0."""
    for entry in re.split(r"^(?=(?:Source|Sink) #\d+)", listed, flags=re.MULTILINE):
        if not (name := _field("Name", entry)):
            continue
        form = re.search(r"(\d+)ch (\d+)Hz", _field("Sample Specification", entry))
        channels, rate_hz = (int(form[1]), int(form[2])) if form else (2, 48_000)
        monitor = kind == "input" and (
            name.endswith(_MONITOR) or _field("Monitor of Sink", entry) not in ("", "n/a")
        )
        yield Device(
            index=0,
            name=_field("Description", entry) or name,
            inputs=channels if kind == "input" else 0,
            outputs=channels if kind == "output" else 0,
            rate_hz=rate_hz,
            loopback=monitor,
            server_name=name,
        )


@contextmanager
def aimed_at(device: Device, kind: Kind) -> Iterator[None]:
    """While the block lasts, a stream opened at the sound server goes to `device`."""
    asked = _asked_for(device, kind) if device.server_name else {}
    before = {name: os.environ.get(name) for name in asked}
    os.environ.update(asked)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _asked_for(device: Device, kind: Kind) -> Mapping[str, str]:
    name = device.server_name
    if kind == "output":
        return {"PULSE_SINK": name, "PIPEWIRE_NODE": name}
    node = {"PULSE_SOURCE": name, "PIPEWIRE_NODE": name.removesuffix(_MONITOR)}
    monitor = {"PIPEWIRE_ALSA": "{ stream.capture.sink = true }"} if device.loopback else {}
    return node | monitor


def _way(every: Sequence[Device]) -> int | None:
    """PortAudio's number of the way to the sound server."""
    ways = {device.name.partition(":")[0]: device.index for device in reversed(every)}
    return next((ways[name] for name in (*_WAYS, *SERVERS) if name in ways), None)


def _numbered(device: Device, index: int, way: int) -> Device:
    return replace(device, index=index, through=way)


def _field(name: str, text: str) -> str:
    found = re.search(rf"^\s*{name}: (.*)$", text, re.MULTILINE)
    return found[1].strip() if found else ""
