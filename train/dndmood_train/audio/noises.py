"""Noises to put under a voice when measuring: from a folder of yours, else invented, seeded."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood_train.audio import disturbances
from dndmood_train.audio.loading import load
from dndmood_train.corpora import sounds

KINDS = ("babble", "music", "environment", "cough", "sneeze", "room")
"""What a noise can be; `room` is an impulse response and not a noise."""

Source = Literal["recorded", "voices", "invented"]
"""Where a noise comes from: a file, several voices at once, or a formula."""

_WORDS = {
    "babble": {"babble", "crowd", "crowded", "crowds", "bar", "pub", "cafe", "restaurant"}
    | {"talk", "talking", "chatter"},
    "music": {"music", "song", "songs", "tavern"},
    "cough": {"cough", "coughs", "coughing"},
    "sneeze": {"sneeze", "sneezes", "sneezing"},
    "room": {"room", "rooms", "impulse", "impulses", "rir", "rirs", "ir", "irs"},
}
_SHORT = frozenset({"cough", "sneeze"})
_LONGEST_S = 60
"""Of a recording, so much is read."""
_MOST = 40
"""Recordings of each kind."""
_TALKERS = (4, 7)
"""Voices in a babble, as in audEERING's test."""
_HIGHEST_HZ = 7000.0
"""Of an overtone."""


class Noises:
    """Noises of every kind, as long as asked for."""

    def __init__(
        self, files: Mapping[str, Sequence[Samples]], talkers: Sequence[Samples] = ()
    ) -> None:
        """Hold recordings by kind, and voices to make babble of."""
        self._files = files
        self._talkers = talkers

    def of(self, kind: str, length: int, chance: np.random.Generator) -> Samples:
        """A stretch of `kind`, shape `(length,)` (a cough keeps its own length)."""
        if recordings := self._files.get(kind):
            recording = _one(recordings, chance)
            return recording if kind in _SHORT else _stretch(recording, length, chance)
        if kind == "babble" and self._talkers:
            return self._babble(length, chance)
        return _INVENT[kind](length, chance)

    def room(self, chance: np.random.Generator, *, rt60_s: float) -> Samples:
        """An impulse response: one of yours, else an invented room of that reverberation."""
        if responses := self._files.get("room"):
            return _one(responses, chance)
        return disturbances.room(chance, rt60_s=rt60_s)

    @property
    def sources(self) -> dict[str, Source]:
        """Where each kind comes from, in the order of `KINDS`."""
        return {kind: self._source(kind) for kind in KINDS}

    def _source(self, kind: str) -> Source:
        if self._files.get(kind):
            return "recorded"
        return "voices" if kind == "babble" and self._talkers else "invented"

    def _babble(self, length: int, chance: np.random.Generator) -> Samples:
        # As many talkers, and as much difference between them, as in audEERING's test.
        crowd = np.zeros(length, dtype=np.float32)
        for _ in range(int(chance.integers(_TALKERS[0], _TALKERS[1] + 1))):
            voice = _one(self._talkers, chance)
            gain = 10 ** (chance.uniform(-20, -13) / 20) / disturbances.level(voice)
            crowd += np.float32(gain) * _stretch(voice, length, chance)
        return crowd


def noises_in(folder: Path | None, *, talkers: Sequence[Samples] = ()) -> Noises:
    """Noises from `folder` by the words in their paths; what is missing there is invented.

    Raises `UserError` when a folder is given and holds no sound.
    """
    files: dict[str, list[Samples]] = {}
    if folder is not None:
        found: dict[str, list[Path]] = defaultdict(list)
        for path in sounds(folder):
            found[kind_of(path.relative_to(folder))].append(path)
        if not found:
            raise UserError(f"There is no sound in {folder} to use as noise.")
        for kind, paths in found.items():
            # A few of each kind are variety enough, and fit into memory.
            some = paths[:: -(-len(paths) // _MOST)]
            files[kind] = [load(path)[: _LONGEST_S * RATE_HZ] for path in some]
    return Noises(files, talkers)


def kind_of(path: Path) -> str:
    """What a recording is, by the words in its path.

    >>> kind_of(Path("ambience/crowded-bar.opus")), kind_of(Path("esc10/Rain/1.wav"))
    ('babble', 'environment')
    >>> kind_of(Path("gameroom/barking.wav")), kind_of(Path("rooms/hall.wav"))
    ('environment', 'room')
    """
    words = set(re.findall("[a-z]+", path.as_posix().lower()))
    for kind, meant in _WORDS.items():
        if words & meant:
            return kind
    return "environment"


def music(length: int, chance: np.random.Generator) -> Samples:
    """Invented background music, shape `(length,)`: chords, a bass and a brushed beat."""
    beat = round(60 / chance.uniform(70, 120) * RATE_HZ)
    key = 55 * 2 ** (chance.integers(12) / 12)
    thirds = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))
    piece = np.zeros(length + 4 * beat)
    for bar, start in enumerate(range(0, length, 4 * beat)):
        chord = thirds[bar % len(thirds)]
        for step in range(4):
            note = chord[int(chance.integers(3))] + 12 * int(chance.integers(1, 3))
            _pluck(piece, start + step * beat, key * 2 ** (note / 12), 0.5)
        for note in chord:
            _pluck(piece, start, key * 2 ** (note / 12 + 1), 1.5)
        _pluck(piece, start, key * 2 ** (chord[0] / 12), 2.0)
    brush = disturbances.filtered(disturbances.white(len(piece), chance), above_hz=4000.0)
    ticks = np.exp(-(np.arange(len(piece)) % beat) / (0.03 * RATE_HZ))
    return np.asarray((piece + 0.1 * brush * ticks)[:length], dtype=np.float32)


def _pluck(piece: NDArray[np.float64], start: int, hz: float, seconds: float) -> None:
    time = np.arange(min(round(3 * seconds * RATE_HZ), len(piece) - start)) / RATE_HZ
    overtones = np.arange(1, min(7, int(_HIGHEST_HZ / hz) + 1))[:, np.newaxis]
    note = np.sum(np.sin(2 * np.pi * hz * overtones * time) / overtones**1.5, axis=0)
    piece[start : start + len(time)] += note * np.exp(-time / seconds)


def environment(length: int, chance: np.random.Generator) -> Samples:
    """Invented wind, rain or fire, shape `(length,)`."""
    noise = disturbances.white(length, chance)
    match int(chance.integers(3)):
        case 0:
            time = np.arange(length) / RATE_HZ
            gusts = 1 + 0.8 * np.sin(2 * np.pi * chance.uniform(0.2, 0.6) * time)
            return disturbances.filtered(noise, below_hz=500.0) * gusts.astype(np.float32)
        case 1:
            return disturbances.filtered(noise, above_hz=1000.0)
        case _:
            crackle = noise * (chance.random(length) < 12 / RATE_HZ) * np.float32(30)
            return disturbances.filtered(noise * np.float32(0.2) + crackle, above_hz=300.0)


def _burst(length: int, chance: np.random.Generator, *, attack_s: float) -> Samples:
    size = min(length, round(0.35 * RATE_HZ))
    time = np.arange(size) / RATE_HZ
    shape = np.minimum(1, time / attack_s) * np.exp(-np.maximum(0, time - attack_s) / 0.06)
    noise = disturbances.filtered(disturbances.white(size, chance), above_hz=400.0)
    return noise * shape.astype(np.float32)


def _one(recordings: Sequence[Samples], chance: np.random.Generator) -> Samples:
    return recordings[int(chance.integers(len(recordings)))]


def _stretch(recording: Samples, length: int, chance: np.random.Generator) -> Samples:
    if len(recording) < length:
        recording = np.tile(recording, -(-length // len(recording)))
    start = int(chance.integers(len(recording) - length + 1))
    return recording[start : start + length]


def _cough(length: int, chance: np.random.Generator) -> Samples:
    return _burst(length, chance, attack_s=0.01)


def _sneeze(length: int, chance: np.random.Generator) -> Samples:
    return _burst(length, chance, attack_s=0.15)


_INVENT: Mapping[str, Callable[[int, np.random.Generator], Samples]] = {
    "babble": disturbances.pink,
    "music": music,
    "environment": environment,
    "cough": _cough,
    "sneeze": _sneeze,
}
