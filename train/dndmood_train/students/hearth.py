"""The student: a thin two-dimensional network that hears arousal, valence, voice and emotion.

Statistics of the later stages reach the head, as layout and pooling carry much of what a frozen
network knows; full-resolution layers stay thin because they cost the time. Behind them, blocks
that look further and further along the sequence hear how a sentence moves: 79,000 weights with
them know more than 290,000 without (train/LOG.md, "A longer look").
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from dndmood_train.students._mel_frontend import MelFrontEnd
from dndmood_train.students._network import OCTANTS, Network, Outputs, Shape
from dndmood_train.students._zeroed_head import ZeroedHead

_NARROW = 16
"""Width between the sequence and its attention, as in ECAPA-TDNN, arXiv 2005.07143."""


def built(shape: Shape) -> Network:
    """A student that has learnt nothing yet; its first weights come from torch's own random generator."""
    return Hearth(shape)


class _StemConvolution(nn.Conv2d):
    """The first convolution, 5 x 5 by steps of 2, computed otherwise and twice as fast in training.

    On a CPU the gradient of a single wide channel is the dearest part of a step. While it
    learns, every 2 x 2 square becomes four channels and the kernel a 3 x 3 one: the same
    products and sums. When it only listens, and in a graph, it is the plain convolution.
    """

    def __init__(self, outward: int) -> None:
        super().__init__(1, outward, 5, stride=2, padding=2, bias=False)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's own name
        """`(batch, 1, bands, frames)` to `(batch, outward, bands / 2, frames / 2)`."""
        if not self.training:
            return super().forward(input)
        # Odd lengths get one more zero, which the plain convolution's border has as well.
        odd = input.shape[3] % 2
        squares = functional.pixel_unshuffle(functional.pad(input, (2, 2 + odd, 2, 2)), 2)
        kernel = functional.pad(self.weight, (0, 1, 0, 1)).reshape(-1, 3, 2, 3, 2)
        kernel = kernel.permute(0, 2, 4, 1, 3).reshape(-1, 4, 3, 3)
        return functional.conv2d(squares, kernel)


def _stage(inward: int, outward: int, size: int, stride: tuple[int, int]) -> nn.Sequential:
    conv = nn.Conv2d(inward, outward, size, stride, size // 2, bias=False)
    return _settled(conv)


def _settled(conv: nn.Conv2d) -> nn.Sequential:
    return nn.Sequential(conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU(inplace=True))


class _LongerLook(nn.Module):
    """What happens further away in time, added: each channel by itself, then all together.

    Dilated as in WaveNet, arXiv 1609.03499, with depthwise kernels, arXiv 1704.04861.
    """

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.along = nn.Conv1d(
            channels,
            channels,
            5,
            padding=2 * dilation,
            dilation=dilation,
            groups=channels,
            bias=False,
        )
        self.along_norm = nn.BatchNorm1d(channels)
        self.across = nn.Conv1d(channels, channels, 1, bias=False)
        self.across_norm = nn.BatchNorm1d(channels)

    def forward(self, tokens: Tensor) -> Tensor:
        """The same shape, `(batch, channels, frames)`."""
        along = torch.relu(self.along_norm(self.along(tokens)))
        return torch.relu(tokens + self.across_norm(self.across(along)))


class Hearth(Network):
    """A batch of waveforms, or of mel power computed before, to what it heard in them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        stem, low, middle, high = shape.channels
        self.shape = shape
        self.ears = MelFrontEnd()
        self.scale = nn.BatchNorm2d(1)
        self.stem = _settled(_StemConvolution(stem))
        self.low = _stage(stem, low, 3, (2, 1))
        self.middle = _stage(low, middle, 3, (2, 2))
        self.high = _stage(middle, high, 3, (2, 1))
        self.tokens = nn.Sequential(
            nn.Conv1d(high * 4, shape.tokens, 1, bias=False),
            nn.BatchNorm1d(shape.tokens),
            nn.ReLU(inplace=True),
            *(_LongerLook(shape.tokens, 2**number) for number in range(shape.blocks)),
        )
        self.attention = nn.Sequential(
            nn.Conv1d(shape.tokens, _NARROW, 1),
            nn.Tanh(),
            nn.Conv1d(_NARROW, shape.tokens, 1),
        )
        pooled = 2 * (middle + high + shape.tokens)
        self.head = ZeroedHead(pooled, shape.hidden, drop=shape.drop)
        self.imitate = nn.Linear(pooled, shape.features) if shape.features else None
        self.corner = nn.Linear(shape.hidden, OCTANTS) if shape.octants else None
        self.dominant = nn.Linear(shape.hidden, 1) if shape.dominance else None

    def from_mel(self, mel: Tensor) -> Outputs:
        """The same from a levelled spectrogram, shape `(batch, 64, frames)`."""
        return self.head.heard(self.pooled(mel), self.imitate, self.corner, self.dominant)

    def pooled(self, mel: Tensor) -> Tensor:
        """Means and deviations over time of two stages and of the sequence, `(batch, 304)`."""
        stem = self.stem(self.scale(mel[:, None]))  # (batch, 16, 32, frames / 2)
        low = self.low(stem)  # (batch, 24, 16, frames / 2)
        middle = self.middle(low)  # (batch, 40, 8, frames / 4)
        high = self.high(middle)  # (batch, 48, 4, frames / 4)
        tokens = self.tokens(high.flatten(1, 2))  # (batch, 64, frames / 4)
        weights = torch.softmax(self.attention(tokens), dim=2)
        mean = (weights * tokens).sum(2)
        spread = ((weights * tokens.square()).sum(2) - mean.square()).clamp_min(1e-5).sqrt()
        return torch.cat([*_moments(middle), *_moments(high), mean, spread], dim=1)

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and dims of `zeroable` features."""
        return self.head.answers(features)


def _moments(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation over time of the channels of `(batch, channels, bands, frames)`."""
    # With channels last the gradient lies in memory as the maps do; else it is turned over.
    bands = maps.permute(0, 2, 3, 1).mean(1)
    mean = bands.mean(1)
    variance = (bands - mean[:, None]).square().mean(1)
    return mean, variance.clamp_min(1e-5).sqrt()
