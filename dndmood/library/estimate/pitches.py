"""Which notes sound when: a coarse transcription, good enough for chords and keys."""

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

RATE_HZ = 22_050
WINDOW, HOP = 8192, 2048
"""By default: long enough to tell semitones apart down to 55 Hz."""
FRAMES_PER_S = RATE_HZ / HOP
FINE_WINDOW, FINE_HOP = 4096, 1024
"""Tells when notes begin more finely, and the lowest notes apart less well."""
LOWEST = 33
"""The MIDI note A1, 55 Hz: below it the partials of one bass note fill the spectrum."""
COUNT = 64
_AT_ONCE = 64
_OVERTONES = ((12, 0.45), (19, 0.35), (24, 0.25), (28, 0.2), (31, 0.15))


@dataclass(frozen=True, slots=True)
class Pitches:
    """How strongly each semitone sounds, a frame every 93 ms."""

    strength: Floats
    """Shape (frames, 64), 0 and more: square root of the power of spectral peaks, less what lower notes explain as overtones; 1 is the strongest of the stretch."""
    cents: float
    """How far the instruments are tuned from 440 Hz, -50 to 50."""

    def chroma(self) -> Floats:
        """Shape (frames, 12): strength by pitch class, C first."""
        folded = np.zeros((len(self.strength), 12), dtype=np.float32)
        for number in range(COUNT):
            folded[:, (LOWEST + number) % 12] += self.strength[:, number]
        return folded


def pitches_of(sound: Floats, *, window: int = WINDOW, hop: int = HOP) -> Pitches:
    """The notes in mono samples at 22,050 Hz; `window` and `hop` in samples."""
    sound = np.pad(sound.astype(np.float32), (0, max(0, window - len(sound))))
    frames = sliding_window_view(sound, window)[::hop]
    found = [_peaks(frames[at : at + _AT_ONCE]) for at in range(0, len(frames), _AT_ONCE)]
    offset = np.cumsum(
        [0, *(min(_AT_ONCE, len(frames) - at * _AT_ONCE) for at in range(len(found)))]
    )
    row = np.concatenate([part[0] + offset[n] for n, part in enumerate(found)])
    note = np.concatenate([part[1] for part in found])
    power = np.concatenate([part[2] for part in found])
    turn = np.exp(2j * np.pi * note) * np.sqrt(power)
    tuning = float(np.angle(np.sum(turn)) / (2 * np.pi)) if len(note) else 0.0
    semitone = np.rint(note - tuning).astype(np.int64) - LOWEST
    inside = (semitone >= 0) & (semitone < COUNT)
    flat = np.bincount(
        row[inside] * COUNT + semitone[inside],
        weights=power[inside],
        minlength=len(frames) * COUNT,
    )
    amplitude = np.sqrt(flat.reshape(-1, COUNT))
    return Pitches(_less_overtones(amplitude), 100 * tuning)


def _peaks(frames: Floats) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Frame, MIDI note with its fraction, and power of every peak that stands out."""
    window = frames.shape[1]
    spectrum = np.abs(np.fft.rfft(frames * _hann(window), axis=1))
    low, high = round(50 * window / RATE_HZ), round(2400 * window / RATE_HZ)
    left, middle, right = (spectrum[:, low + d : high + d] for d in (-1, 0, 1))
    strongest = middle.max(axis=1, keepdims=True)
    tall = (middle > left) & (middle >= right) & (middle > 0.01 * strongest + 1e-9)
    row, column = np.nonzero(tall)
    a, b, c = (np.log(part[row, column] + 1e-12) for part in (left, middle, right))
    shift = 0.5 * (a - c) / np.minimum(-1e-9, a - 2 * b + c)
    hz = (column + low + shift) * RATE_HZ / window
    note = 69 + 12 * np.log2(hz / 440.0)
    return row, note.astype(np.float32), np.square(middle[row, column]).astype(np.float32)


def _less_overtones(amplitude: NDArray[np.float64]) -> Floats:
    explained = np.zeros_like(amplitude)
    for semitones, share in _OVERTONES:
        explained[:, semitones:] += share * amplitude[:, :-semitones]
    left = np.maximum(0.0, amplitude - explained)
    return np.asarray(left / max(1e-9, float(left.max(initial=0.0))), dtype=np.float32)


@cache
def _hann(size: int) -> Floats:
    window: Floats = np.hanning(size).astype(np.float32)
    return window
