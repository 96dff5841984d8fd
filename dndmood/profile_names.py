"""What a table may be called: the name of a folder on every system, in every script."""

import os
import re
import unicodedata
from pathlib import Path

from dndmood import toml_text
from dndmood.errors import UserError

_LONGEST_NAME = 64
_IN_NAMES = " .-_'\u2019&\u200c\u200d"
"""May stand in a name behind its first sign, beside letters, marks on letters, and digits. The last
two join and part letters in Persian, Hindi and others."""
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows, whatever follows a dot."""
_MOST_BYTES = 200


def folder(profiles: Path, name: str) -> Path:
    """The folder in `profiles` of the table `name`, which need not exist.

    Raises `UserError` for a bad name.
    """
    name = _spelt(profiles, name)
    there = profiles / name
    if not _is_name(name):
        raise UserError(
            f"A profile cannot be called {toml_text.shown(name)}: use letters, digits, spaces, "
            "and - _ . ' & between them, at most 64."
        )
    # Not on every system; but a table may move to another computer, and an old one may stay.
    if (_DEVICES.fullmatch(name) or name[-1] in " .") and not os.path.isdir(there):  # noqa: PTH112 - never raises
        raise UserError(
            f"A profile cannot be called {name!r}, which is no name for a folder on Windows: "
            "choose another."
        )
    return there


def _spelt(profiles: Path, name: str) -> str:
    """`name` as its folder is called: é may be typed as one sign or as two (NFC)."""
    composed = unicodedata.normalize("NFC", name)
    # A table that was called so by an older version keeps its folder.
    old = _is_name(name) and os.path.isdir(profiles / name)  # noqa: PTH112 - never raises
    return name if old else composed


def _is_name(name: str) -> bool:
    kinds = [unicodedata.category(sign)[0] for sign in name]
    return (
        0 < len(name) <= _LONGEST_NAME
        and (kinds[0] in "LN" or name[0] == "_")
        and all(
            kind in "LNM" or sign in _IN_NAMES for kind, sign in zip(kinds, name, strict=True)
        )
        and len(name.encode()) <= _MOST_BYTES
    )
