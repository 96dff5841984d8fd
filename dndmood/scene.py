"""The vocabulary of where the party is: what words give away, the place, and its ambience.

Facts like those of `dndmood.events`, which lists who makes and who reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Hint: TypeAlias = Literal["place", "event", "mood"]
"""What a cue speaks for: where the party is, what happens, or a mood's own words."""


@dataclass(frozen=True, slots=True)
class SceneCue:
    """Something that gives the scene away: a phrase from the lists, or another program's word."""

    at_s: float
    """Audio time at which it was said."""
    what: Hint
    name: str
    """The place, the event or the mood that it speaks for."""
    phrase: str
    """The phrase as the lists have it, never what else was said; empty when nothing was said."""
    strength: float = 1.0
    """1 for a plain mention; more for an arrival, less for what is only talked about."""
    witness: str = "words"
    """Who says so: "words", or the name of the program that reported it."""
    moods: Mapping[str, float] = field(default_factory=dict, hash=False)
    """What plain talk says for every mood: how many times as likely as the least likely one, as a power
    of two; `name` is the likeliest. Empty for anything else."""


@dataclass(frozen=True, slots=True)
class PlaceState:
    """Where the party is believed to be, and why; stated when it changes."""

    at_s: float
    place: str
    """Name of the place; empty while nobody knows."""
    since_s: float
    why: str
    """One line for humans."""
    forced: bool = False
    """True while the game master rules by hand."""
    shares: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Place to how much speaks for it, summing to 1; empty when nobody says."""


@dataclass(frozen=True, slots=True)
class SoundLevel:
    """How loud a sound file is."""

    gain_db: float
    """What brings it to -18 LUFS."""
    peak_dbtp: float
    """True peak, in dB relative to full scale."""


@dataclass(frozen=True, slots=True)
class AmbienceCue:
    """Which bed of sounds shall be heard below the music from now on."""

    at_s: float
    place: str
    beds: tuple[str, ...]
    """Sound files that loop, all at once, without a seam; empty for silence."""
    shots: tuple[str, ...] = ()
    """Sound files of which one is heard now and then."""
    fade_s: float = 4.0
    """Length of the crossfade from the bed before."""
    gain_db: float = 0.0
    """What the beds are turned up by, on top of the ambience's own volume."""
    why: str = ""
    """One line for humans."""
    levels: Mapping[str, SoundLevel] = field(default_factory=dict, hash=False)
    """How loud those files are of which it is known before they are opened."""
