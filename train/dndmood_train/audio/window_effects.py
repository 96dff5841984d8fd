"""What a game table does to windows of mel power, a whole batch at once and on any device.

Powers of independent sounds add up, so whatever is merely added or filtered happens here, at
every step; what bends a waveform was done before (`augment.COPIES`).
"""

import math
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """Another voice for every window of a batch: its pace and its throat, `(n, 1)` each.

    One warp can be put on spectra of several front ends, which then still say the same.
    """

    fast: NDArray[np.float64]
    """How many times as fast it speaks."""
    begin: NDArray[np.float64]
    """The frame that it begins at."""
    throat: NDArray[np.float64]
    """By what the bands are spread."""
    shift: NDArray[np.float64]
    """By how many bands all of it lies lower."""

    @classmethod
    def drawn(
        cls, count: int, chance: np.random.Generator, odds: float, *, longer: int, frames: int
    ) -> "Warp":
        """Warps that read `frames` out of `longer`; with probability `odds` of another voice.

        Another voice speaks up to 15 % faster or slower, and its throat is up to 12 % shorter or
        longer (a linear warp of the bands, Jaitly and Hinton 2013); all of it lies up to one and
        a half bands higher or lower.
        """
        moved = chance.random((count, 1)) < odds
        fast = np.where(moved, np.exp(chance.uniform(-_TEMPO, _TEMPO, (count, 1))), 1.0)
        throat = np.where(moved, np.exp(chance.uniform(-0.12, 0.12, (count, 1))), 1.0)
        shift = np.where(moved, chance.uniform(-1.5, 1.5, (count, 1)), 0.0)
        slack = longer - 1 - fast * (frames - 1)
        begin = np.floor(chance.random((count, 1)) * np.maximum(slack, 0.0)) + np.minimum(
            slack, 0.0
        )
        return cls(fast, begin, throat, shift)

    def of(
        self, levels: Tensor, frames: int, places: NDArray[np.float64] | None = None
    ) -> Tensor:
        """Levels `(n, longer, bands)` to `(n, frames, bands)`.

        `places` says where these bands lie among those that the warp is counted in, `(bands,)`
        and rising; without it they are those.
        """
        count, longer, bands = levels.shape
        along = (self.begin + self.fast * np.arange(frames)) * (2.0 / (longer - 1)) - 1.0
        if places is None:
            across = self.throat * np.arange(bands) + self.shift
        else:
            read = self.throat * places + self.shift
            across = np.interp(read, places, np.arange(bands))
        across = across * (2.0 / (bands - 1)) - 1.0
        down, right = (
            torch.from_numpy(given.astype(np.float32)).to(levels.device)
            for given in (along, across)
        )
        shape = (count, frames, bands)
        grid = torch.stack(
            [right[:, None].expand(shape), down[:, :, None].expand(shape)], dim=3
        )
        read_there = functional.grid_sample(
            levels[:, None], grid, padding_mode="border", align_corners=True
        )
        return read_there[:, 0]


def places_among(
    hz: NDArray[np.float64], others_hz: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where bands with these centres lie among `others_hz`, in bands; straight on beyond their ends.

    >>> places_among(np.array([50.0, 250.0]), np.array([100.0, 200.0, 300.0])).tolist()
    [-0.5, 1.5]
    """
    last = len(others_hz) - 1
    below = np.clip(np.searchsorted(others_hz, hz, side="right") - 1, 0, last - 1)
    left, right = others_hz[below], others_hz[below + 1]
    return np.asarray(below + (hz - left) / (right - left), np.float64)


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
