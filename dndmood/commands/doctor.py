"""`dndmood doctor`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dndmood import console
from dndmood.commands._options import AsJson, Device, ModelFolder, Music, Player, Profile


def doctor(
    *,
    device: Device = None,
    player: Player = None,
    music: Music = None,
    model: ModelFolder = None,
    profile: Profile = None,
    quick: Annotated[bool, typer.Option("--quick", help="Make no sound.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check everything, and say how to mend what is amiss."""
    from dndmood.doctor import print_page

    chosen = {
        "device": device,
        "player": player,
        "music": music,
        "model": model,
        "profile": profile,
    }
    sys.exit(print_page(chosen, quick=quick, as_json=as_json, write=console.write))
