"""Options that several commands share, and the settings that they choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from dndmood.settings import Settings

Device = Annotated[str | None, typer.Option(help="Microphone: number or part of its name.")]
AlsoHear = Annotated[
    list[str] | None,
    typer.Option(help="Hear this as well, as a call; repeatable."),
]
Ears = Annotated[str | None, typer.Option(help="Who counts more: mine, theirs (equal).")]
Input = Annotated[str | None, typer.Option(help="Sound file to hear instead of a microphone.")]
Player = Annotated[
    str | None, typer.Option(help="speaker[:NAME], pygame, silent, or wav:FILE.")
]
Tell = Annotated[
    list[str] | None,
    typer.Option(help="kenku, mpd, obs, foundry, hook:COMMAND, mpris."),
]
Music = Annotated[str | None, typer.Option(help="Your music: one subfolder per mood.")]
Playlists = Annotated[str | None, typer.Option(help="Folder with mood files of your own.")]
ModelFolder = Annotated[
    str | None, typer.Option("--model", help="Emotion model: its name, or its folder.")
]
Journal = Annotated[str | None, typer.Option(help="File for the evening's numbers.")]
Plain = Annotated[bool, typer.Option("--plain", help="One line per event, no dashboard.")]
Seconds = Annotated[float | None, typer.Option("--for", help="End after so many seconds.")]
Fade = Annotated[float | None, typer.Option("--fade", help="Crossfade in seconds (6).")]
Window = Annotated[
    float | None, typer.Option("--window", help="Longest window in seconds (3).")
]
Profile = Annotated[str | None, typer.Option(help="Which table it is (table).")]
Lively = Annotated[float | None, typer.Option(help="0 steady to 1 lively (0.5).")]
Hop = Annotated[float | None, typer.Option("--hop", help="Time between windows (1).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings(**chosen: Any) -> Settings:
    """The user's settings with what was `chosen`; raises `UserError` for a file that is no good."""
    from dndmood import paths
    from dndmood import settings as files

    return files.load(paths.settings_file(), **chosen)
