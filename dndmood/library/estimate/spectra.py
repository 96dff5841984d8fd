"""Frames of spectra, in numpy alone."""

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

RATE_HZ = 22_050
HOP = 512
FRAMES_PER_S = RATE_HZ / HOP
BANDS = 36
LOWEST_HZ, HIGHEST_HZ = 60.0, 10_000.0
_WINDOW = 2048
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Spectra:
    """One stretch of sound, a frame every 23 ms."""

    bands_db: Floats
    """Shape (frames, 36): level in bands of equal width on a logarithmic scale, 60 to 10,000 Hz."""
    level_db: Floats
    """Shape (frames,): mean power of a frame, in dB against the whole stretch."""
    flatness_db: Floats
    """Shape (frames,): geometric against arithmetic mean of the power, 100 to 8,000 Hz."""
    contrast_db: Floats
    """Shape (frames, 6): peaks against valleys in six octaves from 100 Hz."""


def spectra_of(sound: Floats) -> Spectra:
    """The spectra of mono samples at 22,050 Hz, brought to one loudness first.

    Flatness and contrast (Jiang et al., "Music type classification by spectral contrast
    feature", ICME 2002) are taken of every second frame.
    """
    sound = sound / max(1e-6, float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))))
    sound = np.pad(sound.astype(np.float32), (0, max(0, _WINDOW - len(sound))))
    frames = sliding_window_view(sound, _WINDOW)[::HOP]
    parts = [_part(frames[at : at + _AT_ONCE]) for at in range(0, len(frames), _AT_ONCE)]
    return Spectra(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _part(frames: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    power = np.square(np.abs(np.fft.rfft(frames * _hann(), axis=1))).astype(np.float32)
    power /= _WINDOW**2
    bands = _decibels(power @ _band_weights())
    level = _decibels(np.mean(np.square(frames), axis=1))
    half = _decibels(power[::2])
    low, high = _bin(100), _bin(8000)
    mean = _decibels(np.mean(power[::2, low:high], axis=1))
    flatness = np.mean(half[:, low:high], axis=1) - mean
    contrast = np.stack([_contrast(half, octave) for octave in range(6)], axis=1)
    return bands, level, flatness, contrast


def _contrast(decibels: Floats, octave: int) -> Floats:
    ordered = np.sort(decibels[:, _bin(100 * 2**octave) : _bin(200 * 2**octave)], axis=1)
    fifth = max(1, ordered.shape[1] // 5)
    peaks, valleys = ordered[:, -fifth:], ordered[:, :fifth]
    return np.asarray(np.mean(peaks, axis=1) - np.mean(valleys, axis=1), dtype=np.float32)


def _decibels(power: Floats) -> Floats:
    return np.asarray(10 * np.log10(power + 1e-9), dtype=np.float32)


def _bin(hz: float) -> int:
    return round(hz * _WINDOW / RATE_HZ)


@cache
def _hann() -> Floats:
    window: Floats = np.hanning(_WINDOW).astype(np.float32)
    return window


@cache
def band_centres_octaves() -> Floats:
    """The middle of each band, in octaves above 60 Hz."""
    width = np.log2(HIGHEST_HZ / LOWEST_HZ) / BANDS
    return np.asarray((np.arange(BANDS) + 0.5) * width, dtype=np.float32)


@cache
def _band_weights() -> Floats:
    """Triangles on the logarithmic scale, each reaching to its neighbours' middles."""
    hz = np.maximum(1.0, np.arange(_WINDOW // 2 + 1) * RATE_HZ / _WINDOW)
    width = np.log2(HIGHEST_HZ / LOWEST_HZ) / BANDS
    away = np.abs(np.log2(hz / LOWEST_HZ)[:, None] - band_centres_octaves()) / width
    weights = np.maximum(0.0, 1.0 - away)
    # where bands are narrower than the bins of the spectrum, the nearest bin answers
    for band in np.flatnonzero(weights.sum(axis=0) == 0):
        weights[np.argmin(away[:, band]), band] = 1.0
    return np.asarray(weights, dtype=np.float32)
