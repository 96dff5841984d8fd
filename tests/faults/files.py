"""Files, disks and tools that rows need."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import soundfile

from tests.faults.recorder import MARK_HZ


class NotHereError(Exception):
    """A row cannot be done on this machine; the text is one sentence."""


def tone(path: Path, seconds: float, beside_hz: float) -> None:
    """A track that is mostly a tone of MARK_HZ."""
    time_s = np.arange(round(seconds * 44_100)) / 44_100
    sound = 0.2 * np.sin(2 * np.pi * MARK_HZ * time_s)
    sound += 0.02 * np.sin(2 * np.pi * beside_hz * time_s)
    soundfile.write(path, np.stack((sound, sound), 1).astype(np.float32), 44_100)


def garbage(path: Path, size: int = 200_000) -> None:
    """Overwrite `path`, in place, with bytes that mean nothing."""
    path.write_bytes(np.random.default_rng(5).bytes(size))


def unmounted(where: Path) -> None:
    subprocess.run(["umount", "-l", str(where)], check=False, capture_output=True)


def missing(needs: tuple[str, ...]) -> str:
    """Empty when everything is here, else one sentence."""
    for tool in needs:
        if tool == "root":
            if os.geteuid() != 0:
                return "only root may do this"
        elif not shutil.which(tool):
            return f"{tool} is not installed"
    return ""
