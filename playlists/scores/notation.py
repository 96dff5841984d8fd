"""Notes, phrases and parts: a small notation in which the scores are written.

A pulse is the note value a score counts in: a crotchet in slow pieces, a quaver in dances.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from scores.theory import pitch

Bus: TypeAlias = Literal["near", "stage", "far"]
Mood: TypeAlias = Literal["calm", "merry", "suspense", "battle", "sorrow", "triumph"]


_UNMARKED = str.maketrans("", "", "!'~")


@dataclass(frozen=True, slots=True)
class Note:
    """One struck note."""

    at: float
    """Where it begins, in pulses from the start of its phrase or part."""
    length: float
    """How long it is held, in pulses."""
    pitch: int
    """MIDI pitch, middle C is 60."""
    velocity: float
    """How hard it is struck, 1..127."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Notes that belong together, and how many pulses they take."""

    notes: tuple[Note, ...]
    length: float

    def __add__(self, after: Phrase) -> Phrase:
        """This phrase, then the other."""
        moved = tuple(replace(n, at=n.at + self.length) for n in after.notes)
        return Phrase(self.notes + moved, self.length + after.length)

    def __mul__(self, times: int) -> Phrase:
        """This phrase so many times over."""
        whole = Phrase((), 0.0)
        for _ in range(times):
            whole += self
        return whole

    def __or__(self, other: Phrase) -> Phrase:
        """Both phrases at once."""
        return Phrase(self.notes + other.notes, max(self.length, other.length))

    def up(self, semitones: int) -> Phrase:
        """The phrase transposed; down when negative."""
        return replace(
            self, notes=tuple(replace(n, pitch=n.pitch + semitones) for n in self.notes)
        )

    def louder(self, by: float) -> Phrase:
        """Every velocity moved by so much; softer when negative."""
        return replace(
            self, notes=tuple(replace(n, velocity=n.velocity + by) for n in self.notes)
        )

    def arched(self, rise: float) -> Phrase:
        """A breath over the whole phrase: velocities swell by `rise` to its middle and fall back."""
        return replace(
            self,
            notes=tuple(
                replace(n, velocity=n.velocity + rise * math.sin(math.pi * n.at / self.length))
                for n in self.notes
            ),
        )

    def ramped(self, first: float, last: float) -> Phrase:
        """A crescendo or diminuendo: velocities moved by `first` at the start to `last` at the end."""
        return replace(
            self,
            notes=tuple(
                replace(n, velocity=n.velocity + first + (last - first) * n.at / self.length)
                for n in self.notes
            ),
        )

    def held(self, share: float) -> Phrase:
        """Every note held for this share of its written length: 0.5 staccato, 1.05 slurred."""
        return replace(
            self, notes=tuple(replace(n, length=n.length * share) for n in self.notes)
        )

    def stretched(self, times: float) -> Phrase:
        """The phrase in augmentation: every time and length multiplied."""
        return Phrase(
            tuple(replace(n, at=n.at * times, length=n.length * times) for n in self.notes),
            self.length * times,
        )


def line(text: str, bar: float | None = None, velocity: float = 80) -> Phrase:
    """The phrase written in `text`: notes such as `D5:1.5`, the length kept until changed.

    `-` is a rest, `D4+A4` a chord and `(E5)D5` a quick grace note; after a note `!` is an accent,
    `'` staccato and `~` a slur into the next one. Bar lines are checked against `bar`, in pulses.
    """
    notes: list[Note] = []
    at, length = 0.0, 1.0
    for word in text.split():
        if word == "|":
            _check_bar(at, bar, text)
            continue
        marks = set(word) & set("!'~")
        name, _, given = word.translate(_UNMARKED).partition(":")
        length = float(given) if given else length
        if name.startswith("("):
            grace, _, name = name[1:].partition(")")
            quick = min(0.16, length / 4)
            notes.append(Note(at - quick * 0.8, quick, pitch(grace), velocity - 18))
        struck = velocity + (14 if "!" in marks else 0)
        share = 0.5 if "'" in marks else 1.06 if "~" in marks else 0.95
        if name != "-":
            notes += [Note(at, length * share, pitch(p), struck) for p in name.split("+")]
        at += length
    _check_bar(at, bar, text)
    return Phrase(tuple(notes), at)


def _check_bar(at: float, bar: float | None, text: str) -> None:
    if bar is not None and abs(at / bar - round(at / bar)) > 1e-6:
        raise ValueError(f"bar line off at pulse {at:g} (bars of {bar:g}): {text.strip()[:60]}")


def rest(length: float) -> Phrase:
    """So many pulses of silence."""
    return Phrase((), length)


def joined(phrases: Iterable[Phrase]) -> Phrase:
    """The phrases one after another."""
    whole = Phrase((), 0.0)
    for each in phrases:
        whole += each
    return whole


@dataclass(slots=True)
class Part:
    """One player: an instrument, where it sits in the room, and what it plays."""

    name: str
    program: int
    """General MIDI program 0..127, or the kit number of a drum kit."""
    pan: float = 0.0
    """-1 left .. 1 right."""
    level_db: float = 0.0
    """Level against the other parts, at most 13 dB up."""
    bus: Bus = "stage"
    """How far away it sits: `near` is nearly dry, `far` mostly reverberation."""
    loose_ms: float = 9.0
    """Standard deviation of its timing."""
    lag_ms: float = 0.0
    """How far it plays behind the beat."""
    detune_cents: float = 0.0
    kit: bool = False
    """Whether it is a drum kit, where a pitch names a drum."""
    notes: list[Note] = field(default_factory=list)
    swells: list[tuple[float, float]] = field(default_factory=list)
    """(pulse, 0..1): the bow or breath, as a share of the amplitude, straight between points."""

    def play(self, phrase: Phrase, at: float) -> None:
        """Put a phrase into the part, `at` pulses from the start of the piece."""
        self.notes.extend(replace(n, at=n.at + at) for n in phrase.notes)

    def swell(self, *points: tuple[float, float]) -> None:
        """Add points to the part's breath."""
        self.swells.extend(points)


@dataclass(frozen=True, slots=True)
class Room:
    """Where the piece is heard."""

    decay_s: float
    """Seconds until the reverberation has fallen by 60 dB."""
    wet: float
    """How much of it, 0..1."""
    bright: float = 1.0
    """1 for a bare stone room, less for hangings and people."""


@dataclass(frozen=True, slots=True)
class Score:
    """A whole piece, ready to be performed; its end runs into its start."""

    title: str
    slug: str
    """File name without its ending."""
    mood: Mood
    key: str
    bpm: float
    """Beats a minute, the beat being what a foot would tap."""
    length: float
    """Length of the loop in pulses."""
    parts: tuple[Part, ...]
    room: Room
    pulses_per_beat: float = 1.0
    tempo: tuple[tuple[float, float], ...] = ()
    """(pulse, factor): rubato, straight lines between the points."""
    lilt: tuple[float, ...] = ()
    """Where the pulses of one group truly fall, such as (0, 1.1, 2.04) in a jig."""
    accents: tuple[float, ...] = ()
    """Velocity added to each pulse of a bar."""
    tone_db: tuple[tuple[float, float], ...] = ()
    """(Hz, dB): the equaliser of the whole mix, straight lines over log frequency."""
    squeeze: float = 1.0
    """Ratio of the gentle compressor over the mix; 1 leaves the dynamics as they are."""
    seed: int = 1
