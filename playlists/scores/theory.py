"""Pitches, chords and voice leading: what the scores say in words, as MIDI pitches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "mmaj7": (0, 3, 7, 11),
    "9": (0, 4, 7, 10, 2),
    "m9": (0, 3, 7, 10, 2),
    "add9": (0, 4, 7, 2),
    "madd9": (0, 3, 7, 2),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
    "dim": (0, 3, 6),
    "dim7": (0, 3, 6, 9),
    "m7b5": (0, 3, 6, 10),
    "aug": (0, 4, 8),
}
_CHORD = re.compile(r"([A-G][#b]?)([a-z0-9]*)(?:/([A-G][#b]?))?")


def pitch_class(name: str) -> int:
    """The pitch class 0..11 of a note name such as `F#` or `Bb`.

    >>> pitch_class("Bb")
    10
    """
    return (_STEPS[name[0]] + name.count("#") - name.count("b")) % 12


def pitch(name: str) -> int:
    """The MIDI pitch of a note name with its octave; middle C is `C4`, 60.

    >>> pitch("F#4")
    66
    """
    letters, octave = name[:-1], int(name[-1])
    return _STEPS[letters[0]] + letters.count("#") - letters.count("b") + 12 * (octave + 1)


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord without a register: pitch classes, root first, and the one that lies in the bass."""

    root: int
    """Pitch class of the root, 0..11."""
    tones: tuple[int, ...]
    """Pitch classes from the root up."""
    bass: int
    """Pitch class the bass plays, the root unless the name has a slash."""

    @property
    def fifth(self) -> int:
        """The pitch class of the fifth, or the nearest thing the chord has to one."""
        return self.tones[min(2, len(self.tones) - 1)]


def chord(name: str) -> Chord:
    """The chord called `Dm7/F` and the like; raises ValueError for a name it does not know."""
    found = _CHORD.fullmatch(name)
    if found is None or found[2] not in _QUALITIES:
        raise ValueError(f"no such chord: {name}")
    root = pitch_class(found[1])
    tones = tuple((root + step) % 12 for step in _QUALITIES[found[2]])
    return Chord(root, tones, pitch_class(found[3]) if found[3] else root)


@dataclass(frozen=True, slots=True)
class Span:
    """A chord and where it holds, in pulses."""

    at: float
    length: float
    chord: Chord


def progression(text: str, bar: float | None = None) -> list[Span]:
    """The chords of `"G:4 D/F# | Em7:2 C"`, each length in pulses kept until the next one is given.

    Bar lines are checked against `bar`, when given, so that a miscounted bar cannot slip through.
    """
    spans: list[Span] = []
    at, length = 0.0, bar or 4.0
    for word in text.split():
        if word == "|":
            _check_bar(at, bar, text)
            continue
        name, _, given = word.partition(":")
        length = float(given) if given else length
        spans.append(Span(at, length, chord(name)))
        at += length
    _check_bar(at, bar, text)
    return spans


def _check_bar(at: float, bar: float | None, text: str) -> None:
    if bar is not None and abs(at / bar - round(at / bar)) > 1e-6:
        raise ValueError(f"bar line off at pulse {at:g} (bars of {bar:g}): {text.strip()[:60]}")


def nearest(pitch_class_wanted: int, around: int) -> int:
    """The pitch of that class closest to `around`."""
    below = around - (around - pitch_class_wanted) % 12
    return below if around - below <= 6 else below + 12


def voice_led(
    chords: Sequence[Chord], voices: int = 4, low: int = 50, high: int = 72
) -> list[tuple[int, ...]]:
    """One voicing per chord, each voice moving as little as it can and never in parallel fifths.

    Voicings lie within `low..high`, ascending. Two voices or more always have the third.
    """
    led: list[tuple[int, ...]] = []
    for each in chords:
        within = [p for p in range(low, high + 1) if p % 12 in each.tones]
        needed = set(each.tones if voices >= len(each.tones) else each.tones[1:voices])
        fitting = [v for v in combinations(within, voices) if needed <= {p % 12 for p in v}]
        if not fitting:
            raise ValueError(f"{voices} voices do not fit {each} between {low} and {high}")
        before = led[-1] if led else None
        led.append(min(fitting, key=lambda v: _effort(v, before, (low + high) / 2)))
    return led


def _effort(voicing: tuple[int, ...], before: tuple[int, ...] | None, centre: float) -> float:
    muddy = sum(3.0 for a, b in pairwise(voicing) if b - a < 3)
    drift = 0.25 * abs(sum(voicing) / len(voicing) - centre)
    if before is None or len(before) != len(voicing):
        return muddy + 4.0 * drift
    moved = float(sum(abs(b - a) for a, b in zip(before, voicing, strict=True)))
    parallels = 0.0
    for i, j in combinations(range(len(voicing)), 2):
        perfect = (voicing[j] - voicing[i]) % 12 in (0, 7)
        same = voicing[j] - voicing[i] == before[j] - before[i]
        parallels += 6.0 if perfect and same and voicing[i] != before[i] else 0.0
    return moved + muddy + drift + parallels
