"""How loud a track is, by ITU-R BS.1770-4, and the gain that brings it to the common loudness."""

import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dndmood.decibels import amplitude_db, amplitude_of
from dndmood.players._fold_down import stereo
from dndmood.sound_files import Sound, open_sound, printable

TARGET_LUFS = -18.0
"""The loudness every track is brought to (ReplayGain 2.0's reference)."""
OGG = frozenset({".ogg", ".oga", ".opus"})
"""Files whose channels come in the order of Vorbis."""
_PEAK_DB = -1.0
_MOST_DB = 15.0
"""A track is lifted by so much at most; it is also held back by so much at most for its peaks,
beyond that the mixer's limiter takes them."""
UNHEARD = amplitude_of(-70.0)
"""Samples below this are silence to everybody."""
_BLOCK_S = 0.4
_STRETCH_S = 3.2
_STRETCHES = 24
"""A long track is judged by so many stretches spread evenly over it: 77 s in all, within 0.2 LU
of three minutes on our own music. What is louder between them meets the mixer's limiter."""
_THINNED_S = 600.0
_TURN_S = 0.01
"""Pause after each stretch: who plays and who draws must not wait for who measures."""
_REMEMBERED = 512

# K weighting at 48 kHz: a high shelf for the head, then a high pass (BS.1770-4, tables 1 and 2).
_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))


class Loudness(NamedTuple):
    """How loud a track is as it is heard, on two sides."""

    lufs: float
    """Integrated loudness; -inf for silence."""
    peak: float
    """Largest sample, 1 at full scale."""

    def silent(self) -> bool:
        """True when nobody would hear anything."""
        return self.peak < UNHEARD

    def gain_db(self) -> float:
        """To -18 LUFS, the peak no higher than -1 dBFS where that costs less than 15 dB."""
        if not math.isfinite(self.lufs):
            return 0.0
        wanted = min(TARGET_LUFS - self.lufs, _MOST_DB)
        if self.peak <= 0.0:
            return wanted
        return max(
            min(wanted, _PEAK_DB - amplitude_db(self.peak, -math.inf)), wanted - _MOST_DB
        )


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """Nobody wants to know any more."""


_known: dict[tuple[str, int, int], Loudness] = {}


def gain_db(path: str) -> float:
    """The gain that the file `path` is played with; raises `UserError` as `open_sound` does."""
    return loudness(path).gain_db()


def loudness(path: str, *, stopped: Callable[[], bool] = lambda: False) -> Loudness:
    """How loud the file `path` is; remembered until the file changes.

    Raises `UserError` as `open_sound` does, and `Stopped` when `stopped` says so meanwhile.
    """
    try:
        about = os.stat(path)  # noqa: PTH116 - a path object would not take all bytes
        key = path, about.st_mtime_ns, about.st_size
    except (OSError, ValueError):
        key = path, 0, 0  # opening it says why
    if key not in _known:
        measured = Loudness(*_measured(path, stopped))
        if len(_known) >= _REMEMBERED:
            _known.clear()
        _known[key] = measured
    return _known[key]


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


def _measured(path: str, stopped: Callable[[], bool] = lambda: False) -> tuple[float, float]:
    """Loudness in LUFS and sample peak (0 to 1) of the file as it is heard."""
    powers, peak = [np.zeros(0)], 0.0
    with open_sound(path, called=printable(Path(path).name)) as sound:
        for stretch in _stretches(sound):
            if stopped():
                raise Stopped
            block = stereo(stretch, ogg=Path(path).suffix.lower() in OGG)
            powers.append(block_powers(block, sound.rate_hz))
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            time.sleep(_TURN_S)
    return integrated_lufs(np.concatenate(powers)), peak


def _stretches(sound: Sound) -> Iterator[NDArray[np.float32]]:
    """Parts of `sound` spread evenly over it; all of it when it is short."""
    size = round(_STRETCH_S * sound.rate_hz)
    if sound.frames is None:
        yield from _thinned(sound, size)
        return
    count = min(_STRETCHES, math.ceil(sound.frames / size))
    # The last stretch ends with the file; spread the others evenly before it.
    for start in np.linspace(0, max(0, sound.frames - size), count).astype(int).tolist():
        if start:
            sound.jump(start)
        yield sound.read(size)


def _thinned(sound: Sound, size: int) -> Iterator[NDArray[np.float32]]:
    """Stretches of the first minutes of a file that does not say how long it is: fewer later on.

    Such a file can only be decoded from its beginning on, and music waits for this.
    """
    every, given = 1, 0
    for number in range(round(_THINNED_S / _STRETCH_S)):
        block = sound.read(size)
        if not len(block):
            return
        if number % every == 0:
            yield block
            given += 1
            every = 1 + given // _STRETCHES


def _k_weight(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power response of the K filter, shape as `frequency_hz`."""
    z = np.exp(-2j * np.pi * np.minimum(frequency_hz, 24_000.0) / 48_000.0)
    response = np.ones_like(z)
    for (b0, b1, b2), (a1, a2) in (_SHELF, _PASS):
        response *= (b0 + b1 * z + b2 * z**2) / (1.0 + a1 * z + a2 * z**2)
    return np.abs(response) ** 2


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return -0.691 + 10.0 * np.log10(np.maximum(power, 1e-20))
