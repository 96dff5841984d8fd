"""The settings file of the user's own."""

import os
from collections.abc import Iterator
from pathlib import Path

from dndmood import paths, toml_text
from dndmood.doctor._finding import Finding, ok, wrong
from dndmood.errors import UserError
from dndmood.settings import Settings, load

ORDER = 70
STUCK = "Look whether the settings file lies on a disk that is still there."


def check(_settings: Settings) -> Iterator[Finding]:
    """Whether it can be used; what the command line says counts all the same."""
    yield from usable(paths.settings_file())


def usable(path: Path) -> Iterator[Finding]:
    """Whether the settings file `path` can be used."""
    try:
        load(path)
    except UserError as error:
        yield wrong(str(error), f"Mend it, or move it away to start over: {path}.")
        return
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        yield ok(f"There is no settings file {path}; none is needed.")
        return
    except OSError as error:
        yield wrong(
            f"The settings file {path} cannot be looked at ({error.strerror}), so it sets nothing.",
            f"Give yourself the right to read in {path.parent}.",
        )
        return
    if os.path.isdir(path):  # noqa: PTH112 - never raises
        yield wrong(f"{path} is a folder, so it sets nothing.", "Move that folder away.")
    else:
        count = len(toml_text.read(path, "The settings file"))
        yield ok(f"The settings file {path} sets {count} value{'s' * (count != 1)}.")
