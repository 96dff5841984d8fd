"""Students, one module each; the folder is the list.

A student module has `built(shape)`, which gives a `Network` that has learnt nothing yet; a
recipe names it as `[shape] network`. The folder `export` makes a file of what has learnt.
"""

import importlib
import pkgutil

from dndmood_train.students._mel_frontend import FRAME, FrontEnd, MelFrontEnd
from dndmood_train.students._network import EMOTIONS, Network, Outputs, Shape, count
from dndmood_train.students._whisper_frontend import WhisperFrontEnd
from dndmood_train.students._zeroed_head import ZeroedHead, fill_with_mean

__all__ = [
    "EMOTIONS",
    "FRAME",
    "FrontEnd",
    "MelFrontEnd",
    "Network",
    "Outputs",
    "Shape",
    "WhisperFrontEnd",
    "ZeroedHead",
    "built",
    "count",
    "fill_with_mean",
    "names",
]


def names() -> list[str]:
    """Every network that can be a student, in alphabetical order."""
    return sorted(
        module.name
        for module in pkgutil.iter_modules(__path__)
        if not module.ispkg and not module.name.startswith("_")
    )


def built(shape: Shape) -> Network:
    """A student that has learnt nothing yet; its first weights come from torch's own random generator."""
    module = importlib.import_module(f"{__name__}.{shape.network}")
    network: Network = module.built(shape)
    return network
