"""A CNN14-like baseline of a student's size: what "a CNN on log-mel" means in comparisons.

Blocks of two 3 x 3 convolutions and an average pool, then the mean over bands, and the sum of mean
and maximum over time, as in Kong et al., "PANNs: Large-Scale Pretrained Audio Neural Networks for
Audio Pattern Recognition", IEEE/ACM TASLP 2020, whose CNN14 has six blocks and 81 M weights; four
thin ones have a thousandth. Front end and head are those of `hearth`, so that a comparison is one of
trunks.
"""

from torch import Tensor, nn

from dndmood_train.students._mel_frontend import MelFrontEnd
from dndmood_train.students._network import OCTANTS, Network, Outputs, Shape
from dndmood_train.students._zeroed_head import ZeroedHead


def built(shape: Shape) -> Network:
    """A student that has learnt nothing yet; its first weights come from torch's own random generator."""
    return Cnn14(shape)


def _convolution(inward: int, outward: int) -> nn.Sequential:
    conv = nn.Conv2d(inward, outward, 3, padding=1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outward), nn.ReLU(inplace=True))


class Cnn14(Network):
    """A batch of waveforms, or of mel power computed before, to what it heard in them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.ears = MelFrontEnd()
        self.scale = nn.BatchNorm2d(1)
        blocks: list[nn.Module] = []
        inward = 1
        for outward in shape.channels:
            blocks += [_convolution(inward, outward), _convolution(outward, outward)]
            blocks.append(nn.AvgPool2d(2))
            inward = outward
        self.trunk = nn.Sequential(*blocks)
        self.head = ZeroedHead(inward, shape.hidden, drop=shape.drop)
        self.imitate = nn.Linear(inward, shape.features) if shape.features else None
        self.corner = nn.Linear(shape.hidden, OCTANTS) if shape.octants else None
        self.dominant = nn.Linear(shape.hidden, 1) if shape.dominance else None

    def from_mel(self, mel: Tensor) -> Outputs:
        """The same from a levelled spectrogram, shape `(batch, 64, frames)`."""
        return self.head.heard(self.pooled(mel), self.imitate, self.corner, self.dominant)

    def pooled(self, mel: Tensor) -> Tensor:
        """Mean and maximum over time together, `(batch, channels)`."""
        # Four halvings of time need sixteen frames; the shortest sound has eight.
        short = max(0, 16 - mel.shape[2])
        padded = nn.functional.pad(mel, (0, short))
        maps = self.trunk(self.scale(padded[:, None]))  # (batch, channels, 4, frames / 16)
        over_time = maps.mean(2)
        statistics: Tensor = over_time.mean(2) + over_time.amax(2)
        return statistics

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and dims of `zeroable` features."""
        return self.head.answers(features)
