"""How loud a track is, by ITU-R BS.1770-4, and the gain that brings it to the common loudness."""

import math
import time
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TARGET_LUFS = -18.0
"""The loudness every track is brought to (ReplayGain 2.0's reference)."""
_PEAK_DB = -1.0
_MOST_DB = 15.0
_BLOCK_S = 0.4
_STRETCH_S = 3.2
_STRETCHES = 24
"""A long track is judged by so many stretches spread evenly over it: 77 s in all, within 0.2 LU
of three minutes on our own music."""
_TURN_S = 0.01
"""Pause after each stretch: who plays and who draws must not wait for who measures."""

# K weighting at 48 kHz: a high shelf for the head, then a high pass (BS.1770-4, tables 1 and 2).
_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))


@lru_cache(maxsize=512)
def gain_db(path: str) -> float:
    """The gain for the file `path`: to -18 LUFS, its peak no higher than -1 dBFS, within 15 dB."""
    lufs, peak = _measured(path)
    if not math.isfinite(lufs):
        return 0.0
    wanted = TARGET_LUFS - lufs
    if peak > 0.0:
        wanted = min(wanted, _PEAK_DB - 20.0 * math.log10(peak))
    return max(-2.0 * _MOST_DB, min(wanted, _MOST_DB))


def integrated_lufs(blocks: NDArray[np.float64]) -> float:
    """Gated loudness of K-weighted block powers, shape `(blocks,)`; -inf for silence.

    BS.1770-4: blocks below -70 LUFS fall out, then those 10 LU under the mean of the rest.
    """
    loud = blocks[_lufs(blocks) > -70.0]  # noqa: PLR2004 - the standard's absolute gate
    if not len(loud):
        return -math.inf
    loud = loud[_lufs(loud) > _lufs(loud.mean()) - 10.0]
    return float(_lufs(loud.mean()))


def block_powers(sound: NDArray[np.float32], rate_hz: int) -> NDArray[np.float64]:
    """K-weighted power of every 400 ms block (half overlapping) of `sound`, `(frames, channels)`.

    The filter is applied to the spectrum of each block, which needs no running filter state:
    blocks from anywhere in a file can be judged alone. A Hann window keeps rumble below the
    high pass from leaking over it.
    """
    size = round(_BLOCK_S * rate_hz)
    starts = range(0, len(sound) - size + 1, size // 2)
    weight = _k_weight(np.arange(size // 2 + 1, dtype=np.float64) * (rate_hz / size))
    weight[1:] *= 2.0  # the negative frequencies
    window = np.hanning(size).astype(np.float32)[:, np.newaxis]
    powers = [
        float(
            (np.abs(np.fft.rfft(sound[start : start + size] * window, axis=0)) ** 2).sum(axis=1)
            @ weight
        )
        for start in starts
    ]
    return np.array(powers, dtype=np.float64) / (size**2 * float((window**2).mean()))


def _measured(path: str) -> tuple[float, float]:
    """Loudness in LUFS and sample peak (0 to 1) of the file."""
    import soundfile

    powers, peak = [np.zeros(0)], 0.0
    with soundfile.SoundFile(path) as sound:
        stretch = round(_STRETCH_S * sound.samplerate)
        count = min(_STRETCHES, math.ceil(sound.frames / stretch))
        # The last stretch ends with the file; spread the others evenly before it.
        starts = np.linspace(0, max(0, sound.frames - stretch), count).astype(int)
        for start in starts:
            sound.seek(start)
            block = sound.read(stretch, dtype="float32", always_2d=True)[:, :2]
            powers.append(block_powers(block, sound.samplerate))
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            time.sleep(_TURN_S)
    return integrated_lufs(np.concatenate(powers)), peak


def _k_weight(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power response of the K filter, shape as `frequency_hz`."""
    z = np.exp(-2j * np.pi * np.minimum(frequency_hz, 24_000.0) / 48_000.0)
    response = np.ones_like(z)
    for (b0, b1, b2), (a1, a2) in (_SHELF, _PASS):
        response *= (b0 + b1 * z + b2 * z**2) / (1.0 + a1 * z + a2 * z**2)
    return np.abs(response) ** 2


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return -0.691 + 10.0 * np.log10(np.maximum(power, 1e-20))
