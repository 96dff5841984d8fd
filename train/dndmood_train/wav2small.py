"""Wav2Small as published, rebuilt from its description: for comparison with our student.

arXiv 2408.13920. The paper gives 72 K parameters, 0.4 G multiplications for 5 s and 9 MB; the
released code is a smaller sibling. Tokens of 13 channels x 13 bands fit all three numbers, so
this is very probably the paper's network; it stays a reconstruction.
"""

import numpy as np
import torch
from torch import Tensor, nn

from dndmood_train.student import EMOTIONS, Heard

_WINDOW, _HOP, _BANDS, _CHANNELS = 64, 32, 26, 13
_TOKEN = _CHANNELS * _CHANNELS


def _conv(inward: int) -> nn.Sequential:
    convolution = nn.Conv2d(inward, _CHANNELS, 3, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(_CHANNELS), nn.ReLU(inplace=True))


class Wav2Small(nn.Module):
    """Waveform `(batch, samples)` at 16 kHz to what our own student says, too."""

    waves: Tensor
    bank: Tensor

    def __init__(self, *, outputs: int = EMOTIONS + 3) -> None:
        """Give `outputs=3` for the published head (arousal, dominance, valence)."""
        super().__init__()
        bins = np.arange(_WINDOW // 2 + 1)
        angles = 2.0 * np.pi * np.outer(bins, np.arange(_WINDOW)) / _WINDOW
        hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(_WINDOW) / _WINDOW)
        waves = np.concatenate([np.cos(angles), -np.sin(angles)]) * hann
        self.register_buffer("waves", torch.tensor(waves[:, None], dtype=torch.float32))
        self.register_buffer("bank", torch.tensor(_slaney(), dtype=torch.float32))
        self.trunk = nn.Sequential(
            _conv(1),
            _conv(_CHANNELS),
            _conv(_CHANNELS),
            nn.MaxPool2d(3, stride=2, padding=1),
            *(_conv(_CHANNELS) for _ in range(4)),
        )
        self.value = nn.Linear(_TOKEN, _TOKEN)
        self.weight = nn.Linear(_TOKEN, _TOKEN)
        self.out = nn.Linear(_TOKEN, outputs)

    def mel(self, waveform: Tensor) -> Tensor:
        """Decibels of 26 bands every 2 ms, shape `(batch, 1, frames, 26)`."""
        mean = waveform.mean(1, keepdim=True)
        variance = waveform.var(1, keepdim=True, unbiased=False)
        level = (waveform - mean) / (variance + 1e-7).sqrt()
        spectrum = nn.functional.conv1d(level[:, None], self.waves, stride=_HOP).square()
        power = spectrum[:, : _WINDOW // 2 + 1] + spectrum[:, _WINDOW // 2 + 1 :]
        bands = (power.transpose(1, 2) @ self.bank).clamp_min(1e-10)
        return 10.0 * torch.log10(bands)[:, None]

    def forward(self, waveform: Tensor) -> Heard:
        """Emotion logits, then arousal, valence and voice before the sigmoid."""
        maps = self.trunk(self.mel(waveform))  # (batch, 13, frames / 2, 13)
        tokens = maps.transpose(1, 2).flatten(2)  # (batch, frames / 2, 169)
        weights = torch.softmax(self.weight(tokens), dim=1)
        pooled = (self.value(tokens) * weights).sum(1)
        out = self.out(pooled)
        return Heard(logits=out[:, :EMOTIONS], dims=out[:, EMOTIONS:], features=pooled)


def _slaney() -> np.ndarray:
    """Slaney's 26 triangles of equal area over 33 bins to 8 kHz, shape `(33, 26)`."""
    knee_hz, knee_mel, step = 1000.0, 15.0, np.log(6.4) / 27.0
    top = knee_mel + np.log(8000.0 / knee_hz) / step
    mel = np.linspace(0.0, top, _BANDS + 2)
    edges = np.where(
        mel < knee_mel, mel * 200.0 / 3.0, knee_hz * np.exp(step * (mel - knee_mel))
    )
    hz = np.arange(_WINDOW // 2 + 1) * 250.0
    rising = (hz[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz[:, None]) / (edges[2:] - edges[1:-1])
    return np.asarray(
        np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (edges[2:] - edges[:-2]))
    )
