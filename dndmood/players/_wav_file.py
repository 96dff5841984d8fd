"""A WAV file that can be read at every moment while it is written, and may grow beyond 4 GB."""

import math
import struct
from pathlib import Path
from typing import Self

import numpy as np

from dndmood.players._faders import Block

_FRAME = 4
_HEADER = 80
_ALL_ONES = 0xFFFFFFFF
_DS64 = 28


class WavFile:
    """Stereo at 16 bits. Its header is right after every write, also when the program is killed.

    (soundfile writes sizes only when it closes.) Beyond 4 GB, which is more than six hours, the header
    becomes that of RF64 (EBU Tech 3306), for which room is kept from the beginning.
    """

    def __init__(self, path: Path, rate_hz: int) -> None:
        """Make the file `path`; raises `OSError`, `FileExistsError` among them."""
        self._rate_hz = rate_hz
        self._bytes = 0  # of sound
        self._last = np.zeros((0, 2), dtype=np.float32)
        self._file = path.open("xb", buffering=0)
        self._write(self._header())

    def write(self, block: Block) -> None:
        """Add `block`, shape `(frames, 2)`. Raises `OSError`; all whole frames until then stay."""
        self._last = np.concatenate((self._last, block))[-self._rate_hz :].copy()
        try:
            self._write(_pcm(block))
        finally:
            self._finish()

    def close(self) -> None:
        """Fade out what is there of the last second and let the file go; raises `OSError`."""
        try:
            frames = min(len(self._last), self._bytes // _FRAME)
            if frames:
                curve = np.cos(np.arange(1, frames + 1) / frames * (math.pi / 2.0))
                faded = self._last[len(self._last) - frames :] * curve[:, np.newaxis]
                self._file.seek(_HEADER + self._bytes - frames * _FRAME)
                self._write(_pcm(faded.astype(np.float32)))
        finally:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:  # a disk that gets full takes a part first
            rest = rest[self._file.write(rest) :]

    def _finish(self) -> None:
        """Let the header say how much is there, in whole frames."""
        end = self._file.seek(0, 2)
        self._bytes = (end - _HEADER) // _FRAME * _FRAME
        if end != _HEADER + self._bytes:
            self._file.truncate(_HEADER + self._bytes)
        self._file.seek(0)
        self._write(self._header())
        self._file.seek(0, 2)

    def _header(self) -> bytes:
        size = _HEADER - 8 + self._bytes
        sound = struct.pack(
            "<4sIHHIIHH", b"fmt ", 16, 1, 2, self._rate_hz, self._rate_hz * _FRAME, _FRAME, 16
        )
        if size < _ALL_ONES:
            begin = struct.pack("<4sI4s4sI28x", b"RIFF", size, b"WAVE", b"JUNK", _DS64)
            return begin + sound + struct.pack("<4sI", b"data", self._bytes)
        begin = struct.pack(
            "<4sI4s4sIQQQI",
            *(b"RF64", _ALL_ONES, b"WAVE", b"ds64", _DS64),
            *(size, self._bytes, self._bytes // _FRAME, 0),
        )
        return begin + sound + struct.pack("<4sI", b"data", _ALL_ONES)


def _pcm(block: Block) -> bytes:
    pcm: bytes = np.rint(np.clip(block, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
    return pcm
