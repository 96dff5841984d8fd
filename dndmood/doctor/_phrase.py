"""A phrase that is easily found again, and how it is found in what a microphone heard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dndmood.decibels import amplitude_db
from dndmood.events import RATE_HZ, Samples

LONG_S = 1.8
_NOTES = (0, 7, 12, 16, 19, 14, 21, 24, 28, 26, 31, 36)
"""Half tones above D4: a rising run, no two notes alike, so that no shift of it fits itself."""
_FIRST_HZ = 293.66
_BEATS_S = (0.0, 0.09, 0.20, 0.29, 0.38, 0.51, 0.60, 0.71, 0.79, 0.92, 1.01, 1.13)
_DECAY_S = 0.25
_LEVEL = 0.25
"""Peak: clearly heard, and no fright."""
_BAND_HZ = (200.0, 3_400.0)
"""What even a telephone lets through."""
_CLEAR = 14.0
"""The phrase is there when its peak stands this many times above the rest of the curve."""
_EDGE_S = 0.05
"""The ends are faded: a hum that is cut off would be a click, which has every frequency."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where the phrase was found."""

    at_s: float
    """Where it begins, from the beginning of the sound."""
    level_db: float
    """How much louder (above 0) or softer it was than it was played."""
    clear: float
    """How far its peak stands above the rest of the curve, as a ratio."""


def phrase(rate_hz: int) -> Samples:
    """The phrase at `rate_hz`, shape `(round(1.8 * rate_hz),)`: twelve notes of a harp.

    It begins and ends at zero, and its peak is a quarter of full scale.
    """
    time = np.arange(round(LONG_S * rate_hz)) / rate_hz
    sound = np.zeros(len(time))
    for note, at_s in zip(_NOTES, _BEATS_S, strict=True):
        since_s = np.maximum(time - at_s, 0.0)
        pluck = np.minimum(since_s / 0.004, 1.0) * np.exp(-since_s / _DECAY_S)
        hz = _FIRST_HZ * 2.0 ** (note / 12.0)
        for harmonic in range(1, 9):
            if harmonic * hz < 0.4 * rate_hz:  # else it would come back as another note
                sound += pluck * np.sin(2.0 * np.pi * harmonic * hz * since_s) / harmonic**1.2
    sound *= np.minimum((LONG_S - time) / 0.1, 1.0)
    return np.asarray(_LEVEL * sound / np.abs(sound).max(), dtype=np.float32)


def found(heard: Samples) -> Found | None:
    """Where the phrase is in `heard`, shape `(n,)` at 16 kHz; None when it is not there.

    Both are whitened, so that the sharpest fit counts and neither a hum nor the room's colour
    decides (generalized cross-correlation with phase transform, Knapp and Carter, 1976).
    """
    played = phrase(RATE_HZ).astype(np.float64)
    size = 1 << (len(heard) + len(played)).bit_length()
    mine, theirs = np.fft.rfft(played, size), np.fft.rfft(_faded(heard), size)
    hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    band = (hz > _BAND_HZ[0]) & (hz < _BAND_HZ[1])
    cross = np.where(band, theirs * np.conj(mine), 0.0)
    curve = np.abs(np.fft.irfft(cross / (np.abs(cross) + 1e-12), size))
    curve = curve[: max(0, len(heard) - len(played) // 2)]
    spread = float(np.sqrt(np.square(curve).mean())) if len(curve) else 0.0
    if not spread or (clear := float(curve.max()) / spread) < _CLEAR:
        return None
    at = int(curve.argmax())
    return Found(at / RATE_HZ, _gain_db(heard[at : at + len(played)], played), clear)


def _faded(heard: Samples) -> NDArray[np.float64]:
    frames = min(round(_EDGE_S * RATE_HZ), len(heard) // 2)
    ramp = np.square(np.sin(np.linspace(0.0, np.pi / 2.0, frames)))
    faded = heard.astype(np.float64)
    faded[:frames] *= ramp
    faded[len(faded) - frames :] *= ramp[::-1]
    return faded


def _gain_db(heard: NDArray[np.float32], played: NDArray[np.float64]) -> float:
    """How much louder the phrase's own band is in `heard` than in `played`."""
    hz = np.fft.rfftfreq(len(played), 1.0 / RATE_HZ)
    band = (hz > _BAND_HZ[0]) & (hz < _BAND_HZ[1])
    ours, theirs = np.fft.rfft(played), np.fft.rfft(heard, len(played))
    # What fits the phrase, note by note; noise beside it does not count.
    fitting = np.abs(np.vdot(ours[band], theirs[band])) / np.vdot(ours[band], ours[band]).real
    return amplitude_db(float(fitting), -120.0)
