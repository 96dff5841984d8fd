"""Takes out of sentences what a stranger need not read: who you are, where you live, serials."""

import getpass
import os
import platform
import re
from collections.abc import Iterable

from dndmood import paths
from dndmood.printable import printable

HIDDEN = "(hidden)"
_EVERYBODYS = frozenset({
    "admin", "administrator", "arch", "audio", "debian", "default", "dndmood", "fedora", "guest",
    "home", "linux", "localhost", "mac", "macbook", "macos", "microphone", "mint", "model", "music",
    "pc", "player", "profile", "python", "root", "runner", "sound", "speaker", "system", "table",
    "terminal", "ubuntu", "user", "users", "windows",
})  # fmt: skip
"""Names that tell nobody from anybody, some of which our own sentences need."""
_ADDRESS = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Fa-f]{2}(?:[:_-][0-9A-Fa-f]{2}){5}(?![0-9A-Za-z])"
)
"""Of a network or Bluetooth device."""
_OWNER = re.compile(r"\b[^\W\d_a-z][\w.-]*(?=['\u2019]s\b)")
"""Headsets are called "Anna's AirPods"; no sentence of ours has a capital word like it."""
_SERIAL = re.compile(
    r"(?<![0-9A-Za-z])(?:(?=[0-9A-Fa-f]*\d)[0-9A-Fa-f]{8,}|(?=(?:[A-Za-z]*\d){4})[0-9A-Za-z]{10,})"
    r"(?![0-9A-Za-z])"
)


def hidden(text: str, *, homes: Iterable[str], names: Iterable[str]) -> str:
    """`text` with `~` for each of `homes`, and without `names`, addresses, owners and serials.

    >>> hidden("/home/anna/x is Anna's", homes=["/home/anna"], names=["anna"])
    "~/x is (hidden)'s"
    """
    places = {form for home in homes for form in _forms(home)}
    for place in sorted(places, key=len, reverse=True):
        text = re.sub(re.escape(place) + r"(?![\w.-])", "~", text, flags=re.IGNORECASE)
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(
            rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", HIDDEN, text, flags=re.IGNORECASE
        )
    for pattern in (_OWNER, _ADDRESS, _SERIAL):
        text = pattern.sub(HIDDEN, text)
    return text


def hide(text: str) -> str:
    """`text` in visible signs, without what is private to whoever runs this program here."""
    return hidden(printable(text), homes=_homes(), names=_names())


def _forms(home: str) -> set[str]:
    """How a path may stand in an error: as it is, with one kind of slash, and quoted twice."""
    bare = home.rstrip("/\\")
    if len(bare) <= len("C:"):  # "/" is nobody's home, and neither is a drive
        return set()
    return {bare, bare.replace("\\", "/"), bare.replace("\\", "\\\\")}


def _homes() -> set[str]:
    found = {os.environ.get(name, "") for name in ("HOME", "USERPROFILE")}
    found.add(str(paths.expanded("~")))
    return {form for home in found if home for form in (home, os.path.realpath(home))}


def _names() -> set[str]:
    found = [os.environ.get(key, "") for key in ("USER", "LOGNAME", "USERNAME", "SUDO_USER")]
    found += [*map(_last_part, _homes()), platform.node().partition(".")[0], *_full_name()]
    return {one for one in found if len(one) > 1 and one.casefold() not in _EVERYBODYS}


def _last_part(path: str) -> str:
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]


def _full_name() -> list[str]:
    """Each part of the name that the system has for the user; nothing where it has none."""
    try:
        import pwd

        name = pwd.getpwnam(getpass.getuser()).pw_gecos.partition(",")[0]
    except (ImportError, KeyError, OSError, AttributeError):
        return []
    return [part for part in re.split(r"[\s.]+", name) if len(part) > 2]  # noqa: PLR2004 - "de", "Dr"
