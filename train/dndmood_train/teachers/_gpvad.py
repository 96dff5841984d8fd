"""GPVAD: a general-purpose voice activity detector whose layers know how people sound.

Weights: MIT, two sets (AudioSet; VoxCeleb2). Paper: Voice activity detection in the wild,
arXiv 2105.04065.
"""

import torch
from torch import Tensor, nn

from dndmood_train.teachers._melbank import power, slaney_bank

RATE_HZ = 16_000


class _Block(nn.Module):
    def __init__(self, inward: int, outward: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.BatchNorm2d(inward),
            nn.Conv2d(inward, outward, 3, padding=1, bias=False),
            nn.LeakyReLU(0.1),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.block(x)
        return y


class Gpvad(nn.Module):
    """Waveform `(batch, samples)` at 16 kHz to one map per layer and two logits per frame."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            _Block(1, 32),
            nn.LPPool2d(4.0, (2, 4)),
            _Block(32, 128),
            _Block(128, 128),
            nn.LPPool2d(4.0, (2, 4)),
            _Block(128, 128),
            _Block(128, 128),
            nn.LPPool2d(4.0, (1, 4)),
        )
        self.gru = nn.GRU(128, 128, bidirectional=True, batch_first=True)
        self.outputlayer = nn.Linear(256, 2)

    def mel(self, waveform: Tensor) -> Tensor:
        """Logarithm of power, shape `(batch, 1, frames, 64)`."""
        window = torch.hann_window(640)
        bank = slaney_bank(rate_hz=RATE_HZ, n_fft=2048, bands=64, top_hz=8000.0)
        mel = bank @ power(waveform, n_fft=2048, hop=320, window=window, pad_mode="constant")
        return torch.log(mel + 1e-8).transpose(1, 2)[:, None]

    def forward(self, waveform: Tensor) -> tuple[list[Tensor], Tensor]:
        """Maps `(batch, channels, bands, frames)` of every layer, and logits `(batch, t, 2)`."""
        x = self.mel(waveform)
        maps = []
        for layer in self.features:
            x = layer(x)
            if isinstance(layer, _Block):
                maps.append(x.transpose(2, 3))
        frames, _ = self.gru(x.mean(3).transpose(1, 2))
        maps.append(frames.transpose(1, 2)[:, :, None])
        logits: Tensor = self.outputlayer(frames)
        return maps, logits
