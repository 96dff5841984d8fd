"""The models that come along, and the one that is meant by a name or a folder."""

import os
from pathlib import Path

from dndmood import paths
from dndmood.errors import UserError
from dndmood.file_names import at_home, printable
from dndmood.hearing import head
from dndmood.hearing.model import ModelCard

DEFAULT = "hearth"
"""What listens when nobody asks for another; the first there is where it did not come along."""


def names() -> tuple[str, ...]:
    """What the models that come along are called, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in paths.data("models").glob("*/card.toml")))


def folder(name: str) -> Path:
    """Where the model `name` lies: one that comes along, or any folder; "" for the default one.

    A folder that is called like one that comes along is meant by `./` before its name. Raises
    `UserError`, with the names there are, when it is neither.
    """
    every = names()
    if not name:
        if not every:
            raise UserError("No emotion model came along: name one with --model FOLDER.")
        return paths.data("models") / (DEFAULT if DEFAULT in every else every[0])
    if name in every:
        return paths.data("models") / name
    path = at_home(name)
    if not os.path.isdir(path):  # noqa: PTH112 - never raises, however long the name is
        along = f", or one of those that come along: {', '.join(every)}" if every else ""
        raise UserError(
            f"There is no model folder {printable(path)}: name one that is there{along}."
        )
    return path


def described(card: ModelCard, where: Path) -> str:
    """Which model it is, as in "hearth (74,749 weights, 0.33 MB)"."""
    size = sum(
        (where / file).stat().st_size
        for file in ("model.onnx", head.FILE)
        if (where / file).is_file()
    )
    weights = f"{card.parameters:,} weights, " if card.parameters else ""
    return f"{card.name} ({weights}{size / 1e6:.2f} MB)"
