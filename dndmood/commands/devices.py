"""`dndmood devices`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from dndmood import console
from dndmood.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dndmood.sound_devices import Device

_VIRTUAL = (
    "blackhole",
    "loopback audio",
    "soundflower",
    "cable output",
    "stereo mix",
    "voicemeeter out",
)
"""Names of drivers that give what is played as an input, in small letters."""
_MAC = (
    "To hear what a Mac plays it needs a virtual device. Set one up with two lines, once:",
    "  brew install blackhole-2ch",
    "  open -a 'Audio MIDI Setup'",
    "There press +, Create Multi-Output Device, and tick your headphones and BlackHole 2ch; choose",
    "it in Discord as Output Device. Then: dndmood listen --also-hear BlackHole",
)
_LINUX = (
    "What the computer plays cannot be listed: it needs pactl and ALSA's way to the sound server",
    "  sudo apt install pulseaudio-utils libasound2-plugins",
)
_WINDOWS = (
    "To hear what Windows plays one more library is needed (not tried yet):",
    "  pip install 'dndmood[loopback]'",
)


def devices() -> None:
    """List microphones and speakers, and what the computer plays."""
    from dndmood.sound_devices import devices as every

    found = every()
    for device in found:
        console.write(_line(device))
    for line in how_to_hear_what_is_played(found, sys.platform):
        console.write(line)


def _line(device: Device) -> str:
    kinds = f"{device.inputs} in, {device.outputs} out"
    marks = [
        "default microphone" if device.default_input else "",
        "default speaker" if device.default_output else "",
        "loopback: hears what is played there" if is_loopback(device) else "",
    ]
    note = ", ".join(filter(None, marks))
    name = printable(device.name)
    line = f"{device.index:>3}  {name:<44} {kinds:<16} {device.rate_hz:>6} Hz  {note}"
    return line.rstrip()


def is_loopback(device: Device) -> bool:
    """Whether `device` hears what the computer plays, by the system's word or by its name."""
    virtual = any(name in device.name.casefold() for name in _VIRTUAL)
    return bool(device.inputs) and (device.loopback or virtual)


def how_to_hear_what_is_played(every: Sequence[Device], platform: str) -> tuple[str, ...]:
    """Lines that say how a call is heard: the option or, where there is no loopback, the set-up."""
    if names := [device.name for device in every if is_loopback(device)]:
        return (
            "",
            f"To hear a call as well: dndmood listen --also-hear '{printable(names[0])}'",
        )
    missing = {"darwin": _MAC, "linux": _LINUX, "win32": _WINDOWS}.get(platform, ())
    return ("", *missing) if missing else ()
