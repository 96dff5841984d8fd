"""What can be set: a TOML file of the user's own, then the command line. Only `app` unpacks it."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from msgspec import Meta, convert

from dndmood import paths, toml_text
from dndmood.errors import UserError
from dndmood.fields import Share, kinds, limits


@dataclass(frozen=True, slots=True)
class Settings:
    """One evening's settings; every key may stand in the settings file under the same name."""

    device: str = ""
    """Microphone: an index, or part of its name; "" takes the system's default."""
    also_hear: tuple[str, ...] = ()
    """Further ears: names (or parts, or numbers) of inputs that are heard beside the microphone, as
    what the computer plays; 'dndmood devices' lists them."""
    ears: Literal["equal", "mine", "theirs"] = "equal"
    """Whose talk says more about the mood: the microphone's (mine) or that of the further ears."""
    input: str = ""
    """A sound file to listen to instead of the microphone, at its own speed. This and every other
    path in the settings file begins at that file's folder."""
    player: str = ""
    """Who makes the sound, as "name" or "name:argument"; "" takes the best there is."""
    tell: tuple[str, ...] = ()
    """Programs that follow the evening, each as "name" or "name:argument", as "mpd" or
    "kenku:192.168.1.5"; one file each in `dndmood/followers/`."""
    music: str = ""
    """Folder with one subfolder of tracks per mood; "" plays the starter tracks."""
    playlists: str = ""
    """Folder of mood files that are used beside the ones that come along."""
    ambience: str = ""
    """Folder with one subfolder of sounds per place; "" plays the ambience that comes along."""
    surround: bool = True
    """Whether a place is heard, where it is known."""
    ambience_db: Annotated[float, Meta(ge=-40.0, le=12.0)] = 0.0
    """What the ambience is turned up by; at 0 it lies 12 dB below the music."""
    model: str = ""
    """Emotion model: the name of one that comes along, or a folder; "" takes the default one."""
    journal: str = ""
    """File for the evening's numbers; "" makes a new one in the user's state folder."""
    remote: str = ""
    """Where a page for phones is served: "here" for this computer, "network" for every device
    beside it, a port, or an address with a port; "" serves none."""
    guests: bool = False
    """Whether there is a second address of that page with which players look on."""
    kenku: str = ""
    """Where programs that steer Kenku FM find us, as `remote` has it; "" serves none."""
    midi: str = ""
    """Part of the name of a MIDI device whose keys and pads steer; "any" takes all of them."""
    plain: bool = False
    """One line per event instead of the dashboard."""
    for_s: Annotated[float, Meta(ge=0.0, le=86_400.0)] = 0.0
    """End after so many seconds of sound; 0 goes on until told to stop."""
    window_s: Annotated[float, Meta(ge=1.0, le=10.0)] = 3.0
    """Longest stretch of speech that is judged at once."""
    hop_s: Annotated[float, Meta(ge=0.1, le=10.0)] = 1.0
    """Time from one judgement to the next while somebody speaks."""
    strictness: Annotated[int, Meta(ge=0, le=3)] = 2
    """Voice detector: 0 takes most sounds for voice, 3 the fewest."""
    least_db: Annotated[float, Meta(ge=-120.0, le=0.0)] = -120.0
    """Sound softer than this at the microphone, in dB below full scale, is never talk."""
    echo_delay_ms: Annotated[float, Meta(ge=0.0, le=2000.0)] = 0.0
    """How long our music takes from the mixer to the microphone; 0 finds it out."""
    duck_over_db: Annotated[float, Meta(ge=0.0, le=30.0)] = 12.0
    """The music steps back under talk so that voices stand so far above it; 0 lets it be."""
    fade_s: Annotated[float, Meta(ge=0.0, le=60.0)] = 6.0
    """Length of the crossfade when the mood changes."""
    lively: Share = 0.5
    """How soon the music follows: 0 steady, 1 lively; what a change of music must be worth."""
    quiet_s: Annotated[float, Meta(ge=0.0, le=86_400.0)] = 0.0
    """After so long without talk the music returns to the resting mood; 0 holds every mood."""
    profile: str = "table"
    """Name of the table: its zero and its corrections are kept under it."""
    recentre: bool = True
    """Whether voices are put on the table's own scale."""
    tone: bool = True
    """Whether the tone of voice moves the mood; without it words do, and the keys."""
    words: bool = False
    """Whether what is said is listened to for words that give place and mood away."""
    recogniser: str = ""
    """Folder with the recogniser of words; "" takes the one that `dndmood words get` fetched."""
    language: Annotated[str, Meta(pattern=r"^([a-z]{2,3})?$")] = ""
    """Language that is spoken, as "en" or "de"; "" finds it out."""
    place: str = ""
    """Where the party is at first; "" while nobody has said."""
    opening: str = "calm"
    """Mood of the first moment."""
    resting: str = "calm"
    """Mood that a long silence returns to."""


_KINDS = kinds(Settings)
_COMMAND_LINE = "The command line"
_GONE = ("margin", "soft_hold_s", "changes_per_h")
"""Keys of older settings files, in whose place stands `lively`."""
_WORDS = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}
_SWITCHES = {"remote": "here", "kenku": "here", "midi": "any"}
"""Texts that may also be true, which stands for these."""
_SAID = {
    "device": "to be a text, as part of a microphone's name, or a number in 'dndmood devices'",
    "remote": 'to be true, a port, or a text, as "network"',
    "kenku": 'to be true, a port, or a text, as "network"',
    "midi": "to be true, or a text, as part of a device's name",
}
"""What these must be, which take more than one kind."""
_PATHS = ("input", "music", "playlists", "ambience", "model", "journal", "recogniser")


def load(path: Path, **chosen: Any) -> Settings:
    """The settings of the file `path`, if there is one, under those `chosen` on the command line.

    A path in the file that does not begin at the root or with `~` begins at the file's folder. A
    chosen value of None leaves the file's word. Raises `UserError` for a file that cannot be
    read, an unknown key, or a value of the wrong kind or size.
    """
    where = f"The settings file {path}"
    table = toml_text.read(path, "The settings file") if _lies(path) else {}
    checked = {key: _checked(key, value, where=where) for key, value in table.items()}
    own = {key: _from(path.parent, key, value, where) for key, value in checked.items()}
    given = {
        key: _checked(key, value, where=_COMMAND_LINE)
        for key, value in chosen.items()
        if value is not None
    }
    return replace(Settings(), **(own | given))


def _lies(path: Path) -> bool:
    """Whether anything lies there; a folder that may not be entered holds no settings of ours."""
    try:
        path.lstat()
    except OSError:
        return False
    return True


def _from(folder: Path, key: str, value: Any, where: str) -> Any:
    if key not in _PATHS or not value:
        return value
    if toml_text.lost_a_backslash(value):
        raise UserError(
            f"{where} has the path {toml_text.shown(value)} under {key!r}: {toml_text.BACKSLASHES}."
        )
    if key == "model" and _comes_along(value):
        return value
    return value if value.startswith("~") else str(folder / value)


def _comes_along(model: str) -> bool:
    """Whether it is the bare name of a model that comes along; its folder here is `./` and that."""
    card = os.path.join(paths.data("models"), model, "card.toml")  # noqa: PTH118 - never raises
    return model == os.path.basename(model) and os.path.isfile(card)  # noqa: PTH113, PTH119


def _checked(key: str, value: Any, *, where: str) -> Any:
    if key in _GONE:
        raise UserError(
            f"{where} has the key {key!r}, which is gone: write lively = 0.5 (0 steady to 1 "
            "lively) in its place, or delete the line."
        )
    if key not in _KINDS:
        raise UserError(f"{where} {toml_text.unknown_key(key, _KINDS)}")
    try:
        named = _named(key, value)
        good = convert(named, _KINDS[key])
    except ValueError as error:
        wanted = _SAID.get(key) or _wanted(_KINDS[key], value)
        raise UserError(
            f"{where} needs {_called(key, where)} {wanted}, not {toml_text.shown(value)}."
        ) from error
    if key in _PATHS and good.startswith("~") and paths.expanded(good) == Path(good):
        raise UserError(
            f"{where} names a folder of nobody under {_called(key, where)}: {good!r}."
        )
    return good


def _called(key: str, where: str) -> str:
    """What the person who wrote it calls `key`."""
    return (
        f"--{key.removesuffix('_s').replace('_', '-')}" if where == _COMMAND_LINE else repr(key)
    )


def _named(key: str, value: Any) -> Any:
    """`value` as it is meant: a number for a name or a port, a switch, one name for a list of one."""
    if key in ("device", *_SWITCHES) and type(value) is int:
        return str(value)
    if key in _SWITCHES and isinstance(value, bool):
        return _SWITCHES[key] if value else ""
    if get_origin(_KINDS[key]) is tuple:
        every = [value] if isinstance(value, str | int) else value
        if value == "":  # as everywhere, nothing was named
            return []
        if isinstance(every, list | tuple):
            return [str(one) if type(one) is int else one for one in every]
    return value


def _wanted(kind: Any, value: Any) -> str:
    """What a value of the annotation `kind` must be, and `value` is not."""
    if get_origin(kind) is Literal:
        return f"to be {' or '.join(get_args(kind))}"
    if get_origin(kind) is tuple:
        return 'to be a list of texts, as ["name", "another"]'
    plain, *ranges = get_args(kind) or (kind,)
    if ranges and plain is str:
        return 'to be two small letters, as "en"'
    if ranges and type(value) in (plain, int):
        return "between {:g} and {:g}".format(*limits(kind))
    return f"to be {_WORDS[plain]}"
