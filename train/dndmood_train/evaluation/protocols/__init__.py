"""Protocols of the field, one module each; the folder is the list.

A new protocol is one new file here: see `Protocol` in `_task.py` for what it has to offer.
"""

import importlib
import pkgutil
from typing import cast

from dndmood.errors import UserError
from dndmood_train.evaluation.protocols._task import Protocol, Task

__all__ = ["Protocol", "Task", "named", "names"]


def names() -> list[str]:
    """Every protocol, as it is asked for, in alphabetical order."""
    return sorted(
        module.name.replace("_", "-")
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    )


def named(name: str) -> Protocol:
    """The protocol called `name`; raises `UserError` for an unknown name."""
    if name not in names():
        raise UserError(f"There is no protocol called {name}: known are {', '.join(names())}.")
    return cast("Protocol", importlib.import_module(f"{__name__}.{name.replace('-', '_')}"))
