"""A fingerprint of the sound in a file that stays the same when its tags are edited.

Of a file some tens of kilobytes are read: the same few blocks of that part which holds the
sound. Tags lie around it (ID3v2, ID3v1 and APEv2 in MP3, chunks in WAV and AIFF, atoms in M4A) or
in pages and blocks of their own (Ogg, FLAC, WMA).
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1 << 14
_PLACES = 4
_TAIL = 1 << 17
_MOST_CHUNKS = 200
_ASF_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")


def fingerprint(path: str | os.PathLike[str]) -> str:
    """32 hexadecimal digits for the sound in the file `path`, "" for an empty one; raises OSError."""
    with Path(path).open("rb", buffering=0) as file:
        size = file.seek(0, 2)
        if not size:
            return ""  # or what is known of one would hold for each
        mark = hashlib.blake2b(digest_size=16)
        for piece in _pieces(file, size):
            mark.update(len(piece).to_bytes(8, "big"))
            mark.update(piece)
    return mark.hexdigest()


def _pieces(file: BinaryIO, size: int) -> list[bytes]:
    """What stands for the sound."""
    begin = _behind_id3(file)
    if begin >= size:  # no tag is so long, or the file was cut off in one
        begin = 0
    head = _at(file, begin, 64)
    if head[:4] == b"fLaC" and any(md5 := head[26:42]):
        # STREAMINFO holds a sum of all samples, but half a file says that of the whole one.
        length = size - _behind_flac_blocks(file, begin + 4, size)
        return [b"flac", head[18:26], md5, length.to_bytes(8, "big")]
    if head[:4] == b"OggS" and (pages := _ogg_pages(file, size)):
        return [b"ogg", *pages]
    first, last = _sound(file, head, begin, size)
    room = max(last - first - _BLOCK, 0)
    places = sorted({first + room * n // (_PLACES - 1) for n in range(_PLACES)})
    blocks = [_at(file, place, min(_BLOCK, last - place)) for place in places]
    return [(last - first).to_bytes(8, "big"), *blocks]


def _sound(file: BinaryIO, head: bytes, begin: int, size: int) -> tuple[int, int]:
    """Where the sound begins and ends in the file."""
    found = None
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        found = _chunk(file, begin + 12, size, b"data", "little")
    elif head[:4] == b"FORM":
        found = _chunk(file, begin + 12, size, b"SSND", "big")
    elif head[4:8] == b"ftyp":
        found = _atom(file, begin, size)
    elif head[:4] == b"\x30\x26\xb2\x75":
        found = _asf_data(file, begin, size)
    elif head[:4] == b"fLaC":
        found = _behind_flac_blocks(file, begin + 4, size), size
    if found and found[0] < found[1]:
        return found
    last = _before_tags(file, begin, size)
    return (begin, last) if begin < last else (0, size)  # no tag is the whole file


def _behind_id3(file: BinaryIO) -> int:
    """Where the file goes on behind the ID3v2 tags in front."""
    place = 0
    for _ in range(_MOST_CHUNKS):
        head = _at(file, place, 10)
        if len(head) < 10 or head[:3] != b"ID3":  # noqa: PLR2004 - the length of the header
            return place
        a, b, c, d = (one & 0x7F for one in head[6:10])
        place += 10 + (a << 21 | b << 14 | c << 7 | d) + (10 if head[5] & 0x10 else 0)
    return place


def _before_tags(file: BinaryIO, begin: int, size: int) -> int:
    """Where the tags behind the sound begin: ID3v1, and APEv2 in front of it."""
    end = size
    if _at(file, end - 128, 3) == b"TAG":
        end -= 128
    foot = _at(file, end - 32, 32)
    if foot[:8] == b"APETAGEX":
        has_header = foot[23] & 0x80
        end -= int.from_bytes(foot[12:16], "little") + (32 if has_header else 0)
    return max(end, begin)


def _chunk(
    file: BinaryIO, place: int, size: int, name: bytes, order: str
) -> tuple[int, int] | None:
    for _ in range(_MOST_CHUNKS):
        head = _at(file, place, 8)
        if len(head) < 8:  # noqa: PLR2004 - the length of the header
            return None
        length = int.from_bytes(head[4:8], "little" if order == "little" else "big")
        if head[:4] == name:
            return place + 8, min(place + 8 + length, size)
        place += 8 + length + length % 2
    return None


def _atom(file: BinaryIO, place: int, size: int) -> tuple[int, int] | None:
    for _ in range(_MOST_CHUNKS):
        head = _at(file, place, 16)
        if len(head) < 8:  # noqa: PLR2004 - the length of the header
            return None
        length, inside = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, inside = int.from_bytes(head[8:16], "big"), 16
        length = length or size - place
        if head[4:8] == b"mdat":
            return place + inside, min(place + length, size)
        place += max(length, 8)
    return None


def _asf_data(file: BinaryIO, place: int, size: int) -> tuple[int, int] | None:
    for _ in range(_MOST_CHUNKS):
        head = _at(file, place, 24)
        if len(head) < 24:  # noqa: PLR2004 - the length of the header
            return None
        length = int.from_bytes(head[16:24], "little")
        if head[:16] == _ASF_DATA:
            return place + 50, min(place + length, size)
        place += max(length, 24)
    return None


def _behind_flac_blocks(file: BinaryIO, place: int, size: int) -> int:
    for _ in range(_MOST_CHUNKS):
        head = _at(file, place, 4)
        if len(head) < 4:  # noqa: PLR2004 - the length of the header
            break
        place += 4 + int.from_bytes(head[1:4], "big")
        if head[0] & 0x80:
            break
    return min(place, size)


def _ogg_pages(file: BinaryIO, size: int) -> list[bytes]:
    """What the last pages carry and when each ends, without what retagging renumbers."""
    tail = _at(file, max(size - _TAIL, 0), _TAIL)
    pages, place = [], tail.find(b"OggS")
    while place >= 0 and len(tail) >= place + 27:
        granule = tail[place + 6 : place + 14]
        count = tail[place + 26]
        body = place + 27 + count
        end = body + sum(tail[place + 27 : body])
        if any(granule):  # the pages with the tags end at no sound
            pages.append(granule + tail[body:end])
        place = tail.find(b"OggS", end)
    return pages


def _at(file: BinaryIO, place: int, count: int) -> bytes:
    if place < 0 or count <= 0:
        return b""
    file.seek(place)
    content = b""
    while len(content) < count and (more := file.read(count - len(content))):
        content += more
    return content
