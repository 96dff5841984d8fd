"""`dndmood rehearse`, and how its soundtrack is printed."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Annotated, Any

import typer

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import (
    Ambience,
    AsJson,
    Journal,
    Language,
    Lively,
    ModelFolder,
    Music,
    NoAmbience,
    Place,
    Player,
    Playlists,
    Profile,
    Recogniser,
    Tone,
    Words,
)
from dndmood.errors import UserError
from dndmood.printable import printable
from dndmood.times import minutes_seconds


def rehearse(  # noqa: PLR0913 - one parameter per option is typer's way
    # No Path: typer looks at those at once, and nobody can interrupt a drive that hangs.
    file: Annotated[
        str | None,
        typer.Argument(
            help="A recording of a session, or a folder or ZIP of tracks.", show_default=False
        ),
    ] = None,
    *,
    captions: Annotated[
        str | None,
        typer.Option(help="Captions instead: CSV of start_s, duration_s, text."),
    ] = None,
    tone: Tone = None,
    words: Words = None,
    recogniser: Recogniser = None,
    language: Language = None,
    place: Place = None,
    player: Player = None,
    music: Music = None,
    playlists: Playlists = None,
    ambience: Ambience = None,
    no_ambience: NoAmbience = False,
    model: ModelFolder = None,
    journal: Journal = None,
    profile: Profile = None,
    lively: Lively = None,
    as_json: AsJson = False,
) -> None:
    """Print the soundtrack a recording would have had."""
    from dndmood import rehearsal
    from dndmood.ending import signals_obeyed
    from dndmood.file_names import at_home

    settings = _options.settings(
        player=player,
        music=music,
        playlists=playlists,
        ambience=ambience,
        surround=False if no_ambience else None,
        model=model,
        profile=profile,
        lively=lively,
        tone=tone,
        words=words,
        recogniser=recogniser,
        language=language,
        place=place,
    )
    if captions is not None:
        if file is not None:
            raise UserError("Rehearse a recording or captions, not both at once.")
        _captions(settings, captions, as_json=as_json)
        return
    if file is None:
        raise UserError("Name a recording, or captions with --captions FILE.")
    write = at_home(journal) if journal else None
    tape = rehearsal.rehearse(settings, at_home(file), write=write, say=console.say)
    # However it ends, the voices of an unpacked ZIP are gone afterwards.
    with signals_obeyed(), closing(tape):
        rows = rehearsal.soundtrack(tape, say=console.say)
        if as_json:
            console.write(json.dumps(list(map(_row, rows)), indent=2))
            return
        for row in map(_row, rows):
            kind, what = (
                ("place", row["place"])
                if "place" in row
                else (row["mood"], row["track"] or "nothing")
            )
            console.write(
                f"{minutes_seconds(round(row['at_s']))}  {kind:<10}{printable(what):<32}  "
                f"{printable(row['why'])}"
            )


def _captions(settings: Any, name: str, *, as_json: bool) -> None:
    """What words bring, in the order of time."""
    from dndmood import caption_rehearsal
    from dndmood.file_names import at_home

    found = caption_rehearsal.read(settings, at_home(name), say=console.say)
    if as_json:
        console.write(json.dumps(caption_rehearsal.as_json(found), indent=2))
        return
    rows = [
        *((state.at_s, "place", state.why) for state in found.places),
        *((cue.at_s, "event", f"{cue.name}: heard “{cue.phrase}”") for cue in found.events),
        *((start_s, "fight", "begins") for start_s, _ in found.fights),
        *((end_s, "fight", "ends") for _, end_s in found.fights if end_s is not None),
        *((one.at_s, "mood", one.side) for one in found.tempers),
    ]
    for at_s, kind, text in sorted(rows, key=lambda row: row[0]):
        console.write(f"{minutes_seconds(round(at_s)):>6}  {kind:<6} {printable(text)}")


def _row(change: Any) -> dict[str, Any]:
    """A change of place, or of music with the decision that led to it, as JSON has it."""
    if not isinstance(change, tuple):
        return {"at_s": round(change.at_s, 2), "place": change.place, "why": change.why}
    state, cue = change
    return {
        "at_s": round(cue.at_s, 2),
        "mood": cue.mood,
        "why": state.why,
        "track": cue.tracks[0].title if cue.tracks else None,
    }
