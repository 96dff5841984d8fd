"""The head behind a student's features, which lie where a table's zero can act on them."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from dndmood_train.students._network import EMOTIONS, Outputs


class ZeroedHead(nn.Module):
    """Pooled statistics to features of mean 0 and deviation 1, and features to answers.

    Between the two a table's own mean and deviation may take the place of the training's:
    speakers, rooms and languages move features more than emotions do, and most of that is the
    same for everything heard at one table.
    """

    def __init__(self, pooled: int, hidden: int, *, drop: float) -> None:
        """Build it for `(batch, pooled)` statistics."""
        super().__init__()
        # Pooled statistics differ in size by orders of magnitude; levelled, the head learns
        # several times faster.
        self.level = nn.BatchNorm1d(pooled)
        self.drop = nn.Dropout(drop)
        self.project = nn.Linear(pooled, hidden, bias=False)
        self.standardise = nn.BatchNorm1d(hidden, affine=False)
        self.threshold = nn.Parameter(torch.zeros(hidden))
        self.out = nn.Linear(hidden, EMOTIONS + 3)

    def features(self, level: Tensor) -> Tensor:
        """Features `(batch, hidden)` of levelled statistics."""
        standardised: Tensor = self.standardise(self.project(self.drop(level)))
        return standardised

    def hidden(self, features: Tensor) -> Tensor:
        """The hidden layer `(batch, hidden)`."""
        return torch.relu(features + self.threshold)

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits `(batch, 8)` and dims `(batch, 3)` of features on the training's zero or a table's."""
        out = self.out(self.drop(self.hidden(features)))
        return out[:, :EMOTIONS], out[:, EMOTIONS:]

    def heard(
        self,
        pooled: Tensor,
        imitate: nn.Linear | None,
        corner: nn.Linear | None,
        dominant: nn.Linear | None = None,
    ) -> Outputs:
        """What is heard in pooled statistics, on the training's zero, with the auxiliary outputs."""
        level = self.level(pooled)
        features = self.features(level)
        logits, dims = self.answers(features)
        return Outputs(
            logits=logits,
            dims=dims,
            features=features if imitate is None else imitate(level),
            octants=None if corner is None else corner(self.hidden(features)),
            dominance=None if dominant is None else dominant(self.hidden(features))[:, 0],
            zeroable=features,
        )

    @classmethod
    def mean_of(cls, heads: Sequence["ZeroedHead"]) -> "ZeroedHead":
        """One head as wide as all of `heads` together, whose answers are the mean of theirs.

        The mean is taken before softmax and sigmoid. Every head keeps its own features, on which
        a table's zero acts as it would on that head's alone. All have the same drop and hear the
        same statistics; what is made only listens until it is told to learn.
        """
        first = heads[0]
        width = sum(head.threshold.numel() for head in heads)
        mean = cls(first.level.num_features, width, drop=first.drop.p)
        # What levelled the first levels for all, without its gain and offset: those go, with
        # every other head's own, into what comes behind.
        mean.level.running_mean, mean.level.running_var = _moments(first.level)
        spread = _spread(first.level)
        projections, centres = [], []
        for head in heads:
            gain = _gain(head.level)
            own_mean, _ = _moments(head.level)
            offset = gain * (mean.level.running_mean - own_mean) + head.level.bias
            projections.append(head.project.weight * gain * spread)
            centres.append(_moments(head.standardise)[0] - head.project.weight @ offset)
        variances = [_moments(head.standardise)[1] for head in heads]
        mean.standardise.running_mean = torch.cat(centres).detach()
        mean.standardise.running_var = torch.cat(variances)
        with torch.no_grad():
            mean.project.weight.copy_(torch.cat(projections))
            mean.threshold.copy_(torch.cat([head.threshold for head in heads]))
            fill_with_mean(mean.out, [head.out for head in heads])
        return mean.eval()


def fill_with_mean(mean: nn.Linear, layers: Sequence[nn.Linear]) -> None:
    """Let `mean`, which hears what all `layers` hear side by side, answer the mean of theirs."""
    with torch.no_grad():
        mean.weight.copy_(torch.cat([layer.weight for layer in layers], dim=1) / len(layers))
        mean.bias.copy_(torch.stack([layer.bias for layer in layers]).mean(0))


def _moments(norm: nn.BatchNorm1d) -> tuple[Tensor, Tensor]:
    """Mean and variance of what a norm heard while it learned."""
    assert norm.running_mean is not None  # noqa: S101 - every head's norms keep them
    assert norm.running_var is not None  # noqa: S101
    return norm.running_mean.clone(), norm.running_var.clone()


def _spread(norm: nn.BatchNorm1d) -> Tensor:
    return (_moments(norm)[1] + norm.eps).sqrt()


def _gain(norm: nn.BatchNorm1d) -> Tensor:
    return norm.weight / _spread(norm)
