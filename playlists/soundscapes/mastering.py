"""Levels and files: every bed at -30 LUFS, every single sound at one size, as Ogg Vorbis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import soundfile

from soundscapes.circle import RATE_HZ, Stereo

BED_LUFS = -30.0
PEAK_DBFS = -8.0
"""What Vorbis adds to a peak is less than the 5 dB that are left to the promised -3."""
SHOT_DBFS = -12.0
"""The peak of a single sound; the player brings it to its loudness."""
_BED_COMPRESSION, _SHOT_COMPRESSION = 0.97, 0.8  # soundfile's scale: 0 best, 1 smallest
_WRITE_FRAMES = 8192  # libsndfile's Vorbis encoder overflows its stack on one long write


def bed(sound: Stereo) -> Stereo:
    """`sound` at the loudness of a bed; the few peaks beyond its ceiling are bent smoothly."""
    sound = sound - sound.mean(axis=0)
    meter = pyloudnorm.Meter(RATE_HZ)
    for _ in range(3):
        sound = sound * 10 ** ((BED_LUFS - meter.integrated_loudness(sound)) / 20)
        sound = _bent(sound, 10 ** (PEAK_DBFS / 20))
    return sound


def shot(sound: Stereo) -> Stereo:
    """`sound` at the size of a single sound, silent at both ends."""
    return sound / np.abs(sound).max() * 10 ** (SHOT_DBFS / 20)


def write(path: Path, sound: Stereo, *, title: str, place: str, single: bool) -> None:
    """Write Ogg Vorbis with its tags."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with soundfile.SoundFile(
        path,
        "w",
        RATE_HZ,
        2,
        format="OGG",
        subtype="VORBIS",
        compression_level=_SHOT_COMPRESSION if single else _BED_COMPRESSION,
    ) as file:
        file.title = title
        file.artist = "dndmood"
        file.album = "dndmood ambience"
        file.genre = place
        file.license = "CC0 1.0 Universal"
        for start in range(0, len(sound), _WRITE_FRAMES):
            file.write(sound[start : start + _WRITE_FRAMES])


def _bent(sound: Stereo, ceiling: float) -> Stereo:
    """As it is up to half the ceiling, and from there softly up to it: no corner, no clip."""
    knee = 0.5 * ceiling
    size = np.abs(sound)
    over = knee + (ceiling - knee) * np.tanh((size - knee) / (ceiling - knee))
    return np.where(size <= knee, sound, np.sign(sound) * over)
