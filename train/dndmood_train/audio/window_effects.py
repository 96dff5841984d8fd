"""What a game table does to windows of mel power, a whole batch at once and on any device.

Powers of independent sounds add up, so whatever is merely added or filtered happens here, at
every step; what bends a waveform was done before (`augment.COPIES`).
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

_TEMPO = 0.15
"""Logarithm of how much faster or slower another voice speaks at most."""
FASTEST = math.exp(_TEMPO)
"""So many times as long a stretch as comes out must be given where voices change."""
_DECAY_DB = 60.0
"""What a reverberation time is counted to, ISO 3382."""


def rows(numbers: NDArray[np.float64], like: Tensor) -> Tensor:
    """One number for each window, `(n, 1, 1)`, to multiply `like` by."""
    given = torch.from_numpy(np.asarray(numbers, np.float32)).to(like.device)
    return given[:, None, None]


def under(
    voices: Tensor, noises: Tensor, snr_db: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> Tensor:
    """Voices `(n, frames, bands)` with noises of the same shape under the `chosen`, `snr_db` quieter over the whole window."""
    share = rows(np.where(chosen, 10.0 ** (-snr_db / 10.0), 0.0), voices)
    loudness = _mean(voices) / _mean(noises).clamp_min(1e-12)
    return voices + share * loudness * noises


def hissing(voices: Tensor, chance: np.random.Generator, odds: float) -> Tensor:
    """With probability `odds` with a steady hiss in all bands, 15 to 35 dB below the voice."""
    level = 10.0 ** (-chance.uniform(15, 35, len(voices)) / 10.0)
    level *= chance.random(len(voices)) < odds
    return voices + rows(level, voices) * _mean(voices)


def coloured(voices: Tensor, chance: np.random.Generator, odds: float) -> Tensor:
    """With probability `odds` through a microphone with a tilt and a wave in its response."""
    count, bands = len(voices), np.linspace(-1.0, 1.0, voices.shape[2])
    tilt = chance.uniform(-1, 1, (count, 1)) * bands
    waves, phases = chance.uniform(1, 6, (count, 1)), chance.uniform(0, 6, (count, 1))
    wave = 0.5 * chance.standard_normal((count, 1)) * np.cos(bands * waves + phases)
    gain = np.exp(0.9 * (tilt + wave) * (chance.random((count, 1)) < odds))
    return voices * torch.from_numpy(gain.astype(np.float32)).to(voices.device)[:, None]


def echoing(
    voices: Tensor, chance: np.random.Generator, odds: float, *, per_second: int
) -> Tensor:
    """With probability `odds` from further away in a room that answers for 0.2 to 1.0 s.

    What is heard of a room behind the first sound is taken for noise that dies away
    exponentially (Polack 1988), sooner in the highest bands; its power is the voice's, smeared
    over time, 10 dB below to 6 dB above the direct sound.
    """
    (chosen,) = np.nonzero(chance.random(len(voices)) < odds)
    if not len(chosen):
        return voices
    count, frames = len(chosen), voices.shape[1]
    time_s = chance.uniform(0.2, 1.0, (count, 1)) * np.linspace(1.15, 0.6, voices.shape[2])
    over = 10.0 ** (chance.uniform(-10, 6, count) / 10.0)
    place = torch.from_numpy(chosen).to(voices.device)
    moments = torch.arange(1, frames + 1, device=voices.device)[None, :, None] / per_second
    rate = torch.from_numpy((np.log(10.0) * _DECAY_DB / 10 / time_s).astype(np.float32))
    tail = torch.exp(-moments * rate.to(voices.device)[:, None])
    tail = tail / tail.sum(1, keepdim=True)
    dry = voices[place]
    length = 2 * frames
    smeared = torch.fft.irfft(
        torch.fft.rfft(dry, length, dim=1) * torch.fft.rfft(tail, length, dim=1), length, dim=1
    )
    late = functional.pad(smeared[:, : frames - 1], (0, 0, 1, 0)).clamp_min(0.0)
    return voices.index_copy(0, place, dry + rows(over, voices) * late)


def warped(levels: Tensor, chance: np.random.Generator, odds: float, *, frames: int) -> Tensor:
    """Levels `(n, longer, bands)` to `(n, frames, bands)`, with probability `odds` of another voice.

    `longer` is at least `FASTEST * frames`.

    Another voice speaks up to 15 % faster or slower, and its throat is up to 12 % shorter or
    longer (a linear warp of the bands, Jaitly and Hinton 2013); all of it lies up to one and a
    half bands higher or lower.
    """
    count, longer, bands = levels.shape
    moved = chance.random((count, 1)) < odds
    fast = np.where(moved, np.exp(chance.uniform(-_TEMPO, _TEMPO, (count, 1))), 1.0)
    throat = np.where(moved, np.exp(chance.uniform(-0.12, 0.12, (count, 1))), 1.0)
    shift = np.where(moved, chance.uniform(-1.5, 1.5, (count, 1)), 0.0)
    slack = longer - 1 - fast * (frames - 1)
    begin = np.floor(chance.random((count, 1)) * np.maximum(slack, 0.0)) + np.minimum(
        slack, 0.0
    )
    along = (begin + fast * np.arange(frames)) * (2.0 / (longer - 1)) - 1.0
    across = (throat * np.arange(bands) + shift) * (2.0 / (bands - 1)) - 1.0
    down, right = (
        torch.from_numpy(places.astype(np.float32)).to(levels.device)
        for places in (along, across)
    )
    shape = (count, frames, bands)
    grid = torch.stack([right[:, None].expand(shape), down[:, :, None].expand(shape)], dim=3)
    read = functional.grid_sample(
        levels[:, None],
        grid,
        padding_mode="border",
        align_corners=True,
    )
    return read[:, 0]


def masked(mel: Tensor, chance: np.random.Generator, *, moment: int = 25) -> Tensor:
    """A batch `(n, bands, frames)` with bands, moments and pitch disturbed.

    SpecAugment, arXiv 1904.08779: one stripe of bands and one of less than `moment` frames
    each; and half of the windows are moved by up to two of 64 bands, as if the throat were
    shorter or longer.
    """
    count, bands, frames = mel.shape
    tallest, furthest = round(bands * 10 / 64), round(bands * 2 / 64)
    low = _stripes(chance, count, bands, tallest)
    early = _stripes(chance, count, frames, min(moment, frames // 2))
    hidden = torch.from_numpy(low).to(mel.device)[:, :, None]
    hidden = hidden | torch.from_numpy(early).to(mel.device)[:, None, :]
    after = torch.where(hidden, mel.mean((1, 2), keepdim=True), mel)
    steps = chance.integers(-furthest, furthest + 1, count) * (chance.random(count) < 0.5)  # noqa: PLR2004 - one in two
    turned = (np.arange(bands)[None] - steps[:, None]) % bands
    index = torch.from_numpy(turned).to(mel.device)[:, :, None]
    return after.gather(1, index.expand_as(after))


def _stripes(
    chance: np.random.Generator, count: int, length: int, widest: int
) -> NDArray[np.bool_]:
    """Which of `length` places each window loses, `(count, length)`, seven windows in ten."""
    width = chance.integers(0, widest, (count, 1)) * (chance.random((count, 1)) < 0.7)  # noqa: PLR2004 - seven in ten
    start = np.floor(chance.random((count, 1)) * (length - width))
    places = np.arange(length)[None]
    return np.asarray((places >= start) & (places < start + width))


def _mean(power: Tensor) -> Tensor:
    return power.mean((1, 2), keepdim=True)
