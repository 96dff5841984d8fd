"""Files that are there whole or not at all."""

import errno
import os
from pathlib import Path

from dndmood.errors import UserError


def made(folder: Path) -> None:
    """Make `folder` unless it is there; raises `UserError` when it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made: {error.strerror}.") from error


def put(path: Path, content: bytes) -> None:
    """Write `content`: a reader sees the old file or the new one, never half of it.

    Raises `UserError` when the disk is full or the file cannot be written; then nothing of
    the new content is left behind.
    """
    # On the disk before it gets its name, so that even a power failure leaves no half file.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise UserError(
                f"The disk with {path.parent} is full: make room and start again, "
                "everything done so far is kept."
            ) from error
        raise UserError(f"{path} cannot be written: {error.strerror}.") from error
