"""A stretch of sound whose end runs into its beginning, and what may be laid onto it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Mono: TypeAlias = NDArray[np.float64]
"""Sound of shape `(n,)`."""
Stereo: TypeAlias = NDArray[np.float64]
"""Sound of shape `(n, 2)`."""
Spectrum: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Frequencies in Hz to the amplitude of each."""

RATE_HZ = 48_000
LENGTH_S = 72.0
"""Length of every bed."""
_POINTS_HZ = 250
"""So many points a second hold a gain that wanders."""


class Circle:
    """One bed in the making; all that is laid onto it goes on at its beginning past its end."""

    def __init__(self, name: str, length_s: float = LENGTH_S, rate_hz: int = RATE_HZ) -> None:
        self.rng = np.random.default_rng(zlib.crc32(name.encode()))
        """All chance comes from here, so the same name gives the same sound."""
        self.length_s = length_s
        self.rate_hz = rate_hz
        self.frames = round(length_s * rate_hz)
        self.dry = np.zeros((self.frames, 2))
        self.wet = np.zeros((self.frames, 2))
        """What the room gets to hear."""

    def lay(
        self, sound: Mono, at_s: float, level: float, *, pan: float = 0.0, far: float = 0.3
    ) -> None:
        """Put `sound` at `at_s`: `pan` from -1 (left) to 1, `far` from 0 (here) to 1 (room only)."""
        sides = np.sqrt(np.array([0.5 - 0.5 * pan, 0.5 + 0.5 * pan]))
        heard = level * sound[:, np.newaxis] * sides
        places = (round(at_s * RATE_HZ) + np.arange(len(sound))) % self.frames
        self.dry[places] += (1.0 - far) * heard
        self.wet[places] += far * heard

    def noise(self, spectrum: Spectrum, *, width: float = 0.8) -> Stereo:
        """Noise of one standard deviation; `width` 0 is the same on both sides, 1 two others."""
        hz = fft.rfftfreq(self.frames, 1.0 / self.rate_hz).astype(np.float32)
        # Nothing below 25 Hz: it moves cones and is not heard.
        half = np.where(hz > 25.0, spectrum(np.maximum(hz, 1.0)), 0.0).astype(np.float32)
        size = np.concatenate((half, half[1 : self.frames - len(half) + 1][::-1]))
        parts = self.rng.standard_normal((2, self.frames), dtype=np.float32)
        # Of one complex transform the real part is one noise and the imaginary part another.
        both = fft.ifft(size * (parts[0] + 1j * parts[1]))
        middle, side = both.real / both.real.std(), both.imag / both.imag.std()
        near, apart = np.sqrt(1.0 - 0.5 * width), np.sqrt(0.5 * width)
        sound = np.stack((near * middle + apart * side, near * middle - apart * side), axis=1)
        return np.asarray(sound, dtype=float)

    def slow(self, fastest_hz: float, *, slowest_hz: float = 0.0) -> Mono:
        """A gain from 0 to 1 that wanders, no faster than `fastest_hz`."""
        points = round(self.length_s * _POINTS_HZ)
        hz = fft.rfftfreq(points, 1.0 / _POINTS_HZ)
        slowest = max(slowest_hz, 0.5 / self.length_s)
        inside = np.flatnonzero((hz >= slowest) & (hz <= fastest_hz))
        values = np.zeros(len(hz), dtype=complex)
        values[inside] = self.rng.normal(size=(len(inside), 2)) @ (1.0, 1.0j)
        wave = fft.irfft(values, points)
        round_s = np.append(0.5 + 0.5 * np.tanh(1.2 * wave / wave.std()), 0.0)
        round_s[-1] = round_s[0]
        places = np.arange(self.frames) * (_POINTS_HZ / self.rate_hz)
        return np.interp(places, np.arange(points + 1), round_s)

    def times(self, per_minute: float, *, least_s: float = 0.0) -> list[float]:
        """Moments by chance, so many a minute, at least `least_s` apart."""
        count = max(1, round(per_minute * self.length_s / 60.0))
        room_s = self.length_s - count * least_s
        at_s = np.sort(self.rng.uniform(0.0, max(room_s, 0.0), count))
        return [float(t + least_s * n) for n, t in enumerate(at_s)]

    def any(self, least: float, most: float) -> float:
        """A number between these two."""
        return float(self.rng.uniform(least, most))


def in_room(sound: Stereo, decay_s: float, *, dark_hz: float, seed: int) -> Stereo:
    """What the room answers to `sound`, on its circle: noise that dies, sooner above `dark_hz`."""
    rng = np.random.default_rng(seed)
    length = round(1.2 * decay_s * RATE_HZ)
    time_s = np.arange(length) / RATE_HZ
    hz = fft.rfftfreq(length, 1.0 / RATE_HZ)
    answer = np.zeros((length, 2))
    for low, high, share in (
        (60, 400, 1.0),
        (400, 1500, 0.9),
        (1500, 5000, 0.6),
        (5000, 12000, 0.35),
    ):
        band = (hz >= low) & (hz < high)
        noise = fft.irfft(
            band[:, np.newaxis] * fft.rfft(rng.normal(size=(length, 2)), axis=0), length, axis=0
        )
        dull = 1.0 / (1.0 + (0.5 * (low + high) / dark_hz) ** 2)
        answer += dull * noise * (10.0 ** (-3.0 * time_s / (decay_s * share)))[:, np.newaxis]
    answer *= np.clip((time_s - 0.008) / 0.02, 0.0, 1.0)[:, np.newaxis]
    answer /= np.sqrt(np.sum(answer**2, axis=0))
    frames = len(sound)
    folded = np.zeros((frames, 2))
    for start in range(0, length, frames):
        piece = answer[start : start + frames]
        folded[: len(piece)] += piece
    heard = [
        fft.irfft(
            fft.rfft(sound[:, side].astype(np.float32))
            * fft.rfft(folded[:, side].astype(np.float32)),
            frames,
        )
        for side in (0, 1)
    ]
    return np.stack(heard, axis=1).astype(float)


def band(low_hz: float, high_hz: float, *, steep: float = 2.0) -> Spectrum:
    """Flat between the two, falling off outside by 6 dB an octave times `steep`."""
    return lambda hz: (
        1.0
        / np.sqrt((1.0 + (low_hz / hz) ** (2 * steep)) * (1.0 + (hz / high_hz) ** (2 * steep)))
    )


def falling(corner_hz: float, db_per_octave: float) -> Spectrum:
    """Flat up to a corner, then falling."""
    power = db_per_octave / 6.0206
    return lambda hz: 1.0 / np.sqrt(1.0 + (hz / corner_hz) ** (2.0 * power))
