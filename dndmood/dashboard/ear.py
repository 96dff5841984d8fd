"""What the microphone hears, as the level meter shows it."""

from dataclasses import dataclass

import numpy as np

from dndmood.decibels import power_db
from dndmood.events import RATE_HZ, AudioChunk

FLOOR_DB = -60.0
"""What the level meter calls silence, in dB below full scale."""
_FALL_DB_S = 30.0  # how fast level and, after its hold, peak sink
_HOLD_S = 1.5


@dataclass(frozen=True, slots=True)
class Ear:
    """What the microphone hears."""

    heard_s: float = 0.0
    """Audio time: seconds of sound since the source was opened."""
    level_db: float = FLOOR_DB
    """Loudness now, in dB below full scale; rises at once, sinks by 30 dB a second."""
    peak_db: float = FLOOR_DB
    """Highest sample of the last 1.5 s, in dB below full scale."""
    peak_s: float = 0.0
    """Audio time of that sample."""
    lost_s: float = 0.0
    """Seconds of sound that never arrived."""


def heard(ear: Ear, chunk: AudioChunk) -> Ear:
    """The ear after `chunk`."""
    samples, end_s = chunk.heard, chunk.end_s
    if not len(samples):
        return ear
    sunk = _FALL_DB_S * max(end_s - ear.heard_s, 0.0)
    power = float(np.dot(samples, samples)) / len(samples)
    level_db = max(min(power_db(power, FLOOR_DB), 0.0), ear.level_db - sunk, FLOOR_DB)
    peak_db, peak_s = min(power_db(float(np.abs(samples).max()) ** 2, FLOOR_DB), 0.0), end_s
    held_db = ear.peak_db - (sunk if end_s - ear.peak_s > _HOLD_S else 0.0)
    if held_db > peak_db:
        peak_db, peak_s = held_db, ear.peak_s
    lost_s = ear.lost_s + max(chunk.start / RATE_HZ - ear.heard_s, 0.0)
    return Ear(end_s, level_db, max(peak_db, FLOOR_DB), peak_s, lost_s)
