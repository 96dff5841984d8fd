"""Dusha's speech emotion network: MobileNetV2 blocks and self-attention over a mel spectrogram.

Trained by Sber on 350 hours of Russian speech (8,308 speakers; angry, sad, neutral,
positive). Weights: Sber public licence (attribution, share alike). Blocks: MobileNetV2,
arXiv 1801.04381; attention: SAGAN, arXiv 1805.08318.
"""

import torch
from torch import Tensor, nn

from dndmood_train.teachers._melbank import power, slaney_bank

RATE_HZ = 16_000
STEM_STRIDE = 1
"""Of the first convolution."""
LABELS = ("angry", "sad", "neutral", "happy")
STAGES = ((1, 16, 1, 1), (2, 32, 2, 2), (2, 64, 6, 2), (2, 128, 6, 2))
"""Expansion, channels, repeats and first stride of each run of blocks."""


def _conv(
    inward: int, outward: int, size: int, stride: int = 1, groups: int = 1
) -> nn.Sequential:
    convolution = nn.Conv2d(inward, outward, size, stride, size // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outward), nn.ReLU6())


class _Block(nn.Module):
    def __init__(self, inward: int, outward: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inward * expansion
        widen = [_conv(inward, wide, 1)] if expansion > 1 else []
        self.conv = nn.Sequential(
            *widen,
            _conv(wide, wide, 3, stride, groups=wide),
            nn.Conv2d(wide, outward, 1, bias=False),
            nn.BatchNorm2d(outward),
        )
        self.skips = stride == 1 and inward == outward

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return x + y if self.skips else y


class _Attention(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = nn.Conv1d(channels, channels // 8, 1, bias=False)
        self.key = nn.Conv1d(channels, channels // 8, 1, bias=False)
        self.value = nn.Conv1d(channels, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(2)
        query, key, value = self.query(flat), self.key(flat), self.value(flat)
        weights = torch.softmax(query.transpose(1, 2) @ key, dim=2)
        mixed = value @ weights.transpose(1, 2)
        together: Tensor = self.gamma * mixed + flat
        return together.view_as(x)


class Dusha(nn.Module):
    """Waveform `(batch, samples)` at 16 kHz to one map per layer and four logits."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [_conv(1, 4, 3, STEM_STRIDE)]
        width = 4
        for expansion, channels, repeats, first in STAGES:
            for turn in range(repeats):
                stride = first if turn == 0 else 1
                layers.append(_Block(width, channels, stride, expansion))
                width = channels
        layers.append(_conv(width, 128, 1))
        self.features = nn.Sequential(*layers)
        self.pooling = nn.Sequential(_Attention(128))
        self.classifier = nn.Linear(128, len(LABELS))

    def mel(self, waveform: Tensor) -> Tensor:
        """Decibels below the clip's loudest cell, shape `(batch, 1, 64, frames)`."""
        window = torch.hann_window(320)
        bank = slaney_bank(rate_hz=RATE_HZ, n_fft=320, bands=64, top_hz=8000.0)
        mel = bank @ power(waveform, n_fft=320, hop=160, window=window, pad_mode="constant")
        loudest = mel.amax((1, 2), keepdim=True).clamp_min(1e-10)
        decibels = 10.0 * torch.log10((mel / loudest).clamp_min(1e-8))
        return decibels[:, None]

    def forward(self, waveform: Tensor) -> tuple[list[Tensor], Tensor]:
        """Maps `(batch, channels, bands, frames)` of every layer, and logits `(batch, 4)`."""
        x = self.mel(waveform)
        maps = []
        for layer in self.features:
            x = layer(x)
            maps.append(x)
        x = self.pooling(x)
        maps.append(x)
        logits: Tensor = self.classifier(x.mean((2, 3)))
        return maps, logits
