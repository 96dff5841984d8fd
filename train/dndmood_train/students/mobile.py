"""A MobileNet-like baseline of a student's size: inverted residuals on log-mel.

Blocks widen, look at each channel alone and narrow again: Sandler et al., "MobileNetV2: Inverted
Residuals and Linear Bottlenecks", CVPR 2018. The students of Wav2Small's paper (arXiv 2408.13920)
are four such networks of millions of weights. Front end and head are those of `hearth`, so that a
comparison is one of trunks.
"""

from torch import Tensor, nn

from dndmood_train.students._mel_frontend import MelFrontEnd
from dndmood_train.students._network import OCTANTS, Network, Outputs, Shape
from dndmood_train.students._zeroed_head import ZeroedHead

_WIDER = 3
"""How many times as wide a block is inside."""


def built(shape: Shape) -> Network:
    """A student that has learnt nothing yet; its first weights come from torch's own random generator."""
    return Mobile(shape)


def _settled(conv: nn.Conv2d) -> nn.Sequential:
    return nn.Sequential(conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU(inplace=True))


class _InvertedResidual(nn.Module):
    def __init__(self, inward: int, outward: int, stride: int) -> None:
        super().__init__()
        wide = _WIDER * inward
        self.same = inward == outward and stride == 1
        self.widen = _settled(nn.Conv2d(inward, wide, 1, bias=False))
        depthwise = nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False)
        self.look = _settled(depthwise)
        self.narrow = nn.Sequential(
            nn.Conv2d(wide, outward, 1, bias=False), nn.BatchNorm2d(outward)
        )

    def forward(self, maps: Tensor) -> Tensor:
        """`(batch, inward, bands, frames)` to `(batch, outward, ...)`."""
        found: Tensor = self.narrow(self.look(self.widen(maps)))
        return maps + found if self.same else found


class Mobile(Network):
    """A batch of waveforms, or of mel power computed before, to what it heard in them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        first, *others = shape.channels
        self.ears = MelFrontEnd()
        self.scale = nn.BatchNorm2d(1)
        self.stem = _settled(nn.Conv2d(1, first, 3, 2, 1, bias=False))
        blocks: list[nn.Module] = []
        inward = first
        for outward in others:
            blocks.append(_InvertedResidual(inward, outward, 2))
            blocks.append(_InvertedResidual(outward, outward, 1))
            inward = outward
        self.trunk = nn.Sequential(*blocks)
        self.last = _settled(nn.Conv2d(inward, shape.tokens, 1, bias=False))
        self.head = ZeroedHead(shape.tokens, shape.hidden, drop=shape.drop)
        self.imitate = nn.Linear(shape.tokens, shape.features) if shape.features else None
        self.corner = nn.Linear(shape.hidden, OCTANTS) if shape.octants else None
        self.dominant = nn.Linear(shape.hidden, 1) if shape.dominance else None

    def from_mel(self, mel: Tensor) -> Outputs:
        """The same from a levelled spectrogram, shape `(batch, 64, frames)`."""
        return self.head.heard(self.pooled(mel), self.imitate, self.corner, self.dominant)

    def pooled(self, mel: Tensor) -> Tensor:
        """Mean over bands and time, `(batch, tokens)`."""
        maps = self.last(self.trunk(self.stem(self.scale(mel[:, None]))))
        mean: Tensor = maps.mean((2, 3))
        return mean

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and dims of `zeroable` features."""
        return self.head.answers(features)
