"""TOML that people wrote: read with one plain sentence for every way it can be wrong."""

import codecs
import stat
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from msgspec import convert

from dndmood.errors import UserError
from dndmood.fields import limits
from dndmood.file_names import printable

BACKSLASHES = (
    "write paths with / or in single quotes, for a backslash begins a code in double quotes"
)
"""What to do about `"C:\\Users"`, which TOML reads as `C:`, a code and `sers`."""


class TomlTextError(UserError):
    """A file that is no TOML text, as one sentence with what to do."""

    def __init__(self, which: str, why: str, fix: str = "") -> None:
        """`which` file it is, `why` it is none, and the `fix`, all as parts of the sentence."""
        super().__init__(f"{which} {why}: {fix}." if fix else f"{which} {why}.")
        self.why = why


_MOST_BYTES = 4_000_000
_OTHER_CODES = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read(path: Path, what: str) -> dict[str, Any]:
    """The table in the file `path`, which the sentences call `what`, as "The mood file".

    A byte order mark is passed over. Raises `TomlTextError`, a `UserError`, for everything that is no
    TOML text: a folder or a pipe in its place, another encoding, a file beyond 4 MB, a mistake,
    which is named with its line.
    """
    which = f"{what} {path}"
    try:
        content = _content(path, which)
    except OSError as error:
        raise TomlTextError(which, f"cannot be read: {error.strerror or error}") from error
    try:
        return parsed(_decoded(content, which))
    except ValueError as error:
        fix = BACKSLASHES if _about_backslashes(str(error)) else ""
        raise TomlTextError(which, f"cannot be read: {error}", fix) from error


def parsed(text: str) -> dict[str, Any]:
    """The table that `text` is; raises `ValueError` for everything that is none."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # Python's own, which tells of its settings
        raise ValueError("it has a number with thousands of digits") from error


def files(folder: Path, what: str, tell: Callable[[str], None] | None = None) -> list[Path]:
    """The TOML files in `folder` by name, without what systems put beside such files.

    None when there is no such folder. One that cannot be listed, which is called `what` as in "The
    mood folder", is reported, or raises `UserError` without `tell`.
    """
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() == ".toml" and not path.name.startswith(".")
        )
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        sentence = f"{what} {printable(folder)} cannot be read: {error.strerror}."
        if tell is None:
            raise UserError(sentence) from error
        tell(sentence)
        return []


def converted(which: str, key: str, value: Any, kind: Any, wanted: str = "") -> Any:
    """`value` as the annotation `kind` has it, for the `key` of the file `which`.

    Raises `UserError` that says what is `wanted`, as "a text"; without it a number within limits.
    """
    try:
        return convert(value, kind)
    except ValueError as error:
        wanted = wanted or "a number from {:g} to {:g}".format(*limits(kind))
        raise UserError(f"{which} needs {wanted} for {key!r}, not {shown(value)}.") from error


def unknown_key(key: str, known: Iterable[str]) -> str:
    """What is wrong with `key`, and which of `known` was meant, if one is near.

    >>> unknown_key("playr", ("player", "music"))
    "has an unknown key 'playr': did you mean 'player'?"
    >>> unknown_key("colour", ("player", "music"))
    "has an unknown key 'colour': use player, music."
    """
    from difflib import get_close_matches  # 2 ms, and nobody who makes no mistake should wait

    keys = list(known)
    near = get_close_matches(key.casefold(), keys, n=1) or [
        one for one in keys if one.startswith(f"{key.casefold()}_")
    ]
    meant = f"did you mean {near[0]!r}?" if near else f"use {', '.join(keys)}."
    return f"has an unknown key {shown(key)}: {meant}"


def instead(error: Exception, *, known: bool) -> str:
    """What is wrong with a file of the user's, and what is done: `known` says whether one comes along.

    >>> instead(ValueError("The file has no title."), known=False)
    'The file has no title; it is left out.'
    >>> instead(ValueError("Did you mean 'key'?"), known=True)
    "Did you mean 'key'? The one that comes along is used."
    """
    done = "the one that comes along is used" if known else "it is left out"
    problem = str(error).removesuffix(".")
    if problem.endswith("?"):
        return f"{problem} {done[0].upper()}{done[1:]}."
    return f"{problem}; {done}."


def shown(value: object) -> str:
    """`value` as a sentence may hold it: short, whatever it is."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of many thousand digits; a deep list
        return "what it holds"
    most = 60
    return text if len(text) <= most else f"{text[:most]}..."


def lost_a_backslash(text: str) -> bool:
    r"""Whether `text` holds what `\t`, `\n` and their like become, as in "C:\temp"."""
    return any(sign < " " for sign in text)


def _content(path: Path, which: str) -> bytes:
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        raise TomlTextError(which, "is a folder", "move it away, or put a file there")
    if not stat.S_ISREG(kind):  # a pipe would be waited for
        raise TomlTextError(which, "is no ordinary file", "move it away")
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise TomlTextError(which, "is too large to be one", "move it away")
    return content


def _decoded(content: bytes, which: str) -> str:
    fix = "save it as UTF-8"
    for mark, name in _OTHER_CODES.items():
        if content.startswith(mark):
            raise TomlTextError(which, f"is written in {name}", fix)
    if b"\0" in content:  # UTF-16 without a mark looks like this, too
        raise TomlTextError(which, "is no text", fix)
    try:
        # As text files are read anywhere; TOML itself knows no lone carriage return.
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TomlTextError(which, f"is not UTF-8 in line {line}", fix) from error


def _about_backslashes(message: str) -> bool:
    return any(sign in message for sign in ("hex value", "Unescaped '\\'", "scalar value"))
