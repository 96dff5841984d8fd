"""The readers of this folder, by name."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import cast

from dndmood.errors import UserError
from dndmood_train.corpora._clip import Reader

_HERE = Path(__file__).parent


def names() -> list[str]:
    """Every corpus that can be read, in alphabetical order."""
    return sorted(
        module.name
        for module in pkgutil.iter_modules([str(_HERE)])
        if not module.name.startswith("_")
    )


@cache
def reader(name: str) -> Reader:
    """The module that reads corpus `name`; raises `UserError` for an unknown name."""
    if name not in names():
        raise UserError(f"There is no corpus called {name}: known are {', '.join(names())}.")
    return cast("Reader", importlib.import_module(f"dndmood_train.corpora.{name}"))
