"""The front end: raw waveform to a level-free mel spectrogram, by matrix products alone.

A frame of 480 samples is transformed as 20 x 24 (Cooley and Tukey 1965): a fifth of the work
of a plain DFT matrix, a hundredth of its constants, and no operator that a runtime may lack.
"""

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from dndmood.events import RATE_HZ

HOP = 160
"""Samples from frame to frame: 10 ms."""
FRAME = 480
"""Samples of a frame: 30 ms."""
BANDS = 64
LOW_HZ = 40.0
"""Where the lowest band begins, and below, where the highest ends."""
HIGH_HZ = 8000.0
FLOOR = 3e-4
"""Added after levelling: what lies 35 dB below the window's mean power counts as silence."""

_COARSE, _FINE = 20, 24
"""A frame is transformed as this grid."""
_HALF = _COARSE // 2 + 1
_BIN_HZ = RATE_HZ / FRAME


class FrontEnd(nn.Module):
    """What a network hears with: waveform to power, power to a spectrogram free of loudness.

    Powers of independent sounds add up, so noise is put under a voice between the two.
    """

    name: ClassVar[str]
    """Says which spectra lie in a folder; another name would have them all computed again."""
    hop: ClassVar[int]
    """Samples from frame to frame."""
    bands: ClassVar[int]

    def forward(self, waveform: Tensor) -> Tensor:
        """Power `(batch, frames, bands)` of a waveform `(batch, samples)` at 16 kHz."""
        raise NotImplementedError

    def levelled(self, power: Tensor) -> Tensor:
        """What the network reads, `(batch, bands, frames)`; louder power gives the same."""
        raise NotImplementedError

    @property
    def centres(self) -> np.ndarray:
        """Centres of the bands in Hz, rising, shape `(bands,)`."""
        raise NotImplementedError

    @property
    def per_second(self) -> int:
        """How many frames a second has."""
        return RATE_HZ // self.hop


class MelFrontEnd(FrontEnd):
    """Mel power of every 10 ms: waveform `(batch, samples)` to `(batch, frames, 64)`.

    There are `samples // 160 - 2` frames; 480 samples are the least. Nothing here learns, and
    the filter bank is worked out from its edges, so that a graph stays small.
    """

    name, hop, bands = "ears", HOP, BANDS

    window: Tensor
    first: Tensor
    cosine: Tensor
    sine: Tensor
    second: Tensor
    bins_hz: Tensor
    gains: Tensor
    rising: Tensor
    falling: Tensor
    centres_hz: Tensor

    def __init__(self) -> None:
        super().__init__()
        coarse, fine, half = np.arange(_COARSE), np.arange(_FINE), np.arange(_HALF)
        first = np.exp(-2j * np.pi * np.outer(coarse, half) / _COARSE)
        twist = np.exp(-2j * np.pi * np.outer(fine, half) / FRAME)
        second = np.exp(-2j * np.pi * np.outer(fine, fine) / _FINE)
        bins_hz, gains = _bins((half[:, None] + _COARSE * fine[None, :]).ravel())
        centres_hz, rising, falling = _edges()
        for name, constant in (
            ("window", np.hanning(FRAME + 1)[:-1]),
            ("first", np.hstack([first.real, first.imag])),
            ("cosine", twist.real),
            ("sine", twist.imag),
            ("second", np.block([[second.real, second.imag], [-second.imag, second.real]])),
            ("bins_hz", bins_hz[:, None]),
            ("gains", gains[:, None]),
            ("centres_hz", centres_hz),
            ("rising", rising),
            ("falling", falling),
        ):
            tensor = torch.from_numpy(constant.astype(np.float32))
            self.register_buffer(name, tensor, persistent=False)

    @property
    def centres(self) -> np.ndarray:
        """Centres of the bands in Hz."""
        return _edges()[0]

    def bank(self) -> Tensor:
        """Triangular filters with pre-emphasis, shape `(264, 64)`, rows in transform order."""
        away = self.bins_hz - self.centres_hz
        sides = torch.minimum(1.0 + away * self.rising, 1.0 - away * self.falling)
        return sides.clamp_min(0.0) * self.gains

    def forward(self, waveform: Tensor) -> Tensor:
        """Mel power, shape `(batch, frames, 64)`, for a waveform `(batch, samples)`."""
        whole = waveform.shape[1] // HOP * HOP
        blocks = waveform[:, :whole].reshape(waveform.shape[0], -1, HOP)
        frames = torch.cat([blocks[:, :-2], blocks[:, 1:-1], blocks[:, 2:]], dim=2)
        grid = (frames * self.window).reshape(*frames.shape[:2], _COARSE, _FINE).transpose(2, 3)
        real, imaginary = (grid @ self.first).chunk(2, dim=3)
        turned = torch.cat(
            [
                (real * self.cosine - imaginary * self.sine).transpose(2, 3),
                (real * self.sine + imaginary * self.cosine).transpose(2, 3),
            ],
            dim=3,
        )
        squares = (turned @ self.second).square()
        power = squares[..., :_FINE] + squares[..., _FINE:]
        return power.flatten(2) @ self.bank()

    def levelled(self, power: Tensor) -> Tensor:
        """Logarithm of mel power over the window's mean, `(batch, 64, frames)`.

        Loudness drops out, as recordings are levelled differently everywhere; -8.1 is silence.
        """
        mean = power.mean((1, 2), keepdim=True).clamp_min(1e-9)
        return torch.log(power / mean + FLOOR).transpose(1, 2)


def _bins(order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frequency and weight of each transformed bin; pre-emphasis y[t] = x[t] - 0.97 x[t - 1].

    The first and the last row of a real signal's transform say everything twice; the second
    saying weighs nothing.
    """
    mirrored = np.minimum(order, FRAME - order)
    _, firsts = np.unique(mirrored, return_index=True)
    gains = np.zeros(len(order))
    omega = 2.0 * np.pi * mirrored[firsts] / FRAME
    gains[firsts] = np.abs(1.0 - 0.97 * np.exp(-1j * omega)) ** 2
    return mirrored * _BIN_HZ, gains


def _edges() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centres in Hz and slopes per Hz of the bands, on the scale 2595 log10(1 + f / 700).

    No side is narrower than a bin, so that no low band comes out empty.
    """
    bottom, top = (2595.0 * np.log10(1.0 + hz / 700.0) for hz in (LOW_HZ, HIGH_HZ))
    hz = 700.0 * (10.0 ** (np.linspace(bottom, top, BANDS + 2) / 2595.0) - 1.0)
    sides = np.maximum(np.diff(hz), _BIN_HZ)
    return hz[1:-1], 1.0 / sides[:-1], 1.0 / sides[1:]
