"""The head behind a student's features, which lie where a table's zero can act on them."""

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
