"""`dndmood rehearse`, and how its soundtrack is printed."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import (
    AsJson,
    Journal,
    Lively,
    ModelFolder,
    Music,
    Player,
    Playlists,
    Profile,
)
from dndmood.printable import printable
from dndmood.times import minutes_seconds


def rehearse(  # noqa: PLR0913 - one parameter per option is typer's way
    # No Path: typer looks at those at once, and nobody can interrupt a drive that hangs.
    file: Annotated[
        str, typer.Argument(help="A recording of a session, or a folder or ZIP of tracks.")
    ],
    *,
    player: Player = None,
    music: Music = None,
    playlists: Playlists = None,
    model: ModelFolder = None,
    journal: Journal = None,
    profile: Profile = None,
    lively: Lively = None,
    as_json: AsJson = False,
) -> None:
    """Print the soundtrack a recording would have had."""
    from dndmood import rehearsal
    from dndmood.file_names import at_home

    settings = _options.settings(
        player=player,
        music=music,
        playlists=playlists,
        model=model,
        profile=profile,
        lively=lively,
    )
    write = at_home(journal) if journal else None
    tape = rehearsal.rehearse(settings, at_home(file), write=write, say=console.say)
    rows = rehearsal.soundtrack(tape, say=console.say)
    if as_json:
        console.write(json.dumps([_row(state, cue) for state, cue in rows], indent=2))
        return
    for state, cue in rows:
        track = printable(cue.tracks[0].title) if cue.tracks else "nothing"
        console.write(
            f"{minutes_seconds(round(cue.at_s))}  {cue.mood:<10}{track:<32}  {printable(state.why)}"
        )


def _row(state: Any, cue: Any) -> dict[str, Any]:
    return {
        "at_s": round(cue.at_s, 2),
        "mood": cue.mood,
        "why": state.why,
        "track": cue.tracks[0].title if cue.tracks else None,
    }
