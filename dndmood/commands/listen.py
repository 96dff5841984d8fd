"""`dndmood listen`."""

from __future__ import annotations

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import (
    AlsoHear,
    Device,
    Ears,
    Fade,
    Hop,
    Input,
    Journal,
    Lively,
    ModelFolder,
    Music,
    Plain,
    Player,
    Playlists,
    Profile,
    Seconds,
    Tell,
    Window,
)


def listen(  # noqa: PLR0913 - one parameter per option is typer's way
    *,
    device: Device = None,
    also_hear: AlsoHear = None,
    ears: Ears = None,
    input: Input = None,  # noqa: A002 - the option's name
    player: Player = None,
    tell: Tell = None,
    music: Music = None,
    playlists: Playlists = None,
    model: ModelFolder = None,
    journal: Journal = None,
    plain: Plain = False,
    seconds: Seconds = None,
    fade: Fade = None,
    window: Window = None,
    hop: Hop = None,
    profile: Profile = None,
    lively: Lively = None,
) -> None:
    """Listen at the table and let the music follow."""
    from dndmood import app

    settings = _options.settings(
        device=device,
        also_hear=also_hear or None,
        ears=ears,
        input=input,
        player=player,
        tell=tell or None,
        music=music,
        playlists=playlists,
        model=model,
        journal=journal,
        plain=plain or None,
        for_s=seconds,
        fade_s=fade,
        window_s=window,
        hop_s=hop,
        profile=profile,
        lively=lively,
    )
    app.listen(settings, say=console.say)
