"""Which networks can be a student, by the name that a recipe's `[shape]` gives."""

from collections.abc import Callable, Mapping

from dndmood_train.student import Network, Shape, Student
from dndmood_train.wav2small import Wav2Small

NETWORKS: Mapping[str, Callable[[Shape], Network]] = {"hearth": Student, "wav2small": Wav2Small}


def built(shape: Shape) -> Network:
    """A student that has learnt nothing yet; torch's own luck decides how it begins."""
    return NETWORKS[shape.network](shape)
