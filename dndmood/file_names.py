"""File names as text: they may be any bytes, and people have to read them."""

import os
import re
from pathlib import Path

from dndmood.errors import UserError
from dndmood.printable import printable as printable_text


def printable(path: str | bytes | os.PathLike[str]) -> str:
    r"""`path` as it can be shown, written and sent everywhere.

    Bytes that are no UTF-8 become U+FFFD, and what would move a terminal's cursor a blank.

    >>> printable(b"caf\xe9 \x1b[2J.ogg")
    'caf�  [2J.ogg'
    """
    try:
        text = os.fsencode(path).decode("utf-8", "replace")
    except UnicodeError:  # a name that no file can have, but a settings file can hold
        text = str(path).encode("utf-8", "replace").decode()
    return printable_text(text)


def title_of(name: str | bytes) -> str:
    """The title that a file's `name` without its suffix shows.

    >>> title_of("03_iron-weather"), title_of("Two Kings - The Last Battle")
    ('03 iron weather', 'Two Kings - The Last Battle')
    """
    return " ".join(re.sub(r"_|(?<![ _])-(?![ _])", " ", printable(name)).split())


def free_neighbour(path: Path, *, mark: str = "", first: int = 1) -> Path:
    """The first numbered name beside `path` that is free, as `zero-old-1.toml` with mark "-old"."""
    number = first
    while os.path.lexists(free := path.with_name(f"{path.stem}{mark}-{number}{path.suffix}")):
        number += 1
    return free


def at_home(name: str | Path) -> Path:
    """The path `name`, where ~ stands for a home folder; raises `UserError` for nobody's."""
    try:
        return Path(name).expanduser()
    except (RuntimeError, ValueError) as error:
        raise UserError(f"{printable(name)} begins with no user's name: check it.") from error
