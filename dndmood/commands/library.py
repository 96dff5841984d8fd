"""`dndmood library`: the game master's own music. Options here, and lazily what they do."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import Player, Playlists
from dndmood.errors import UserError
from dndmood.printable import printable

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from dndmood.library import Track
    from dndmood.library.proposals import Given
    from dndmood.mood import Mood

library = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Know the moods of your own music.",
)

Folders = Annotated[
    list[Path] | None,
    typer.Argument(help="Folders of music; default: the one in your settings."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Replace what is there, without asking.")]


@library.command()
def scan(
    folders: Folders = None,
    *,
    playlists: Playlists = None,
    workers: Annotated[
        int, typer.Option(min=0, max=64, help="Processes; 0: one for each processor.")
    ] = 0,
) -> None:
    """Listen to every track, and propose a mood for it."""
    from dndmood.collection import gathering
    from dndmood.collection import scan as scanning

    settings = _options.settings(playlists=playlists)
    moods = gathering.moods_of(settings)
    asked = gathering.folders_of(settings, folders or [])
    tracks, notes = scanning.scan(asked, moods, workers=workers, say=console.say)
    for sentence in scanning.sentences(tracks, moods, notes):
        console.write(sentence)


@library.command("list")
def list_(
    folders: Folders = None,
    *,
    playlists: Playlists = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object for each track, one a line.")
    ] = False,
) -> None:
    """List the tracks with their moods, and why they have them."""
    from dndmood.collection import listing

    asked, moods, tracks, _ = _known(folders, playlists)
    lines = listing.as_json(tracks) if as_json else listing.as_text(tracks, moods, asked)
    for line in lines:
        console.write(line)


@library.command()
def review(
    folders: Folders = None,
    *,
    playlists: Playlists = None,
    player: Player = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also what you decided, and what folders say.")
    ] = False,
) -> None:
    """Hear 15 s of each track, and accept its mood or choose another."""
    from dndmood import assembly
    from dndmood.collection import gathering, placing
    from dndmood.collection.review import running
    from dndmood.collection.review.session import Session
    from dndmood.library import Decisions, Index

    settings = _options.settings(playlists=playlists, player=player)
    _, moods, tracks, given = _known(folders, playlists)
    queue = placing.to_review(tracks, everything=every)
    if not queue:
        raise UserError(
            "There is nothing to review: every track is decided. Add --all to go through them again."
        )
    decisions = Decisions()
    session = Session(queue, tracks, moods, decisions, given)
    running.run(
        session, assembly.places(moods.values()), player=settings.player, say=console.say
    )
    with Index() as index:
        after = placing.placed(tracks, moods.values(), decisions, given)
        placing.moods_kept(index, after)
    console.write(
        f"You decided {session.decided} of {session.count} tracks. {gathering.counted(moods, after)}."
    )


@library.command()
def check(folders: Folders = None, *, playlists: Playlists = None) -> None:
    """Say what is missing and what is wrong, and how to mend it."""
    from dndmood.collection import check as checking
    from dndmood.collection import gathering, placing
    from dndmood.library import Decisions

    settings = _options.settings(playlists=playlists)
    moods = gathering.moods_of(settings)
    asked = gathering.folders_of(settings, folders or [])
    found = gathering.gathered(asked, moods.values())
    tracks = [track for track in _tracks(asked, found.paths) if track.path in found.paths]
    heard = {track.path for track in tracks if track.analysis}
    unheard = sum(path not in heard for path in found.paths)
    said = list(
        checking.findings(
            placing.placed(
                [track for track in tracks if track.analysis],
                moods.values(),
                Decisions(),
                found.given,
            ),
            moods,
            asked,
            unheard=unheard,
            notes=found.sentences,
        )
    )
    for sentence in said or ["Nothing is missing and nothing is wrong."]:
        console.write(sentence)


@library.command()
def export(
    target: Annotated[Path, typer.Argument(help="Folder to write the playlists to.")],
    folders: Folders = None,
    *,
    playlists: Playlists = None,
    form: Annotated[str, typer.Option("--format", help="m3u8, m3u, pls or xspf.")] = "m3u8",
    yes: Yes = False,
) -> None:
    """Write one playlist for each mood, for other programs."""
    from dndmood.collection import exporting

    _, moods, tracks, _ = _known(folders, playlists)
    written = exporting.export(
        tracks, moods, target, suffix=f".{form.lower().lstrip('.')}", replace=yes
    )
    for path, count in written:
        console.write(
            f"{printable(str(path))}: {'1 track' if count == 1 else f'{count} tracks'}"
        )


@library.command()
def backup(
    target: Annotated[Path, typer.Argument(help="File to write, as in dndmood.zip.")],
    *,
    yes: Yes = False,
) -> None:
    """Write your whole profile to one file: moods, decisions, settings."""
    from dndmood.collection import whole_profile

    held = whole_profile.write(target, replace=yes)
    console.write(f"{printable(str(target))} holds {held.counted()}.")
    for why in held.no_good:
        console.say(f"Mend this, or it will not be taken from that file: {why}")


@library.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file that 'dndmood library backup' wrote.")],
    *,
    yes: Yes = False,
) -> None:
    """Take in a whole profile: what would replace yours is asked."""
    from dndmood.collection import whole_profile

    found = whole_profile.read(source)
    whole_profile.take(found, agree=lambda what: yes or _agreed(what), say=console.say)
    console.write(f"Taken in: {found.counted()}.")


def _agreed(what: str) -> bool:
    """Ask in a terminal; elsewhere the answer is no."""
    if not console.is_terminal(sys.stdin):
        return False
    return typer.confirm(what, err=True)


def _known(
    folders: Sequence[Path] | None, playlists: str | None
) -> tuple[list[Path], dict[str, Mood], list[Track], dict[str, Given]]:
    """The folders asked for, the moods, every track there that was listened to, and what is given.

    Each is in the mood that fits by now: the scan may have been killed before it came to that, and
    decisions may have come from elsewhere since.
    """
    from dndmood.collection import gathering, placing
    from dndmood.library import Decisions

    settings = _options.settings(playlists=playlists)
    moods = gathering.moods_of(settings)
    asked = list(folders or [])
    if not asked and settings.music:
        asked = [Path(settings.music)]
    for folder in asked:
        if not os.path.isdir(folder):  # noqa: PTH112 - never raises
            raise UserError(
                f"There is no music folder {printable(str(folder))}: check the name."
            )
    found = gathering.gathered(asked, moods.values())
    tracks = [track for track in _tracks(asked, found.paths) if track.analysis]
    if not tracks:
        where = printable(str(asked[0])) if asked else "FOLDER"
        raise UserError(f"No track is known yet: run 'dndmood library scan {where}' first.")
    given = found.given if asked else gathering.given_before(tracks)
    return asked, moods, placing.placed(tracks, moods.values(), Decisions(), given), given


def _tracks(folders: Sequence[Path], also: Container[str] = ()) -> list[Track]:
    from dndmood.collection import gathering
    from dndmood.library import Index

    with Index() as index:
        return gathering.known_tracks(index, folders, also)
