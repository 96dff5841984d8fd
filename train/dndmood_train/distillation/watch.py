"""Somebody who looks on while a student learns, such as a sweep that counts its time."""

from collections.abc import Sequence
from typing import Protocol

from dndmood_train.corpora import Clip
from dndmood_train.distillation.dataset import Dataset
from dndmood_train.distillation.recipe import Recipe
from dndmood_train.students import Network


class Watch(Protocol):
    """Somebody who looks on while a student learns, and changes nothing."""

    def begun(self, data: Dataset, clips: Sequence[Clip], recipe: Recipe) -> None:
        """What will be learned from is there."""
        ...

    def stepped(self) -> None:
        """One more batch was heard."""
        ...

    def saved(self, step: int, average: Network) -> None:
        """`step` batches are safe on the disk; `average` is what would come out now."""
        ...
