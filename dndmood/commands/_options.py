"""Options that several commands share, and the settings that they choose."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

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
Ambience = Annotated[str | None, typer.Option(help="Your ambience: one subfolder per place.")]
NoAmbience = Annotated[
    bool, typer.Option("--no-ambience", help="Only music, wherever the party is.")
]
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
Tone = Annotated[
    bool | None, typer.Option("--tone/--no-tone", help="Let the tone of voice tell the mood.")
]
Words = Annotated[
    bool | None,
    typer.Option("--words/--no-words", help="Let words tell place and mood, too."),
]
Recogniser = Annotated[str | None, typer.Option(help="Folder with the recogniser of words.")]
Language = Annotated[str | None, typer.Option(help="Language that is spoken, as en or de.")]
Place = Annotated[str | None, typer.Option(help="Where the party is at first, as tavern.")]
Remote = Annotated[
    str | None, typer.Option(help="Page for phones; also network, PORT, HOST:PORT.")
]
Guests = Annotated[bool, typer.Option("--guests", help="A second link: players look on.")]
Kenku = Annotated[str | None, typer.Option(help="Obey what steers Kenku FM; as --remote.")]
Midi = Annotated[str | None, typer.Option(help="Obey MIDI pads; also part of a name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


ALONE = {"--remote": "here", "--kenku": "here", "--midi": "any"}
"""Options that may stand without a value, and what they mean then."""


_ROOM = 16
"""So many options a help page of 24 lines has room for."""
_RARE = frozenset(
    {
        "--ears",
        "--fade",
        "--guests",
        "--hop",
        "--journal",
        "--kenku",
        "--language",
        "--midi",
        "--no-ambience",
        "--playlists",
        "--recogniser",
        "--tone",
        "--window",
    }
)
"""Options that are only named where there is no room for all."""


class Group(TyperGroup):
    """All commands; what sets up a shell's completion is not in the way of whoever asks for help."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, then the commands."""
        with _hidden([one for one in self.params if "completion" in (one.name or "")]):
            super().format_options(ctx, formatter)


class Command(TyperCommand):
    """A command whose options may stand alone, as in `--remote --plain`, and whose help is short."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write as many options as there is room for, and only the names of the others."""
        rare = [one for one in self.params if _RARE & set(one.opts)]
        if len(self.params) <= _ROOM:
            rare = []
        with _hidden(rare):
            super().format_options(ctx, formatter)
        if rare:
            names = sorted(name for one in rare for name in one.opts if name in _RARE)
            formatter.write_paragraph()
            formatter.write_text(f"Also {', '.join(names)}: see README.md.")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give every option that stands alone its value."""
        known = {name for one in self.params for name in one.opts}
        after = [*args[1:], "--"]
        whole = [
            f"{word}={ALONE[word]}"
            if word in ALONE and word in known and (follows.startswith("-") or not follows)
            else word
            for word, follows in zip(args, after, strict=False)
        ]
        return super().parse_args(ctx, whole)


@contextmanager
def _hidden(options: list[Any]) -> Iterator[None]:
    for one in options:
        one.hidden = True
    try:
        yield
    finally:
        for one in options:
            one.hidden = False


def settings(**chosen: Any) -> Settings:
    """The user's settings with what was `chosen`; raises `UserError` for a file that is no good."""
    from dndmood import paths
    from dndmood import settings as files

    return files.load(paths.settings_file(), **chosen)
