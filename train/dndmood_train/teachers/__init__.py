"""Teachers, one module each; the folder is the list.

A teacher module has `opened(argument, *, device)`, a context manager that gives a `Teacher`;
`argument` is what follows the colon in `--teacher NAME:ARGUMENT`, else empty.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train.teachers._named import ENSEMBLES, NAMED
from dndmood_train.teachers._teacher import About, Opinions, Teacher, WindowTeacher

__all__ = [
    "About",
    "Opinions",
    "Teacher",
    "WindowTeacher",
    "check_name",
    "device_named",
    "names",
    "open_teacher",
    "open_window_teacher",
]


def names() -> list[str]:
    """Every teacher that can be asked for by name: modules and well-known checkpoints."""
    modules = [
        module.name
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    return sorted({*modules, *NAMED, *ENSEMBLES})


@contextmanager
def open_teacher(name: str, *, device: str = "auto") -> Iterator[Teacher]:
    """The teacher called `name`, on `device` (`auto`, `cpu`, `cuda` or `mps`).

    `name` is a module here (`committee`), a module and what it shall open
    (`wav2vec2:FOLDER`, `ensemble:audeering+odyssey`), a short name of a well-known checkpoint
    (`audeering`), a hub name or a folder. Raises `UserError` for anything else.
    """
    module, argument = _resolved(name)
    opener = importlib.import_module(f"{__name__}.{module}")
    with opener.opened(argument, device=device_named(device)) as teacher:
        yield teacher


def open_window_teacher(name: str, *, device: str = "auto") -> WindowTeacher:
    """The teacher called `name` as one that hears windows while a student learns.

    Raises `UserError` for a teacher that cannot.
    """
    check_name(name, windows=True)
    module, argument = _resolved(name)
    opener = importlib.import_module(f"{__name__}.{module}")
    found: WindowTeacher = opener.window_teacher(argument, device=device_named(device))
    return found


def check_name(name: str, *, windows: bool = False) -> None:
    """Raise `UserError` at once when nothing could be meant by `name`; fetches nothing.

    With `windows` also for a teacher that does not hear windows while a student learns.
    """
    module, _ = _resolved(name)
    if windows and not hasattr(
        importlib.import_module(f"{__name__}.{module}"), "window_teacher"
    ):
        raise UserError(
            f"The teacher {name} only hears whole clips: take `overheard` out of the recipe, or "
            "choose a committee of Whisper encoders (committee:FOLDER)."
        )


def device_named(name: str) -> str:
    """The torch device behind `auto`, `cpu`, `cuda` or `mps`; `auto` takes the fastest.

    Raises `UserError` for a device that is not there.
    """
    import torch

    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return next(device for device, available in there.items() if available)
    if not there.get(name.partition(":")[0], False):
        usable = ", ".join(device for device, available in there.items() if available)
        raise UserError(f"There is no device {name} here: use auto, or one of {usable}.")
    return name


def _resolved(name: str) -> tuple[str, str]:
    if name in ENSEMBLES:
        return "ensemble", "+".join(ENSEMBLES[name])
    if name in NAMED:
        return "wav2vec2", NAMED[name].hub
    module, colon, argument = name.partition(":")
    if module in names() and module not in NAMED and module not in ENSEMBLES:
        return module, argument
    # A folder may contain a colon, and a hub name always contains a slash.
    if (Path(name) / "config.json").is_file() or (Path(name) / "model.yaml").is_file():
        return "wav2vec2", name
    if "+" in name:
        return "ensemble", name
    if "/" in name and not colon and not Path(name).is_absolute():
        return "wav2vec2", name
    raise UserError(
        f"There is no teacher called {name}: known are {', '.join(names())}, any checkpoint "
        "by its hub name (owner/name) and any folder with a config.json."
    )
