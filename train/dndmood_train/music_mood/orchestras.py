"""Instruments that a piano piece is played on again, by General MIDI program.

A voice covers a range of pitches; a note goes to every voice that covers it. What a family may
choose from is drawn for each piece, so that no two strings sound the same.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Voice:
    """One instrument."""

    program: int
    """General MIDI, from 0."""
    low: int = 0
    high: int = 127
    """The MIDI notes it takes, both included."""
    octaves: int = 0
    """Played so many octaves higher."""
    level: int = 100
    """MIDI volume, 0 to 127."""


Family = Callable[[np.random.Generator], tuple[Voice, ...]]


def _one(rng: np.random.Generator, *programs: int) -> int:
    return int(rng.choice(programs))


def _strings(rng: np.random.Generator) -> tuple[Voice, ...]:
    top = _one(rng, 40, 48, 49, 41)
    return Voice(_one(rng, 43, 42), high=47), Voice(42, 40, 58, level=90), Voice(top, low=56)


def _brass(rng: np.random.Generator) -> tuple[Voice, ...]:
    return (
        Voice(_one(rng, 58, 57), high=48),
        Voice(_one(rng, 57, 60), 46, 62, level=90),
        Voice(_one(rng, 56, 60, 61), low=60),
    )


def _winds(rng: np.random.Generator) -> tuple[Voice, ...]:
    return (
        Voice(70, high=56),
        Voice(_one(rng, 71, 69), 54, 69),
        Voice(_one(rng, 73, 68), low=66),
    )


def _box(rng: np.random.Generator) -> tuple[Voice, ...]:
    return (Voice(_one(rng, 10, 10, 8, 9), octaves=_one(rng, 0, 1)),)


def _pads(rng: np.random.Generator) -> tuple[Voice, ...]:
    return (Voice(_one(rng, 88, 89, 90, 91, 92, 94, 95, 50)),)


def _mixed(rng: np.random.Generator) -> tuple[Voice, ...]:
    low = Voice(_one(rng, 42, 43, 58, 70, 32, 0), high=_one(rng, 48, 52, 55))
    middle = Voice(_one(rng, 60, 48, 46, 0, 11, 4), 45, _one(rng, 64, 69, 72), level=85)
    high = Voice(_one(rng, 40, 48, 68, 71, 56, 10, 46, 0), low=_one(rng, 58, 62))
    extra = Voice(_one(rng, 46, 49, 89, 61, 47), 0, 127, level=_one(rng, 0, 40, 70))
    return low, middle, high, extra


def _only(program: int) -> Family:
    return lambda _rng: (Voice(program),)


LEARNED: dict[str, Family] = {
    "piano": _only(0),
    "piano again": _only(1),
    "strings": _strings,
    "brass": _brass,
    "harp": _only(46),
    "music box": _box,
    "pads": _pads,
    "winds": _winds,
    "mixed": _mixed,
}
"""What the model is taught on: 'piano again' is another piano of another sound font."""

UNSEEN: dict[str, Family] = {
    "guitar": _only(24),
    "organ": _only(19),
    "choir": _only(52),
    "accordion": _only(21),
    "marimba": _only(12),
}
"""Instruments that never teach."""

FAMILIES = {**LEARNED, **UNSEEN}
"""All of them."""


def playing(name: str, *, judges: bool, learned: int) -> list[str]:
    """The families that play the piece `name`: the piano always, then others by chance.

    A piece that judges is heard on three families that teach and two instruments that do not.
    """
    others = _drawn([one for one in LEARNED if one != "piano"], name)
    if not judges:
        return ["piano", *others[:learned]]
    return ["piano", *others[:3], *_drawn(list(UNSEEN), name)[:2]]


def _drawn(families: list[str], name: str) -> list[str]:
    return sorted(families, key=lambda one: zlib.crc32(f"{one}/{name}/cast".encode()))
