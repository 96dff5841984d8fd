"""`dndmood calibrate`."""

from __future__ import annotations

import sys

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import Device, Input, ModelFolder, Profile


def calibrate(
    *,
    device: Device = None,
    input: Input = None,  # noqa: A002 - the option's name
    model: ModelFolder = None,
    profile: Profile = None,
) -> None:
    """Learn the room and the voices of your table, in a minute."""
    from dndmood import table

    settings = _options.settings(device=device, input=input, model=model, profile=profile)
    where = table.calibrate(
        settings, say=console.say, meter=console.meter, once_more=_once_more
    )
    console.say(f"Kept in {where}.")


def _once_more(why: str) -> bool:
    """Whether somebody at the terminal has mended it."""
    if not console.is_terminal(sys.stdin):
        return False
    console.say(f"{why} Press Enter when that is done: what was heard is then kept.")
    try:
        input()
    except EOFError:
        return False
    return True
