"""Wav2Small as published, rebuilt from its description: a student like ours, to compare with.

arXiv 2408.13920. The paper gives 72 K parameters, 0.4 G multiplications for 5 s and 9 MB; the
released code is a smaller sibling. Tokens of 13 channels x 13 bands fit all three numbers, so
this is very probably the paper's network; it stays a reconstruction.
"""

import numpy as np
import torch
from torch import Tensor, nn

from dndmood_train.students._mel_frontend import FrontEnd
from dndmood_train.students._network import EMOTIONS, OCTANTS, Network, Outputs, Shape
from dndmood_train.students._slaney import edges_hz

_WINDOW, _HOP, _BANDS, _CHANNELS = 64, 32, 26, 13
_TOKEN = _CHANNELS * _CHANNELS
_BIN_HZ = 250.0


def built(shape: Shape) -> Network:
    """A student that has learnt nothing yet; its first weights come from torch's own random generator."""
    return Wav2Small(shape)


class Wav2SmallFrontEnd(FrontEnd):
    """Power of 26 bands every 2 ms: waveform `(batch, samples)` to `(batch, frames, 26)`."""

    name, hop, bands = "wav2small", _HOP, _BANDS

    waves: Tensor
    bank: Tensor
    energy: Tensor
    gain: Tensor

    def __init__(self) -> None:
        super().__init__()
        bins = np.arange(_WINDOW // 2 + 1)
        angles = 2.0 * np.pi * np.outer(bins, np.arange(_WINDOW)) / _WINDOW
        hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(_WINDOW) / _WINDOW)
        waves = np.concatenate([np.cos(angles), -np.sin(angles)]) * hann
        # Triangles of height 1 keep quiet bands clear of the least power that is stored.
        bank = _slaney() * _BIN_HZ
        # Parseval: what the bins hold of a wave's variance, estimated from the bands by least squares.
        share = np.where(bins % (_WINDOW // 2) == 0, 1.0, 2.0) / (
            _WINDOW * np.square(hann).sum()
        )
        energy = np.linalg.lstsq(bank[1:], share[1:], rcond=None)[0]
        for name, constant in (
            ("waves", waves[:, None]),
            ("bank", bank),
            ("energy", energy),
            # Where bins are wider than bands, some bands hear nothing.
            ("gain", (bank.sum(0) > 0) / _BIN_HZ),
        ):
            tensor = torch.from_numpy(constant.astype(np.float32))
            self.register_buffer(name, tensor, persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Power `(batch, frames, 26)`; there are `(samples - 64) // 32 + 1` frames."""
        level = waveform - waveform.mean(1, keepdim=True)
        spectrum = nn.functional.conv1d(level[:, None], self.waves, stride=_HOP).square()
        power = spectrum[:, : _WINDOW // 2 + 1] + spectrum[:, _WINDOW // 2 + 1 :]
        return power.transpose(1, 2) @ self.bank

    def levelled(self, power: Tensor) -> Tensor:
        """Decibels `(batch, 26, frames)` as of a wave with a variance of 1.

        The paper levels the wave; its variance is read off the bands here, which noise may be
        added to.
        """
        variance = (power @ self.energy).mean(1).clamp_min(1e-7)
        bands = (power * self.gain / variance[:, None, None]).clamp_min(1e-10)
        return 10.0 * torch.log10(bands).transpose(1, 2)


def _conv(inward: int) -> nn.Sequential:
    convolution = nn.Conv2d(inward, _CHANNELS, 3, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(_CHANNELS), nn.ReLU(inplace=True))


class Wav2Small(Network):
    """A batch of waveforms to what our own student says, too."""

    def __init__(self, shape: Shape, *, outputs: int = EMOTIONS + 3) -> None:
        """Give `outputs=3` for the published head (arousal, dominance, valence)."""
        super().__init__()
        self.ears = Wav2SmallFrontEnd()
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
        self.imitate = nn.Linear(_TOKEN, shape.features) if shape.features else None
        self.corner = nn.Linear(_TOKEN, OCTANTS) if shape.octants else None
        self.dominant = nn.Linear(_TOKEN, 1) if shape.dominance else None

    def from_mel(self, mel: Tensor) -> Outputs:
        """The same from decibels of its front end, shape `(batch, 26, frames)`."""
        maps = self.trunk(mel.transpose(1, 2)[:, None])  # (batch, 13, frames / 2, 13)
        tokens = maps.transpose(1, 2).flatten(2)  # (batch, frames / 2, 169)
        weights = torch.softmax(self.weight(tokens), dim=1)
        pooled = (self.value(tokens) * weights).sum(1)
        out = self.out(pooled)
        return Outputs(
            logits=out[:, :EMOTIONS],
            dims=out[:, EMOTIONS:],
            features=pooled if self.imitate is None else self.imitate(pooled),
            octants=None if self.corner is None else self.corner(pooled),
            dominance=None if self.dominant is None else self.dominant(pooled)[:, 0],
        )


def _slaney() -> np.ndarray:
    """Slaney's 26 triangles of equal area over 33 bins to 8 kHz, shape `(33, 26)`."""
    edges = edges_hz(_BANDS, 8000.0)
    hz = np.arange(_WINDOW // 2 + 1) * _BIN_HZ
    rising = (hz[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz[:, None]) / (edges[2:] - edges[1:-1])
    return np.asarray(
        np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (edges[2:] - edges[:-2]))
    )
