"""What the room hears, in blocks of 50 ms with the time at which each was heard."""

import subprocess
import threading
import time
from dataclasses import dataclass

import numpy as np

RATE_HZ = 44_100
BLOCK = RATE_HZ // 20
BLOCK_S = BLOCK / RATE_HZ
QUIETEST = 2e-4
"""RMS below which a block holds no music."""
MARK_HZ = 1000
"""Tracks that a row makes itself are mostly this tone, so they are told from the starter tracks."""


@dataclass(frozen=True)
class Block:
    """50 ms of the room."""

    at: float
    """When it was heard, by `time.monotonic`."""
    rms: float
    marked: float
    """Share of its power at MARK_HZ, 0 to 1."""
    finite: bool = True
    zero_s: float = 0.0
    """How much of it is exact zeros, as a speaker gets that has run out of sound."""

    @property
    def music(self) -> bool:
        return self.rms >= QUIETEST


def block(at: float, sound: np.ndarray) -> Block:
    """The block that `sound`, shape `(BLOCK,)`, makes."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    middle = round(MARK_HZ * BLOCK_S)
    share = float(power[middle - 2 : middle + 3].sum() / max(float(power.sum()), 1e-12))
    rms = float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))
    zero_s = int((sound == 0).sum()) / RATE_HZ
    return Block(at, rms, share, bool(np.isfinite(sound).all()), zero_s)


class Recorder:
    """Records a monitor for as long as it is there, and again when it is back."""

    def __init__(self, environment: dict[str, str], device: str = "room.monitor") -> None:
        self.blocks: list[Block] = []
        self._environment = environment
        self._device = device
        self._process: subprocess.Popen[bytes] | None = None
        self._open, self._wanted = True, threading.Event()
        self._thread = threading.Thread(target=self._record, daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Record from now on."""
        self._wanted.set()

    def stop(self) -> None:
        """Record nothing until told to start again."""
        self._wanted.clear()
        if self._process:
            self._process.terminate()

    def close(self) -> None:
        """Record no more."""
        self._open = False
        self.stop()
        self._wanted.set()
        self._thread.join(5)

    def _record(self) -> None:
        while self._wanted.wait() and self._open:
            self._process = subprocess.Popen(
                [
                    "parecord",
                    "--raw",
                    f"--device={self._device}",
                    f"--rate={RATE_HZ}",
                    "--channels=1",
                    "--format=float32le",
                    "--latency-msec=50",
                ],
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            out = self._process.stdout
            assert out is not None
            while len(data := out.read(BLOCK * 4)) == BLOCK * 4:
                self.blocks.append(block(time.monotonic(), np.frombuffer(data, np.float32)))
            self._process.kill()
            self._process.wait()
            out.close()
            if self._open:
                time.sleep(0.1)
