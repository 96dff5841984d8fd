"""`dndmood devices`."""

from __future__ import annotations

from dndmood import console
from dndmood.printable import printable


def devices() -> None:
    """List microphones and speakers."""
    from dndmood.sound_devices import devices as every

    for device in every():
        kinds = f"{device.inputs} in, {device.outputs} out"
        marks = [
            "default microphone" if device.default_input else "",
            "default speaker" if device.default_output else "",
        ]
        note = ", ".join(filter(None, marks))
        name = printable(device.name)
        console.write(
            f"{device.index:>3}  {name:<44} {kinds:<16} {device.rate_hz:>6} Hz  {note}".rstrip()
        )
