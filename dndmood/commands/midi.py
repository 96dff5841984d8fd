"""`dndmood midi`: what keys, pads and knobs do."""

from __future__ import annotations

from typing import Annotated

import typer

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import Playlists

midi = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Steer with the pads of a MIDI device.",
)
Device = Annotated[str | None, typer.Argument(help="Part of a device's name; default: any.")]


@midi.command()
def learn(device: Device = None, *, playlists: Playlists = None) -> None:
    """Press a pad, then choose what it does."""
    from dndmood import controls

    settings = _options.settings(midi=device or None, playlists=playlists)
    controls.learn_pads(settings, say=console.say, ask=_asked)


@midi.command("list")
def list_() -> None:
    """Say which devices are there, and what their pads do."""
    from dndmood import controls

    for line in controls.known_pads():
        console.write(line)


def _asked(question: str) -> str:
    console.say(question.rstrip())  # what `input` prints goes where libraries print to
    return input()
