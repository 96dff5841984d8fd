"""Mel filter banks and spectrograms as each published network was trained on them."""

from functools import cache
from typing import Literal

import numpy as np
import torch
from torch import Tensor

Scale = Literal["slaney", "kaldi"]

_KNEE_HZ, _KNEE_MEL = 1000.0, 15.0
"""Where Slaney's scale turns from linear to logarithmic."""


def hz_to_mel(hz: np.ndarray, scale: Scale) -> np.ndarray:
    """Pitch in mel: Kaldi's formula, or Slaney's (linear to 1 kHz, then logarithmic)."""
    if scale == "kaldi":
        return np.asarray(1127.0 * np.log(1.0 + hz / 700.0))
    step = np.log(6.4) / 27.0
    above = _KNEE_MEL + np.log(np.maximum(hz, 1.0) / _KNEE_HZ) / step
    return np.where(hz < _KNEE_HZ, hz * 3.0 / 200.0, above)


def mel_to_hz(mel: np.ndarray) -> np.ndarray:
    """Hertz of Slaney's mel."""
    step = np.log(6.4) / 27.0
    return np.where(
        mel < _KNEE_MEL, mel * 200.0 / 3.0, _KNEE_HZ * np.exp(step * (mel - _KNEE_MEL))
    )


@cache
def slaney_bank(*, rate_hz: int, n_fft: int, bands: int, top_hz: float) -> Tensor:
    """Triangles of equal area, shape `(bands, n_fft // 2 + 1)`, from 0 Hz to `top_hz`."""
    edges_mel = np.linspace(0.0, hz_to_mel(np.array(top_hz), "slaney"), bands + 2)
    edges_hz = mel_to_hz(edges_mel)
    bins_hz = np.arange(n_fft // 2 + 1) * rate_hz / n_fft
    bank = _triangles(bins_hz, edges_hz) * (2.0 / (edges_hz[2:] - edges_hz[:-2]))[:, None]
    return torch.from_numpy(bank.astype(np.float32))


@cache
def kaldi_bank(*, rate_hz: int, n_fft: int, bands: int, top_hz: float) -> Tensor:
    """Triangles of height one, straight in mel, the Nyquist bin left out (zero)."""
    edges = np.linspace(0.0, hz_to_mel(np.array(top_hz), "kaldi"), bands + 2)
    bins = hz_to_mel(np.arange(n_fft // 2) * rate_hz / n_fft, "kaldi")
    bank = np.pad(_triangles(bins, edges), ((0, 0), (0, 1)))
    return torch.from_numpy(bank.astype(np.float32))


def _triangles(bins: np.ndarray, edges: np.ndarray) -> np.ndarray:
    rising = (bins[None, :] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins[None, :]) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


def power(
    waveform: Tensor,
    *,
    n_fft: int,
    hop: int,
    window: Tensor,
    pad_mode: Literal["constant", "reflect"],
) -> Tensor:
    """Power spectrogram, centred frames, shape `(batch, n_fft // 2 + 1, frames)`."""
    spectrum = torch.stft(
        waveform,
        n_fft,
        hop_length=hop,
        win_length=len(window),
        window=window,
        center=True,
        pad_mode=pad_mode,
        return_complex=True,
    )
    return spectrum.real**2 + spectrum.imag**2
