"""Whether a sound file ends before its sound does, as half a download; told by its container alone."""

import os
from pathlib import Path
from typing import BinaryIO

_UNKNOWN = 0x7FFF_F000
"""Sizes from here on were written by programs that did not know them."""
_TAIL = 1 << 17
_PAGE = 27
"""The header of an Ogg page up to its table of segments (RFC 3533, section 6)."""
_LAST = 4


def ends_early(path: str | os.PathLike[str]) -> bool:
    """Whether a WAV, AIFF or Ogg file lacks its end; False for others, which their decoders tell.

    A header that was never finished says nothing about the end. Raises OSError.
    """
    with Path(path).open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(8)
        match head[:4]:
            case b"RIFF":
                return size < 8 + int.from_bytes(head[4:], "little") < _UNKNOWN
            case b"FORM":
                return size < 8 + int.from_bytes(head[4:], "big") < _UNKNOWN
            case b"OggS":
                return not _has_last_page(file, size)
    return False


def _has_last_page(file: BinaryIO, size: int) -> bool:
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    page = tail[tail.rfind(b"OggS") :]
    segments = page[_PAGE : _PAGE + page[_PAGE - 1]] if len(page) >= _PAGE else b""
    whole = len(page) >= _PAGE and len(page) >= _PAGE + page[_PAGE - 1] + sum(segments)
    return whole and bool(page[5] & _LAST)
