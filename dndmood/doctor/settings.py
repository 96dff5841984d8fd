"""The settings file of the user's own."""

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
        yield wrong(str(error), f"Mend it, or move it away to begin anew: {path}.")
        return
    if path.is_dir():
        yield wrong(f"{path} is a folder, so it sets nothing.", "Move that folder away.")
    elif path.exists():
        count = len(toml_text.read(path, "The settings file"))
        yield ok(f"The settings file {path} sets {count} value{'s' * (count != 1)}.")
    else:
        yield ok(f"There is no settings file {path}; none is needed.")
