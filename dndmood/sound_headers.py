"""The bytes of sound files as a decoder should see them.

Where a header was never finished, as when the recorder's battery died, its sizes are 0, all
ones, or those of an earlier moment, while the sound goes on to the end of the file. An MP3 may
begin late and need not say how long it is.
"""

import os
from collections.abc import Callable, Mapping
from typing import BinaryIO, Protocol, TypeAlias, TypeVar

T = TypeVar("T")

Patches: TypeAlias = Mapping[int, bytes]
"""Place in the file to the bytes that stand there instead."""


class Readable(Protocol):
    """What is asked of a file here."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def read(self, count: int, /) -> bytes: ...


_MOST_CHUNKS = 1000
_MUCH = 1 << 16
"""Bytes behind the sound that are no chunk: more than this is not some program's note."""
_OTHERS = (b"RIFF", b"RF64", b"BW64", b"FORM", b"caff", b".snd", b"OggS", b"fLaC", b"riff")
_MP3_KBIT_S = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MANY = 20
"""Frames in a row that are surely an MP3's."""
_ENDLESS = 1 << 40
_ALL_ONES = b"\xff" * 4


def unfinished(file: Readable) -> Patches:
    """What to read instead of `file`'s own bytes; nothing for a finished header.

    Knows WAV, RF64, AIFF, CAF and AU. `file` is left at some place; an `OSError` is passed on.
    """
    size = file.seek(0, 2)
    head = _at(file, 0, 12)
    match head[:4]:
        case b"RIFF":
            return _riff(file, size)
        case b"RF64" | b"BW64":
            return _rf64(file, size)
        case b"FORM":
            return _aiff(file, size)
        case b"caff":
            return _caf(file, size)
        case b".snd" if head[8:12] == b"\0" * 4:
            return {8: _ALL_ONES}  # "unknown" by the format's own rule
    return {}


def counts_its_frames(file: Readable) -> bool:
    """Whether an MP3 says how long it is: a Xing or Info header that gives a number of frames."""
    first = _at(file, _behind_id3(file), 2048)
    for name in (b"Xing", b"Info"):
        place = first.find(name)
        if place >= 0 and first[place + 7 : place + 8] and first[place + 7] & 1:
            return True
    return False


def likely_mp3_frames(file: Readable) -> int:
    """About how many samples an MP3 has that does not say it, by its first half minute; else 0."""
    size, place = file.seek(0, 2), _behind_id3(file)
    head = _at(file, place, _MUCH * 8)
    end = count = 0
    while length := _mp3_frame(head, end):
        end, count = end + length, count + 1
    return round((size - place) * count * 1152 / end) if count >= _MANY else 0


def _behind_id3(file: Readable) -> int:
    head = _at(file, 0, 10)
    if head[:3] != b"ID3" or len(head) < 10:  # noqa: PLR2004 - an ID3v2 header
        return 0
    return 10 + sum(byte << bits for byte, bits in zip(head[6:], (21, 14, 7, 0), strict=True))


def mp3_begin(file: Readable) -> int:
    """Where an MP3 begins behind bytes that belong to nothing, as bad rips have them; else 0.

    Such a file begins like no other known one; three frames in a row make an MP3.
    """
    first = _at(file, 0, 4)
    # A tag that says it is longer than the file is no place to begin behind.
    whole_tag = first[:3] == b"ID3" and _behind_id3(file) < file.seek(0, 2)
    if whole_tag or first in _OTHERS or _mp3_frame(first, 0):
        return 0
    head = _at(file, 0, _MUCH)
    for place in range(1, len(head) - 4):
        if head[place] != 0xFF or not (length := _mp3_frame(head, place)):  # noqa: PLR2004 - a sync
            continue
        second = _mp3_frame(head, place + length)
        if second and _mp3_frame(head, place + length + second):
            return place
    return 0


def _mp3_frame(head: bytes, place: int) -> int:
    """The length in bytes of the frame of MPEG 1 layer III at `place`; 0 when there is none."""
    if len(head) < place + 4 or head[place] != 0xFF or head[place + 1] & 0xFE != 0xFA:  # noqa: PLR2004
        return 0
    rate = _MP3_KBIT_S[head[place + 2] >> 4]
    rate_hz = (44_100, 48_000, 32_000, 0)[head[place + 2] >> 2 & 3]
    return 144_000 * rate // rate_hz + (head[place + 2] >> 1 & 1) if rate and rate_hz else 0


def _riff(file: Readable, size: int) -> Patches:
    place = _data(file, size, b"data", 12, "little")
    # libsndfile takes all ones for "up to the end of the file", also beyond 4 GB.
    return {} if place is None else {place + 4: _ALL_ONES}


def _rf64(file: Readable, size: int) -> Patches:
    place = _chunk(file, size, b"data", 12, "little")
    if place is None or _at(file, 12, 4) != b"ds64":
        return {}
    said = int.from_bytes(_at(file, 28, 8), "little")
    left = size - place - 8
    if not _goes_on(file, place + 8, said, left, "little"):
        return {}
    return {20: (size - 8).to_bytes(8, "little") + left.to_bytes(8, "little")}


def _aiff(file: Readable, size: int) -> Patches:
    place = _data(file, size, b"SSND", 12, "big")
    common = _chunk(file, size, b"COMM", 12, "big")
    if place is None or common is None:
        return {}
    zero = b"\0" * 4  # then libsndfile counts by itself
    return {4: zero, place + 4: zero, common + 10: zero}


def _caf(file: Readable, size: int) -> Patches:
    at = 8
    for _ in range(_MOST_CHUNKS):
        head = _at(file, at, 12)
        if len(head) < 12:  # noqa: PLR2004 - a name and eight bytes of size
            return {}
        said = int.from_bytes(head[4:], "big", signed=True)
        left = size - at - 12
        if head[:4] == b"data":
            return {at + 4: left.to_bytes(8, "big")} if said <= 0 < left else {}
        at += 12 + max(said, 0)
    return {}


def _data(file: Readable, size: int, name: bytes, at: int, order: str) -> int | None:
    """Where the chunk with the sound begins, if its size is not true."""
    place = _chunk(file, size, name, at, order)
    if place is None:
        return None
    said = int.from_bytes(_at(file, place + 4, 4), order)  # type: ignore[arg-type]
    left = size - place - 8
    return place if _goes_on(file, place + 8, said, left, order) else None


def _goes_on(file: Readable, begin: int, said: int, left: int, order: str) -> bool:
    """Whether the sound at `begin` is longer than the `said` bytes; `left` are in the file."""
    if said >= left:
        return said > 2 * left and said > left + _MUCH  # all ones, or a size for hours
    behind = begin + said + said % 2
    rest = begin + left - behind
    if said and rest <= _MUCH:
        return False
    head = _at(file, behind, 8)
    a_chunk = len(head) == 8 and head[:4].isascii() and head[:4].decode("ascii").isprintable()  # noqa: PLR2004 - a name and a size
    return not a_chunk or int.from_bytes(head[4:], order) > rest - 8  # type: ignore[arg-type]


def _chunk(file: Readable, size: int, name: bytes, at: int, order: str) -> int | None:
    """Where the first chunk called `name` begins."""
    for _ in range(_MOST_CHUNKS):
        if at + 8 > size:
            return None
        head = _at(file, at, 8)
        if head[:4] == name:
            return at
        length = int.from_bytes(head[4:], order)  # type: ignore[arg-type]
        at += 8 + length + length % 2
    return None


def _at(file: Readable, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)


class MendedFile:
    """A file from `begin` on as libsndfile asks for it: headers mended, read errors kept."""

    def __init__(self, file: BinaryIO, patches: Patches, begin: int = 0) -> None:
        self._file = file
        self._patches = patches
        self._begin = begin
        self._end: int | None = None
        self.error = ""
        """Why a read failed, in the system's words."""
        self._place = 0

    def pretend(self) -> None:
        """Begin again as a file of endless size, whose length cannot be guessed too short."""
        self._end, self._place = _ENDLESS, 0

    def head(self) -> bytes:
        """The first bytes."""
        self.seek(0)
        return self.read(64)

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_END:
            end = self._end
            if end is None:
                end = self._forgiving(lambda: self._file.seek(0, os.SEEK_END), 0) - self._begin
            offset += end
        elif whence == os.SEEK_CUR:
            offset += self._place
        self._place = max(0, offset)
        return self._place

    def read(self, count: int) -> bytes:
        block = self._forgiving(lambda: self._read(count), b"")
        if self._end and self._place >= self._end - count:
            block = bytes(count)  # looking for a tag at the very end
        self._place += len(block)
        return block

    def _read(self, count: int) -> bytes:
        self._file.seek(self._begin + self._place)
        block = bytearray(self._file.read(count))
        for place, patch in self._patches.items():
            begin, end = (
                max(place, self._place),
                min(place + len(patch), self._place + len(block)),
            )
            if begin < end:
                block[begin - self._place : end - self._place] = patch[
                    begin - place : end - place
                ]
        return bytes(block)

    def _forgiving(self, ask: Callable[[], T], otherwise: T) -> T:
        """What `ask` gives; an exception would be printed by libsndfile's wrapper and lost."""
        try:
            return ask()
        except OSError as error:
            self.error = error.strerror or str(error)
            return otherwise
