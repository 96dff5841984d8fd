"""Clips that cannot be used: files that are not there, that hold nothing, or are there twice."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import COPY, MISSING, quality

EMPTY = "empty file"
DUPLICATE = "duplicate"
CONTRADICTORY = "same recording with different labels"

_PAGE_HEADER_BYTES = 27
_OPENING_PAGES = 2


def fingerprint(path: Path) -> bytes:
    """A digest that is equal for equal recordings.

    For Ogg files only the packets count: every encoder run stamps a new serial number on the
    pages, so that two encodings of one recording differ in bytes but not in sound.
    """
    content = path.read_bytes()
    if content[:4] != b"OggS":
        return hashlib.sha256(content).digest()
    digest, start, page = hashlib.sha256(), 0, 0
    # A download that broke off may end within a header.
    while content[start : start + 4] == b"OggS" and len(content) >= start + _PAGE_HEADER_BYTES:
        segments = content[start + _PAGE_HEADER_BYTES - 1]
        table = start + _PAGE_HEADER_BYTES
        body = table + segments
        end = body + sum(content[table:body])
        # The opening pages hold the encoder's name and settings, not sound.
        if page >= _OPENING_PAGES:
            digest.update(content[body:end])
        start, page = end, page + 1
    return digest.digest()


def readable(items: Iterable[Clip | Drop]) -> Iterator[Clip | Drop]:
    """The same items, but for clips whose file is not there, or holds nothing."""
    for item in items:
        if isinstance(item, Clip):
            # A link may lead nowhere, and a folder be called as a sound.
            there = item.path.is_file()
            if not there or item.path.stat().st_size == 0:
                yield Drop(item.path, EMPTY if there else MISSING)
                continue
        yield item


def without_copies(
    items: Iterable[Clip | Drop], place: Callable[[Clip], Path]
) -> Iterator[Clip | Drop]:
    """The same items, but of clips whose `place` differs in the ending only, the best format."""
    kept = list(items)
    best: dict[Path, Path] = {}
    clips = [item for item in kept if isinstance(item, Clip)]
    for clip in sorted(clips, key=lambda clip: (quality(clip.path), clip.path)):
        best.setdefault(place(clip).with_suffix(""), clip.path)
    for item in kept:
        copy = isinstance(item, Clip) and best[place(item).with_suffix("")] != item.path
        yield Drop(item.path, COPY) if copy else item


def without_duplicates(items: Iterable[Clip | Drop]) -> Iterator[Clip | Drop]:
    """The same items, each recording once.

    Copies that agree on the label keep their first clip; when copies disagree nobody knows
    which label is right, so all of them are dropped. Only files of equal size are compared.
    """
    kept = list(items)
    same_size: dict[int, list[Clip]] = defaultdict(list)
    for item in kept:
        if isinstance(item, Clip):
            same_size[item.path.stat().st_size].append(item)
    copies: dict[bytes, list[Clip]] = defaultdict(list)
    for clips in same_size.values():
        if len(clips) > 1:
            for clip in clips:
                copies[fingerprint(clip.path)].append(clip)
    verdict: dict[Path, str] = {}
    for clips in copies.values():
        agreed = len({(clip.emotion, clip.label) for clip in clips}) == 1
        for clip in clips[1:] if agreed else clips:
            if len(clips) > 1:
                verdict[clip.path] = DUPLICATE if agreed else CONTRADICTORY
    for item in kept:
        reason = verdict.get(item.path) if isinstance(item, Clip) else None
        yield Drop(item.path, reason) if reason else item
