"""What every student is: how wide it may be, what it says about a sound, what helps it learn."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from dndmood.errors import UserError
from dndmood_train.students._mel_frontend import FrontEnd

EMOTIONS = 8
"""How many emotions the head tells apart, in the order of the card's labels."""

OCTANTS = 8


@dataclass(frozen=True, slots=True)
class Shape:
    """How wide the student is; the default has 79,000 weights."""

    network: str = "hearth"
    """A name in `students.names()`; each network minds those of the widths that it has."""
    channels: tuple[int, int, int, int] = (16, 24, 40, 48)
    """Of the stem and the three stages."""
    tokens: int = 64
    """Channels of the sequence that attention pools."""
    hidden: int = 48
    """Width of the features that a table's zero acts on."""
    blocks: int = 4
    """How many blocks look along the sequence; of a published encoder's transformer blocks, how
    many are used."""
    width: int = 384
    """Of these blocks."""
    heads: int = 6
    """Of attention in each of these blocks."""
    drop: float = 0.05
    """Share of the head's inputs that are forgotten while training."""
    features: int = 0
    """Width of the auxiliary output that imitates a teacher's features; 0 for none."""
    octants: bool = False
    """Whether an auxiliary output tells the octants apart while learning."""
    dominance: bool = False
    """Whether the student says how dominant a voice is, as well."""


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
    dominance: Tensor | None = None
    """How dominant a voice is, before the sigmoid, `(batch,)`; None for students that do not say."""
    zeroable: Tensor | None = None
    """What a table's zero acts on before it is answered from, `(batch, hidden)`, mean 0 and
    deviation 1 over what the student learnt from; None for students that have no such layer."""


class Network(nn.Module):
    """What can be taught: a front end, what listens behind it, and outputs that only help to learn."""

    ears: FrontEnd
    """Its front end; this and the names below stand in checkpoints and graphs, and stay."""
    imitate: nn.Linear | None
    """Imitates a teacher's features."""
    corner: nn.Linear | None
    """Tells the octants apart."""
    dominant: nn.Linear | None
    """Says how dominant a voice is; this one stays when the lesson is over."""

    def forward(self, waveform: Tensor) -> Outputs:
        """Waveform `(batch, samples)` at 16 kHz, of at least a tenth of a second."""
        return self.from_mel(self.ears.levelled(self.ears(waveform)))

    def from_mel(self, mel: Tensor) -> Outputs:
        """The same from a levelled spectrogram of its front end, shape `(batch, bands, frames)`."""
        raise NotImplementedError

    def pooled(self, mel: Tensor) -> Tensor:
        """What its `ZeroedHead` judges of a levelled spectrogram, `(batch, width)`.

        Only students with such a head, called `head`, have it.
        """
        raise NotImplementedError

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and dims, as in `Outputs`, from `zeroable` features, on whatever zero they are."""
        raise NotImplementedError

    def begin_as(self, folder: Path) -> None:
        """Take over the weights of a published network in `folder`.

        Raises `UserError` for a student that begins with nothing.
        """
        raise UserError(
            f"This student begins knowing nothing: leave --start {folder} out, or choose a "
            "network that continues a published one, such as whisper."
        )

    def published(self) -> Iterable[nn.Parameter]:
        """The weights that `begin_as` fills, which should move slowly."""
        return ()

    def drop_auxiliary_outputs(self) -> None:
        """Drop what only helped to learn: imitated features and octants."""
        self.imitate = self.corner = None


def count(student: nn.Module) -> int:
    """Weights that can learn; frozen front ends and running statistics do not count."""
    return sum(weight.numel() for weight in student.parameters())
