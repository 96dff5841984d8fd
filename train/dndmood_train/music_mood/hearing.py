"""Renders described by the program's own features, some through another mastering."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.library.estimate.features import heard
from dndmood.library.measuring import STRETCH_S
from dndmood_train.files import disk_errors_explained
from dndmood_train.music_mood.pieces import Piece
from dndmood_train.music_mood.rendering import RATE_HZ

Floats: TypeAlias = NDArray[np.float32]
Features: TypeAlias = dict[str, float]

_SILENT_DB = -50.0


@dataclass(frozen=True, slots=True)
class Take:
    """One piece played by one family of instruments."""

    family: str
    piece: Piece
    sound: Path
    """Its samples, as `rendering.rendered` leaves them."""

    @property
    def mastered(self) -> bool:
        """Half of what teaches, the piano apart, is heard through another mastering."""
        key = f"{self.family}/{self.piece.name}/mastering".encode()
        return (
            self.piece.side == "learn" and self.family != "piano" and zlib.crc32(key) % 2 == 0
        )


def described(takes: Iterable[Take], kept: Path) -> dict[tuple[str, str], list[Features]]:
    """The features of each stretch of each take, by family and name of the piece.

    A take is cut as a scan cuts a track. Features are kept, a line each, in the file `kept`: what is there is not heard again. Raises
    `UserError` when the disk is full.
    """
    known = _known(kept)
    wanted = list(takes)
    with disk_errors_explained(kept), kept.open("a", encoding="utf-8") as file:
        for take in wanted:
            key = take.family, take.piece.name
            if key in known:
                continue
            sound = _trimmed(np.load(take.sound).astype(np.float32) / 32768)
            if take.mastered:
                seed = zlib.crc32("/".join((*key, "how")).encode())
                sound = remastered(sound, np.random.default_rng(seed))
            known[key] = [heard(stretch).features for stretch in stretches(sound)]
            file.write(json.dumps([*key, known[key]]) + "\n")
            file.flush()
    return {(t.family, t.piece.name): known[t.family, t.piece.name] for t in wanted}


def stretches(sound: Floats) -> list[Floats]:
    """The whole of `sound` in parts of 12.5 s; the last is left out when it is under half of that."""
    size = round(STRETCH_S * RATE_HZ)
    parts = [sound[at : at + size] for at in range(0, len(sound), size)]
    return [part for part in parts if len(part) >= size / 2] or parts[:1]


def _known(kept: Path) -> dict[tuple[str, str], list[Features]]:
    if not kept.exists():
        return {}
    known = {}
    for line in kept.read_text(encoding="utf-8").splitlines():
        try:
            family, name, features = json.loads(line)
        except ValueError as error:
            raise UserError(f"{kept} is damaged: remove it and start again.") from error
        known[family, name] = features
    return known


def _trimmed(sound: Floats) -> Floats:
    """Without the silence that a short piece leaves at the end of its slot."""
    block = RATE_HZ // 10
    power = np.square(sound[: len(sound) // block * block]).reshape(-1, block).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (_SILENT_DB / 10))
    return sound[loud[0] * block : (loud[-1] + 1) * block]


def remastered(sound: Floats, rng: np.random.Generator) -> Floats:
    """The sound tilted, cut off at the top, and pressed, each by chance."""
    spectrum = np.fft.rfft(sound)
    hz = np.maximum(20.0, np.fft.rfftfreq(len(sound), 1 / RATE_HZ))
    gain_db = rng.uniform(-4, 4) * np.log2(hz / 700).clip(-3, 4)
    gain_db += rng.normal(0, 2) * np.exp(-0.5 * np.square(np.log2(hz / rng.uniform(150, 4000))))
    gain_db -= 24 * np.log2(hz / rng.uniform(5000, 16000)).clip(0)
    sound = np.fft.irfft(spectrum * 10 ** (gain_db / 20), len(sound)).astype(np.float32)
    block = RATE_HZ // 10
    whole = len(sound) // block
    level = np.sqrt(np.square(sound[: whole * block]).reshape(whole, block).mean(axis=1))
    middles = (np.arange(whole) + 0.5) * block
    level = np.interp(np.arange(len(sound)), middles, level)
    pressed = (level / max(1e-9, level.max()) + 0.01) ** -rng.uniform(0, 0.6)
    return np.asarray(sound * pressed, dtype=np.float32)
