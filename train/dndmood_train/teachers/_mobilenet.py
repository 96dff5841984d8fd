"""EfficientAT's mn04: MobileNetV3-Large at width 0.4 that tags the 527 sounds of AudioSet.

Weights: MIT. Paper: Efficient Large-scale Audio Tagging via Transformer-to-CNN Knowledge
Distillation, arXiv 2211.04772; blocks: MobileNetV3, arXiv 1905.02244.
"""

import torch
from torch import Tensor, nn

from dndmood_train.teachers._melbank import kaldi_bank, power

RATE_HZ = 32_000
BLOCKS = (
    (3, 8, 8, False, False, 1),
    (3, 24, 16, False, False, 2),
    (3, 32, 16, False, False, 1),
    (5, 32, 16, True, False, 2),
    (5, 48, 16, True, False, 1),
    (5, 48, 16, True, False, 1),
    (3, 96, 32, False, True, 2),
    (3, 80, 32, False, True, 1),
    (3, 72, 32, False, True, 1),
    (3, 72, 32, False, True, 1),
    (3, 192, 48, True, True, 1),
    (3, 272, 48, True, True, 1),
    (5, 272, 64, True, True, 2),
    (5, 384, 64, True, True, 1),
    (5, 384, 64, True, True, 1),
)
"""Kernel, expanded and outward channels, squeeze-and-excitation, hard swish, stride."""
SQUEEZED = {32: 8, 48: 16, 192: 48, 272: 72, 384: 96}


def _conv(
    inward: int,
    outward: int,
    size: int,
    *,
    stride: int = 1,
    groups: int = 1,
    swish: bool | None,
) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(inward, outward, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outward, eps=0.001),
    ]
    if swish is not None:
        layers.append(nn.Hardswish() if swish else nn.ReLU())
    return nn.Sequential(*layers)


class _Excite(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(channels, SQUEEZED[channels])
        self.fc2 = nn.Linear(SQUEEZED[channels], channels)

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.sigmoid(self.fc2(torch.relu(self.fc1(x.mean((2, 3))))))
        return x * scale[:, :, None, None]


class _Concurrent(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conc_se_layers = nn.ModuleList([_Excite(channels)])

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conc_se_layers[0](x)
        return y


class _Block(nn.Module):
    def __init__(
        self,
        inward: int,
        size: int,
        wide: int,
        outward: int,
        *,
        excite: bool,
        swish: bool,
        stride: int,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        if wide != inward:
            layers.append(_conv(inward, wide, 1, swish=swish))
        layers.append(_conv(wide, wide, size, stride=stride, groups=wide, swish=swish))
        if excite:
            layers.append(_Concurrent(wide))
        layers.append(_conv(wide, outward, 1, swish=None))
        self.block = nn.Sequential(*layers)
        self.skips = stride == 1 and inward == outward

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.block(x)
        return x + y if self.skips else y


class MobileNet(nn.Module):
    """Waveform `(batch, samples)` at 32 kHz to one map per layer and 527 logits."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [_conv(1, 8, 3, stride=2, swish=True)]
        width = 8
        for size, wide, outward, excite, swish, stride in BLOCKS:
            layers.append(
                _Block(width, size, wide, outward, excite=excite, swish=swish, stride=stride)
            )
            width = outward
        layers.append(_conv(width, 384, 1, swish=True))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(384, 512),
            nn.Hardswish(),
            nn.Dropout(0.2),
            nn.Linear(512, 527),
        )

    def mel(self, waveform: Tensor) -> Tensor:
        """Scaled logarithm of power after pre-emphasis, shape `(batch, 1, 128, frames)`."""
        sharp = waveform[:, 1:] - 0.97 * waveform[:, :-1]
        window = torch.hann_window(800, periodic=False)
        bank = kaldi_bank(rate_hz=RATE_HZ, n_fft=1024, bands=128, top_hz=15_000.0)
        mel = bank @ power(sharp, n_fft=1024, hop=320, window=window, pad_mode="reflect")
        return ((torch.log(mel + 1e-5) + 4.5) / 5.0)[:, None]

    def forward(self, waveform: Tensor) -> tuple[list[Tensor], Tensor]:
        """Maps `(batch, channels, bands, frames)` of every layer, and logits `(batch, 527)`."""
        x = self.mel(waveform)
        maps = []
        for layer in self.features:
            x = layer(x)
            maps.append(x)
        logits: Tensor = self.classifier(x)
        return maps, logits
