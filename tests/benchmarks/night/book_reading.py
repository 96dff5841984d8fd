"""An hour in which one friendly voice reads a book: no mood of a game is in it."""

from pathlib import Path

import numpy as np

from dndmood.events import RATE_HZ
from dndmood_train.audio import disturbances, loading
from tests.benchmarks.night.composer import VOICE_RMS, Evening

_LENGTH_S = 3600.0
_PIECES = 12
"""One reader has a few sentences in the corpus, which are read over and over."""


def composed(root: Path, *, seed: int, length_s: float = _LENGTH_S) -> Evening:
    """Read English of one drawn reader of `neutral/librispeech`, with breaths between sentences."""
    chance = np.random.default_rng([seed, 6])
    paths = sorted((root / "neutral" / "librispeech").rglob("*.opus"))
    readers: dict[str, list[Path]] = {}
    for path in paths:
        readers.setdefault(path.stem.split("-")[0], []).append(path)
    most = sorted(readers, key=lambda who: (-len(readers[who]), who))[:_PIECES]
    mine = readers[most[int(chance.integers(len(most)))]]
    canvas, at_s = np.zeros(round(length_s * RATE_HZ), np.float32), 1.0
    while at_s < length_s - 30.0:
        clip = loading.trimmed(loading.load(mine[int(chance.integers(len(mine)))]))
        clip = clip * np.float32(VOICE_RMS / disturbances.level(clip))
        start = round(at_s * RATE_HZ)
        canvas[start : start + len(clip)] += clip[: len(canvas) - start]
        at_s += len(clip) / RATE_HZ + 0.4 + float(chance.exponential(0.8))
    canvas += (chance.standard_normal(len(canvas)) * VOICE_RMS * 0.02).astype(np.float32)
    return Evening(
        f"reading-{seed}", seed, np.clip(canvas, -1.0, 1.0), (), (), np.ones(1, np.float32)
    )
