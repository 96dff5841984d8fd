"""`dndmood listen`."""

from __future__ import annotations

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import (
    AlsoHear,
    Ambience,
    Device,
    Ears,
    Fade,
    Guests,
    Hop,
    Input,
    Journal,
    Kenku,
    Language,
    Lively,
    Midi,
    ModelFolder,
    Music,
    NoAmbience,
    Place,
    Plain,
    Player,
    Playlists,
    Profile,
    Recogniser,
    Remote,
    Seconds,
    Tell,
    Tone,
    Window,
    Words,
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
    ambience: Ambience = None,
    no_ambience: NoAmbience = False,
    model: ModelFolder = None,
    journal: Journal = None,
    plain: Plain = False,
    seconds: Seconds = None,
    fade: Fade = None,
    window: Window = None,
    hop: Hop = None,
    profile: Profile = None,
    lively: Lively = None,
    tone: Tone = None,
    words: Words = None,
    recogniser: Recogniser = None,
    language: Language = None,
    place: Place = None,
    remote: Remote = None,
    guests: Guests = False,
    kenku: Kenku = None,
    midi: Midi = None,
) -> None:
    """Listen at the table and let the music follow."""
    from dndmood import app, assembly

    # What is named here is meant to be there; what settings name may lie on a stick in a drawer.
    assembly.check_folders(
        music=music or "", playlists=playlists or "", ambience=ambience or ""
    )
    chosen = {
        "device": device,
        "also_hear": also_hear or None,
        "ears": ears,
        "input": input,
        "player": player,
        "tell": tell or None,
        "music": music,
        "playlists": playlists,
        "ambience": ambience,
        "surround": False if no_ambience else None,
        "model": model,
        "journal": journal,
        "plain": plain or None,
        "for_s": seconds,
        "fade_s": fade,
        "window_s": window,
        "hop_s": hop,
        "profile": profile,
        "lively": lively,
        "tone": tone,
        "words": words,
        "recogniser": recogniser,
        "language": language,
        "place": place,
        "remote": remote,
        "guests": guests or None,
        "kenku": kenku,
        "midi": midi,
    }
    typed = frozenset(key for key, value in chosen.items() if value is not None)
    app.listen(_options.settings(**chosen), say=console.say, typed=typed)
