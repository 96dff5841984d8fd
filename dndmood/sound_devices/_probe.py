"""Which devices there are now, asked of a fresh process, so that running streams play on."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from dndmood.errors import UserError
from dndmood.sound_devices._device import Device
from dndmood.sound_devices._portaudio import PortAudio

_LONGEST_S = 10.0


def print_devices() -> None:
    """Print every device as a JSON list; nothing where PortAudio cannot start."""
    try:
        every = PortAudio().devices()
    except UserError:
        sys.exit(1)
    sys.stdout.write(json.dumps([asdict(device) for device in every]))


class Probe:
    """Asks another process for the devices; at most one at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._began_s = 0.0

    def look(self, now_s: float) -> tuple[Device, ...] | None:
        """The devices once they are known; None while the answer is awaited. Never waits."""
        if self._process is None:
            self._begin(now_s)
            return None
        if self._process.poll() is None:
            if now_s - self._began_s > _LONGEST_S:
                self.close()
            return None
        answer, _ = self._process.communicate()
        self._process = None
        try:
            return tuple(Device(**entry) for entry in json.loads(answer))
        except (ValueError, TypeError):
            return ()  # PortAudio could not start there, so there are none

    def close(self) -> None:
        """Do not wait for the answer any more."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _begin(self, now_s: float) -> None:
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dndmood.sound_devices"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": path},
            )
        except OSError:
            self._process = None
        self._began_s = now_s
