"""A folder that may not be entered, for root as well as for everybody else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_NOBODY = 65_534


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """`folder` cannot be entered inside the block; the test is skipped where that cannot be."""
    if os.name == "nt":
        pytest.skip("rights are another matter there")
    root, mode = os.geteuid() == 0, folder.stat().st_mode
    folder.chmod(0)
    if root:  # may enter every folder, so somebody else runs the block
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(mode)
