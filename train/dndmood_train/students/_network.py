"""What every student is: how wide it may be, what it says about a sound, what helps it learn."""

from dataclasses import dataclass

from torch import Tensor, nn

from dndmood_train.students._mel_frontend import FrontEnd

EMOTIONS = 8
"""How many emotions the head tells apart, in the order of the card's labels."""

OCTANTS = 8


@dataclass(frozen=True, slots=True)
class Shape:
    """How wide the student is; the default has 75 000 weights."""

    network: str = "hearth"
    """A name in `networks.NETWORKS`; of the widths, others than `hearth` mind `features` alone."""
    channels: tuple[int, int, int, int] = (16, 24, 40, 56)
    """Of the stem and the three stages."""
    tokens: int = 72
    """Channels of the sequence that attention pools."""
    hidden: int = 48
    drop: float = 0.05
    """Share of the head's inputs that are forgotten while training."""
    features: int = 0
    """Width of the auxiliary output that imitates a teacher's features; 0 for none."""
    octants: bool = False
    """Whether an auxiliary output tells the octants apart while learning."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the student says about a batch, before temperature."""

    logits: Tensor
    """Shape `(batch, 8)`."""
    dims: Tensor
    """Arousal, valence and voice before the sigmoid, shape `(batch, 3)`."""
    features: Tensor
    """Imitated teacher features `(batch, features)`, or the hidden layer when there are none."""
    octants: Tensor | None = None
    """Logits of the eight octants, `(batch, 8)`."""
    zeroable: Tensor | None = None
    """What `Network.answers` is given, standardised by what was learnt from, `(batch, width)`;
    None for a student whose features cannot be put on another zero."""


class Network(nn.Module):
    """What can be taught: a front end, what listens behind it, and outputs that only help to learn."""

    ears: FrontEnd
    """Its front end; this and the names below stand in checkpoints and graphs, and stay."""
    imitate: nn.Linear | None
    """Imitates a teacher's features."""
    corner: nn.Linear | None
    """Tells the octants apart."""

    def forward(self, waveform: Tensor) -> Outputs:
        """Waveform `(batch, samples)` at 16 kHz, of at least a tenth of a second."""
        return self.from_mel(self.ears.levelled(self.ears(waveform)))

    def from_mel(self, mel: Tensor) -> Outputs:
        """The same from a levelled spectrogram of its front end, shape `(batch, bands, frames)`."""
        raise NotImplementedError

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and dimensions, as in `Outputs`, of `Outputs.zeroable` on whatever zero."""
        raise NotImplementedError

    def drop_auxiliary_outputs(self) -> None:
        """Drop what only helped to learn: imitated features and octants."""
        self.imitate = self.corner = None


def count(student: nn.Module) -> int:
    """Weights that can learn; frozen front ends and running statistics do not count."""
    return sum(weight.numel() for weight in student.parameters())
