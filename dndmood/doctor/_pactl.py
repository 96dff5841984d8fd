"""What Linux's sound server says of its default microphone and speaker, which PortAudio cannot see.

PipeWire answers as PulseAudio does.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from dndmood.sound_devices import Device, Kind

_ANSWER_S = 3.0
_CALLED: dict[Kind, str] = {"input": "source", "output": "sink"}
_SERVERS = ("default", "pulse", "pipewire", "sysdefault")


@dataclass(frozen=True, slots=True)
class Behind:
    """The device that a sound server uses by default."""

    name: str
    """As the server calls it."""
    description: str
    """As people call it."""
    channels: int
    rate_hz: int
    muted: bool
    volume_percent: int

    @property
    def bluetooth(self) -> bool:
        """Whether it is a Bluetooth device."""
        return self.name.startswith("bluez")

    @property
    def monitor(self) -> bool:
        """Whether it is no microphone but hears what a speaker is given."""
        return self.name.endswith(".monitor")


def behind(device: Device, kind: Kind) -> Behind | None:
    """The device behind `device`, where that stands for a Linux sound server; else None."""
    if not sys.platform.startswith("linux") or not stands_for_server(device):
        return None
    return default(_asked("info"), _asked("list", f"{_CALLED[kind]}s"), kind)


def stands_for_server(device: Device) -> bool:
    """Whether `device` is ALSA's way to the sound server."""
    return device.name.partition(":")[0].strip().casefold() in _SERVERS


def default(info: str, listed: str, kind: Kind) -> Behind | None:
    """The default device in what `pactl info` and `pactl list sources` (or sinks) print."""
    name = _field(f"Default {_CALLED[kind].capitalize()}", info)
    for entry in re.split(r"^(?=(?:Source|Sink) #\d+)", listed, flags=re.MULTILINE):
        if name and _field("Name", entry) == name:
            form = re.search(r"(\d+)ch (\d+)Hz", _field("Sample Specification", entry))
            volume = re.search(r"(\d+)%", _field("Volume", entry))
            return Behind(
                name=name,
                description=_field("Description", entry) or name,
                channels=int(form[1]) if form else 2,
                rate_hz=int(form[2]) if form else 48_000,
                muted=_field("Mute", entry) == "yes",
                volume_percent=int(volume[1]) if volume else 100,
            )
    return None


def _field(name: str, text: str) -> str:
    found = re.search(rf"^\s*{name}: (.*)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def _asked(*arguments: str) -> str:
    """What `pactl` prints; empty where there is none or the server does not answer."""
    if not (program := shutil.which("pactl")):
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - found in the user's own path, without a shell
            [program, *arguments],
            env=os.environ | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ANSWER_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
