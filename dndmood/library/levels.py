"""Levels of a whole track while it passes by: loudness, peak, silence at its ends, its loudest part."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.decibels import amplitude_db

_CHUNK_S = 0.1
"""Step of the loudness blocks: 400 ms, three quarters shared (ITU-R BS.1770-4)."""
_BLOCK = 4
_AHEAD_S = 0.5
"""So much before a piece is filtered again, until the filter has forgotten its start."""
_SILENT_LUFS = -60.0
_SILENT_BELOW_LU = 40.0
"""So far below the track's loudness nobody hears it either."""
LOUDEST_S = 15.0
"""Length of the part that stands for a track."""

# K weighting at 48 kHz: a high shelf for the head, then a high pass (BS.1770-4, tables 1 and 2).
_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))


class Levels:
    """Takes stereo sound piece by piece; holds 80 bytes for each second of it."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._chunk = max(1, round(_CHUNK_S * rate_hz))
        self._ahead = np.zeros((round(_AHEAD_S * rate_hz), 2), dtype=np.float32)
        self._left = np.zeros((0, 2), dtype=np.float32)
        self._powers: list[NDArray[np.float64]] = []
        self._peak = 0.0
        self._oversampler: Any = None

    def take(self, sound: NDArray[np.float32]) -> None:
        """The next stereo frames, shape `(n, 2)`."""
        self._peak = max(self._peak, self._between(sound))
        waiting = np.concatenate([self._left, sound])
        whole = len(waiting) // self._chunk * self._chunk
        now, self._left = waiting[:whole], waiting[whole:].copy()
        if not whole:
            return
        heard = np.concatenate([self._ahead, now])
        weighted = _k_weighted(heard, self._rate_hz)[len(self._ahead) :]
        chunks = np.square(weighted, dtype=np.float64).sum(axis=1).reshape(-1, self._chunk)
        self._powers.append(chunks.mean(axis=1))
        self._ahead = heard[-len(self._ahead) :].copy()

    def peak_dbtp(self) -> float:
        """True peak so far, in dB relative to full scale; -120 for digital silence."""
        return amplitude_db(self._peak, -120.0) if self._peak > 0 else -120.0

    def lufs(self) -> float:
        """Integrated loudness so far; -inf for silence."""
        blocks = _blocks(self._chunks())
        loud = blocks[_lufs(blocks) > -70.0]  # noqa: PLR2004 - the standard's absolute gate
        if not len(loud):
            return -math.inf
        loud = loud[_lufs(loud) > _lufs(loud.mean()) - 10.0]
        return float(_lufs(loud.mean()))

    def silence_s(self) -> tuple[float, float]:
        """How much silence the sound begins and ends with; all of it at both when it is all silent."""
        levels = _lufs(self._chunks())
        heard = np.flatnonzero(levels > max(_SILENT_LUFS, self.lufs() - _SILENT_BELOW_LU))
        whole = len(levels) * _CHUNK_S
        if not len(heard):
            return whole, whole
        return float(heard[0]) * _CHUNK_S, float(len(levels) - 1 - heard[-1]) * _CHUNK_S

    def loudest_s(self) -> float:
        """Where the loudest 15 s begin."""
        chunks = self._chunks()
        width = round(LOUDEST_S / _CHUNK_S)
        if len(chunks) <= width:
            return 0.0
        total = np.concatenate([[0.0], np.cumsum(chunks)])
        return float(np.argmax(total[width:] - total[:-width])) * _CHUNK_S

    def _chunks(self) -> NDArray[np.float64]:
        return np.concatenate(self._powers) if self._powers else np.zeros(0)

    def _between(self, sound: NDArray[np.float32]) -> float:
        """The largest value of the sound four times as fine, as BS.1770-4, annex 2, has it."""
        import soxr

        if self._oversampler is None:
            rate = self._rate_hz
            self._oversampler = soxr.ResampleStream(rate, 4 * rate, 2, quality="HQ")
        fine = self._oversampler.resample_chunk(sound)
        return max(float(np.abs(sound).max(initial=0.0)), float(np.abs(fine).max(initial=0.0)))


def _blocks(chunks: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(chunks) < _BLOCK:
        return chunks.mean(keepdims=True) if len(chunks) else chunks
    total = np.concatenate([[0.0], np.cumsum(chunks)])
    return np.maximum(0.0, total[_BLOCK:] - total[:-_BLOCK]) / _BLOCK


def _k_weighted(sound: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    size = 1 << (len(sound) + rate_hz // 2 - 1).bit_length()
    spectrum = np.fft.rfft(sound, size, axis=0)
    hz = np.fft.rfftfreq(size, 1 / rate_hz)
    weighted = np.fft.irfft(spectrum * _k_response(hz)[:, None], size, axis=0)
    return np.asarray(weighted[: len(sound)], dtype=np.float32)


def _k_response(hz: NDArray[np.float64]) -> NDArray[np.complex128]:
    z = np.exp(-2j * np.pi * np.minimum(hz, 24_000.0) / 48_000.0)
    response = np.ones_like(z)
    for (b0, b1, b2), (a1, a2) in (_SHELF, _PASS):
        response *= (b0 + b1 * z + b2 * z**2) / (1.0 + a1 * z + a2 * z**2)
    return response


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10.0 * np.log10(np.maximum(power, 1e-20)))
