"""APEv2 tags, which stand at the end of a file.

MP3Gain and foobar2000 write them into MP3s; WavPack, Musepack and Monkey's Audio have no others. The
layout is that of "APEv2 specification" in the Hydrogenaudio Knowledgebase.
"""

import os
from typing import BinaryIO

_FOOT = 32
_ID3V1 = 128
_MOST_BYTES = 16_000_000
"""A cover may be in it."""
_MOST_ITEMS = 1000
_KIND, _TEXT = 0b110, 0
_MOST_VALUE = 10_000


def read(file: BinaryIO) -> dict[str, list[str]]:
    """The texts of the tag by name in lower case; nothing where there is no such tag.

    Raises `OSError` when the file cannot be read.
    """
    end = file.seek(0, os.SEEK_END)
    if _at(file, end - _ID3V1, 3) == b"TAG":
        end -= _ID3V1
    foot = _at(file, end - _FOOT, _FOOT)
    if foot[:8] != b"APETAGEX":
        return {}
    length, count = _number(foot[12:16]), _number(foot[16:20])
    if not _FOOT <= length <= min(end, _MOST_BYTES):
        return {}
    return _items(_at(file, end - length, length - _FOOT), min(count, _MOST_ITEMS))


def _items(content: bytes, count: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    place = 0
    for _ in range(count):
        length, flags = _number(content[place : place + 4]), content[place + 4 : place + 5]
        stop = content.find(b"\0", place + 8)
        if stop < 0 or not flags:
            break
        name, value = content[place + 8 : stop], content[stop + 1 : stop + 1 + length]
        if flags[0] & _KIND == _TEXT:
            texts = value[:_MOST_VALUE].decode("utf-8", "replace").split("\0")
            found.setdefault(name.decode("latin-1").lower(), []).extend(filter(None, texts))
        place = stop + 1 + length
    return found


def _at(file: BinaryIO, place: int, count: int) -> bytes:
    if place < 0:
        return b""
    file.seek(place)
    return file.read(count)


def _number(four: bytes) -> int:
    return int.from_bytes(four, "little")
