"""The disk: whether what an evening keeps can be written, has room, and is nobody else's."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dndmood import paths
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.settings import Settings

ORDER = 60
STUCK = "A disk or network share does not answer: look whether it is still there."

_EVENING_MB = 10.0
"""An evening of four hours writes some seven."""
_ROOM_MB = 100.0
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check(settings: Settings) -> Iterator[Finding]:
    """The folders that the program writes to, and the one for the journal that was asked for."""
    folders = {
        "state": paths.log_file().parent,
        "settings": paths.settings_file().parent,
    }
    if settings.journal:
        folders["journal"] = paths.expanded(settings.journal).parent
    for what, folder in folders.items():
        yield from writable(what, folder)
    yield from private("state", folders["state"])


def writable(what: str, folder: Path) -> Iterator[Finding]:
    """Whether files can be made in `folder`, or it itself can be made, and how much room is there."""
    way = (folder, *folder.parents)
    if blocking := [one for one in way if os.path.lexists(one) and not os.path.isdir(one)]:  # noqa: PTH112 - never raises
        yield wrong(
            f"The {what} folder {folder} cannot be made: {blocking[0]} is no folder.",
            f"Move {blocking[0]} away.",
        )
        return
    there = next((one for one in way if os.path.isdir(one)), folder)  # noqa: PTH112 - as above
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x" * 4096)
        free_mb = shutil.disk_usage(there).free / 1e6
    except OSError as error:
        yield wrong(
            f"The {what} folder {folder} cannot be written ({error.strerror}).",
            _fix(error, there),
        )
        return
    if free_mb < _EVENING_MB:
        yield wrong(
            f"The {what} folder {folder} has {free_mb:.0f} MB left, less than one evening needs.",
            "Make room on its disk.",
        )
    elif free_mb < _ROOM_MB:
        yield hint(
            f"The {what} folder {folder} has {free_mb:.0f} MB left.", "Make room on its disk."
        )
    else:
        can = "can be written" if there == folder else "is not there yet and can be made"
        yield ok(f"The {what} folder {folder} {can}; {free_mb / 1e3:.1f} GB are free.")


def _fix(error: OSError, there: Path) -> str:
    if error.errno == errno.ENOSPC:
        return "Make room on its disk."
    if error.errno == errno.EROFS:
        return (
            f"Make the disk of {there} writable: mount it so, or look what the system log says."
        )
    return f"Give yourself the right to write in {there}."


def private(what: str, folder: Path) -> Iterator[Finding]:
    """A hint when other users of this computer can read what is in `folder`."""
    if (
        os.name == "nt" or not os.path.isdir(folder)  # noqa: PTH112 - never raises
    ):  # there, rights are inherited from the user's folder
        return
    everything = [folder, *folder.rglob("*")]
    if not (open_to_others := sum(map(_others_may, everything))):
        yield ok(f"Only you can read the {what} folder and what is in it.")
        return
    many = f"{open_to_others} files and folders" if open_to_others > 1 else "One file or folder"
    yield hint(
        f"{many} of the {what} folder can be read by other users of this computer.",
        f"Type: chmod -R go= {str(folder).replace(' ', chr(92) + ' ')}",
    )


def _others_may(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not stat.S_ISLNK(mode) and bool(stat.S_IMODE(mode) & _OTHERS)
