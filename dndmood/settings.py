"""What can be set: a TOML file of the user's own, then the command line. Only `app` unpacks it."""

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from dndmood.errors import UserError


@dataclass(frozen=True, slots=True)
class Settings:
    """One evening's settings; every key may stand in the settings file under the same name."""

    device: str = ""
    """Microphone: an index, or part of its name; "" takes the system's default."""
    input: str = ""
    """A sound file to listen to instead of the microphone, at its own speed."""
    player: str = ""
    """Who makes the sound, as "name" or "name:argument"; "" takes the best there is."""
    music: str = ""
    """Folder with one subfolder of tracks per mood; "" plays the starter tracks."""
    playlists: str = ""
    """Folder of mood files that are used beside the ones that come along."""
    model: str = ""
    """Folder of the emotion model; "" takes the one that comes along."""
    journal: str = ""
    """File for the evening's numbers; "" makes a new one in the user's state folder."""
    plain: bool = False
    """One line per event instead of the dashboard."""
    for_s: float = 0.0
    """End after so many seconds of sound; 0 goes on until told to stop."""
    window_s: float = 3.0
    """Longest stretch of speech that is judged at once."""
    hop_s: float = 1.0
    """Time from one judgement to the next while somebody speaks."""
    strictness: int = 2
    """Voice detector: 0 takes most sounds for voice, 3 the fewest."""
    least_db: float = -120.0
    """Sound softer than this at the microphone, in dB below full scale, is never talk."""
    echo_delay_ms: float = 0.0
    """How long our music takes from the mixer to the microphone; 0 finds it out."""
    duck_over_db: float = 12.0
    """The music steps back under talk so that voices stand so far above it; 0 lets it be."""
    fade_s: float = 6.0
    """Length of the crossfade when the mood changes."""
    margin: float = 0.12
    """By how much another mood must lead before the music changes, 0 to 1."""
    soft_hold_s: float = 30.0
    """Until a mood is this old, leaving it needs more evidence."""
    changes_per_h: float = 15.0
    """Budget of changes; beyond it a change needs much more evidence."""
    quiet_s: float = 150.0
    """After so long without talk the music returns to the resting mood."""
    lively: float = 0.5
    """Pacing as one knob: 0 steady, 1 lively; it moves margin, soft_hold_s and changes_per_h."""
    profile: str = "table"
    """Name of the table: its zero and its corrections are kept under it."""
    recentre: bool = True
    """Whether voices are put on the table's own scale."""
    opening: str = "calm"
    """Mood of the first moment."""
    resting: str = "calm"
    """Mood that a long silence returns to."""


_RANGES = {
    "for_s": (0.0, 86_400.0),
    "window_s": (1.0, 10.0),
    "hop_s": (0.1, 10.0),
    "strictness": (0, 3),
    "least_db": (-120.0, 0.0),
    "echo_delay_ms": (0.0, 2000.0),
    "duck_over_db": (0.0, 30.0),
    "fade_s": (0.0, 60.0),
    "margin": (0.0, 1.0),
    "soft_hold_s": (0.0, 3600.0),
    "changes_per_h": (1.0, 3600.0),
    "quiet_s": (5.0, 86_400.0),
    "lively": (0.0, 1.0),
}


def load(path: Path, **chosen: Any) -> Settings:
    """The settings of the file `path`, if there is one, under those `chosen` on the command line.

    A chosen value of None leaves the file's word. Raises `UserError` for a file that cannot be
    read, an unknown key, or a value of the wrong kind or size.
    """
    table: dict[str, Any] = {}
    if path.is_file():
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(f"The settings file {path} cannot be read: {error}.") from error
    for key, value in table.items():
        _check(key, value, where=f"The settings file {path}")
    given = {key: value for key, value in chosen.items() if value is not None}
    for key, value in given.items():
        _check(key, value, where="The command line")
    return replace(Settings(), **(table | given))


def _check(key: str, value: Any, *, where: str) -> None:
    kinds = {field.name: type(getattr(Settings(), field.name)) for field in fields(Settings)}
    if key not in kinds:
        raise UserError(f"{where} has an unknown key {key!r}: use {', '.join(kinds)}.")
    kind = kinds[key]
    good = isinstance(value, kind) or (kind is float and isinstance(value, int))
    if not good or (isinstance(value, bool) and kind is not bool):
        raise UserError(
            f"{where} needs {key!r} to be of the kind {kind.__name__}, not {value!r}."
        )
    if key in _RANGES:
        low, high = _RANGES[key]
        if not low <= value <= high:
            raise UserError(
                f"{where} needs {key!r} between {low:g} and {high:g}, not {value!r}."
            )
