"""Renders described by the program's own features, plain and through another mastering."""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.library.estimate.features import heard
from dndmood_train.files import draft_of, make_folder
from dndmood_train.music_mood.rendering import RATE_HZ

Floats: TypeAlias = NDArray[np.float32]
Table: TypeAlias = NDArray[np.float64]

_SILENT_DB = -50.0


def described(sounds: Sequence[Path], family: str, *, into: Path) -> tuple[list[str], Table, Table]:
    """Feature names, and the features of each sound: plain, and as if mastered elsewhere.

    Both tables have the shape (sounds, features). What was described before is not heard again.
    """
    make_folder(into)
    kept = into / f"{family}.npz"
    if kept.exists():
        with np.load(kept) as old:
            if list(old["sounds"]) == [path.stem for path in sounds]:
                return list(old["names"]), old["plain"], old["mastered"]
    plain, mastered, names = [], [], []
    for path in sounds:
        sound = _trimmed(np.load(path).astype(np.float32) / 32768)
        rng = np.random.default_rng(zlib.crc32(f"{family}/{path.stem}/mastering".encode()))
        for table, samples in ((plain, sound), (mastered, remastered(sound, rng))):
            found = heard(samples).features
            names = list(found)
            table.append(list(found.values()))
    with draft_of(kept) as draft, draft.open("wb") as file:
        np.savez(
            file,
            sounds=[path.stem for path in sounds],
            names=names,
            plain=np.array(plain),
            mastered=np.array(mastered),
        )
    return names, np.array(plain), np.array(mastered)


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
    sound = np.fft.irfft(spectrum * 10 ** (gain_db / 20), len(sound))
    level = np.sqrt(np.convolve(np.square(sound), np.ones(2205) / 2205, mode="same"))
    pressed = (level / level.max() + 0.01) ** -rng.uniform(0, 0.6)
    return np.asarray(sound * pressed, dtype=np.float32)
