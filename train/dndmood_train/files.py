"""Files that are there whole or not at all."""

import errno
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import numpy as np

from dndmood.errors import UserError


@contextmanager
def disk_errors_explained(path: Path) -> Iterator[None]:
    """Turns what a disk may do while `path` is written into a `UserError`."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise UserError(
                f"The disk with {path.parent} is full: make room and start again, "
                "everything done so far is kept."
            ) from error
        raise UserError(f"{path} cannot be written: {error.strerror or error}.") from error


def make_folder(folder: Path) -> None:
    """Make `folder` unless it is there; raises `UserError` when it cannot be made."""
    with disk_errors_explained(folder):
        folder.mkdir(parents=True, exist_ok=True)


def check_folder(folder: Path) -> None:
    """Make `folder` unless it is there; raises `UserError` when no file can be written into it."""
    make_folder(folder)
    with disk_errors_explained(folder), TemporaryFile(dir=folder):
        pass


def check_file(path: Path) -> None:
    """Make the folder of `path`; raises `UserError` when no file can be written there."""
    if path.is_dir():
        raise UserError(f"{path} is a folder: name a file in it.")
    check_folder(path.parent)


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A file to write instead of `path`, which it becomes when nothing went wrong.

    It is on the disk before it gets its name, so that even a power failure leaves no half
    file. Raises `UserError` when the disk is full or cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with disk_errors_explained(path):
        try:
            yield draft
            with draft.open("rb+") as file:
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def draft_folder_of(folder: Path, *, last: str) -> Iterator[Path]:
    """An empty folder whose files move into `folder` when nothing went wrong.

    The file called `last`, which tells that the others are whole, leaves first and arrives
    last. Raises `UserError` when the disk is full or cannot be written.
    """
    with disk_errors_explained(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as outer:
            # Under its own name, which a reader may want to know.
            draft = Path(outer) / folder.name
            draft.mkdir()
            yield draft
            folder.mkdir(exist_ok=True)
            (folder / last).unlink(missing_ok=True)
            for path in sorted(draft.iterdir(), key=lambda path: path.name == last):
                with path.open("rb+") as file:
                    os.fsync(file.fileno())
                path.replace(folder / path.name)


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`: a reader sees the old file or the new one, never half."""
    with draft_of(path) as draft:
        draft.write_bytes(content)


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write named arrays as one compressed `.npz`, likewise."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_whole(path, buffer.getvalue())
