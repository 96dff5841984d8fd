"""Invented music to learn with: chords, a bass, a melody and a drum, never the same twice.

A student must know that music is no voice, and hear a voice above it. Measuring uses recordings
and the music of `noises` instead.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ

_SCALES = (
    # Major, minor, double harmonic and Dorian, in semitones above the root.
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 1, 4, 5, 7, 8, 11),
    (0, 2, 3, 5, 7, 9, 10),
)
_INSTRUMENTS = ("pluck", "string", "flute", "clarinet")
Sound = NDArray[np.float64]


def piece(chance: np.random.Generator, *, seconds: int = 10) -> NDArray[np.float32]:
    """Music of `seconds` in a room, 16 kHz, peak 1, shape `(n,)`."""
    canvas = np.zeros((seconds + 4) * RATE_HZ)
    beat_s = 60.0 / chance.uniform(50, 160)
    root, scale = int(chance.integers(36, 60)), _SCALES[int(chance.integers(len(_SCALES)))]
    chords, bass, tune = chance.choice(_INSTRUMENTS, 3)

    def hz(degree: int) -> float:
        octave, step = divmod(degree, len(scale))
        return float(440.0 * 2.0 ** ((root + 12 * octave + scale[step] - 69) / 12.0))

    for start_s in np.arange(0.0, seconds, 4 * beat_s):
        degree = int(chance.integers(0, 7))
        if chance.random() < 0.8:  # noqa: PLR2004 - most bars have a chord
            for third in (0, 2, 4):
                _put(
                    canvas, _note(hz(degree + third), 4 * beat_s, chords, chance), start_s, 0.3
                )
        if chance.random() < 0.7:  # noqa: PLR2004 - and a bass
            _put(canvas, _note(hz(degree) / 2, 4 * beat_s, bass, chance), start_s, 0.5)
    if chance.random() < 0.8:  # noqa: PLR2004 - and most pieces a melody
        _melody(canvas, seconds, beat_s, hz, tune, chance)
    if chance.random() < 0.5:  # noqa: PLR2004 - half of them a drum
        _drum(canvas, seconds, beat_s, chance)
    return _in_a_room(canvas[: seconds * RATE_HZ], chance)


def _note(hz: float, duration_s: float, instrument: str, chance: np.random.Generator) -> Sound:
    time = np.arange(int(duration_s * RATE_HZ)) / RATE_HZ
    tremble = 0.0 if instrument == "pluck" else 0.004
    cycles = hz * (1.0 + tremble * np.sin(2 * np.pi * chance.uniform(4.5, 6.5) * time))
    phase = 2 * np.pi * np.cumsum(cycles) / RATE_HZ
    sound = np.zeros(len(time))
    for harmonic in range(1, min(14, int(7600 // hz)) + 1):
        level = chance.uniform(0.4, 1.0) / harmonic ** chance.uniform(0.8, 1.8)
        if instrument == "flute":
            level = 1.0 if harmonic == 1 else 0.25 / harmonic**2
        if instrument == "clarinet" and harmonic % 2 == 0:
            level *= 0.1
        fading = chance.uniform(0.6, 1.5) * harmonic if instrument == "pluck" else 0.0
        sound += (
            level * np.sin(harmonic * phase + chance.uniform(0, 6)) * np.exp(-time * fading)
        )
    if instrument == "pluck":
        return np.asarray(sound * np.exp(-time * chance.uniform(1.5, 5)))
    swell = np.minimum(1.0, time / chance.uniform(0.03, 0.3))
    return np.asarray(sound * swell * np.minimum(1.0, (duration_s - time) / 0.1))


def _melody(
    canvas: Sound,
    seconds: int,
    beat_s: float,
    hz: Callable[[int], float],
    instrument: str,
    chance: np.random.Generator,
) -> None:
    start_s, degree = 0.0, 7
    while start_s < seconds:
        duration_s = beat_s * float(chance.choice([0.5, 1.0, 1.0, 2.0]))
        degree = int(np.clip(degree + chance.integers(-3, 4), 3, 18))
        _put(canvas, _note(hz(degree), 1.1 * duration_s, instrument, chance), start_s, 0.5)
        start_s += duration_s


def _drum(canvas: Sound, seconds: int, beat_s: float, chance: np.random.Generator) -> None:
    time = np.arange(RATE_HZ // 4) / RATE_HZ
    sweep = 50.0 * time + 8.0 * (1.0 - np.exp(-30.0 * time))
    for start_s in np.arange(0.0, seconds, beat_s):
        _put(canvas, np.sin(2 * np.pi * sweep) * np.exp(-12.0 * time), start_s, 0.9)
        rattle = chance.standard_normal(len(time)) * np.exp(-time * chance.uniform(20, 60))
        _put(canvas, rattle, start_s + beat_s / 2, 0.25)


def _put(canvas: Sound, sound: Sound, start_s: float, gain: float) -> None:
    start = int(start_s * RATE_HZ)
    end = min(len(canvas), start + len(sound))
    canvas[start:end] += gain * sound[: end - start]


def _in_a_room(sound: Sound, chance: np.random.Generator) -> NDArray[np.float32]:
    from scipy.signal import fftconvolve

    length = int(0.6 * RATE_HZ)
    response = chance.standard_normal(length) * np.exp(-8.0 * np.arange(length) / RATE_HZ)
    loud = sound / max(float(np.abs(sound).max()), 1e-9)
    wet = loud + chance.uniform(0, 0.05) * fftconvolve(loud, response)[: len(loud)]
    return np.asarray(wet / max(float(np.abs(wet).max()), 1e-9), np.float32)
