"""A real disk that is soon full: a small tmpfs, for who may mount one."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An empty disk of 64 kB."""
    with mounted(tmp_path / "disk", "size=64k,mode=700"):
        yield tmp_path / "disk"


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A disk on which nothing can be written."""
    with mounted(tmp_path / "read_only", "ro"):
        yield tmp_path / "read_only"


@contextmanager
def mounted(place: Path, options: str) -> Iterator[None]:
    """A disk in memory at `place`; the test is skipped where none can be mounted."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip(f"a disk cannot be mounted: {done.stderr.strip()}")
    yield
    subprocess.run(["umount", "-l", str(place)], check=False)


def fill(disk: Path) -> Path:
    """Fill `disk` to its last byte; returns the file to delete when there shall be space again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return ballast
