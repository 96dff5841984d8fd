"""Which devices there are now, asked of a fresh process, so that running streams play on."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from dndmood.errors import UserError
from dndmood.sound_devices._device import Device
from dndmood.sound_devices._portaudio import PortAudio

_LONGEST_S, _GOODBYE_S = 10.0, 0.5


def print_devices() -> None:
    """Print every device as a JSON list; nothing where PortAudio cannot start."""
    try:
        every = PortAudio().devices()
    except UserError:
        sys.exit(1)
    sys.stdout.write(json.dumps([asdict(device) for device in every]))


def command() -> list[str] | None:
    """How to ask a fresh process; None where this program is no Python that could be started."""
    if getattr(sys, "frozen", False) or not sys.executable:
        return None  # a program in one piece would start itself again, evening and all
    return [sys.executable, "-m", "dndmood.sound_devices"]


class Probe:
    """Asks another process for the devices; at most one at a time."""

    def __init__(self, ask: Sequence[str] | None = None) -> None:
        """`ask` is the command that prints the devices; None takes our own."""
        self._ask = ask or command()
        self._process: subprocess.Popen[bytes] | None = None
        # A file, as a pipe that nobody reads is full with a dozen devices on Windows.
        self._answer: BinaryIO | None = None
        self._began_s = 0.0

    def look(self, now_s: float) -> tuple[Device, ...] | None:
        """The devices once they are known; None while the answer is awaited. Never waits."""
        if self._process is None or self._answer is None:
            self._begin(now_s)
            return None
        if self._process.poll() is None:
            if now_s - self._began_s > _LONGEST_S:
                self.close()
            return None
        self._answer.seek(0)
        answer = self._answer.read()
        self.close()
        try:
            return tuple(Device(**entry) for entry in json.loads(answer))
        except (ValueError, TypeError):
            return ()  # PortAudio could not start there, so there are none

    def close(self) -> None:
        """Do not wait for the answer any more."""
        if self._process is not None:
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):  # one that a driver holds stays behind
                self._process.wait(_GOODBYE_S)
        if self._answer is not None:
            self._answer.close()
        self._process = self._answer = None

    def _begin(self, now_s: float) -> None:
        self._began_s = now_s
        if self._ask is None:
            return
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        try:
            self._answer = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
            self._process = subprocess.Popen(  # noqa: S603 - our own command, without a shell
                self._ask,
                stdin=subprocess.DEVNULL,
                stdout=self._answer,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": path},
                # No console window pops up on Windows where ours has none.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            self.close()
