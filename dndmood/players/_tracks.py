"""One track as it is heard: in stereo, at the common loudness, at the player's rate."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

import numpy as np

from dndmood.decibels import amplitude_of
from dndmood.errors import UserError
from dndmood.events import Track
from dndmood.players._faders import Block
from dndmood.players._fold_down import stereo
from dndmood.players._loudness import OGG, UNHEARD, loudness
from dndmood.sound_files import open_sound, printable

_READ = 8192
_HEAD = 4096
_LEAST_S = 5.0
"""A damaged track of which less than this can be read is not played."""
_SHORTEST_S = 0.05


class UnreadableError(Exception):
    """A track that cannot be played; its text says why, in a few words."""


class OpenTrack:
    """An open track, read forward.

    Raises `UnreadableError` when it cannot be played, and `Stopped` when `stopped` says that
    nobody wants to hear it any more.
    """

    def __init__(self, track: Track, rate_hz: int, stopped: Callable[[], bool]) -> None:
        self._path, self._to_hz = track.path, rate_hz
        called = printable(Path(track.path).name)
        try:
            loud = loudness(track.path, stopped=stopped)
            if loud.silent():
                raise UnreadableError("there is only silence in it")
            self._sound = open_sound(track.path, called=called)
        except UserError as error:
            raise UnreadableError(str(error).rstrip(".")) from error
        self._gain = np.float32(amplitude_of(loud.gain_db()))
        self._ogg = Path(track.path).suffix.lower() in OGG
        self._stamp, self._head = _stamp(track.path), _head(track.path)

    @property
    def damaged(self) -> str:
        """Why it ended early or has gaps, in a few words; empty while all is well."""
        return self._sound.damaged

    def once(self) -> Iterator[Block]:
        """From its beginning to its end, or to where it cannot be read any more."""
        yield from _resampled(self._round(), self._sound.rate_hz, self._to_hz)

    def forever(self) -> Iterator[Block]:
        """Over and over; one resampler runs over the seam. Raises when it cannot go on."""
        yield from _resampled(self._rounds(), self._sound.rate_hz, self._to_hz)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sound.close()

    def _rounds(self) -> Iterator[Block]:
        while True:
            yield from self._round()
            try:
                self._sound.rewind()
            except UserError as error:
                raise UnreadableError(str(error).rstrip(".")) from error

    def _round(self) -> Iterator[Block]:
        """One round, but nothing of a track that breaks off at once: it would come back as shreds."""
        held: list[Block] = []
        frames, least = 0, round(_LEAST_S * self._sound.rate_hz)
        for block in self._heard():
            held.append(block)
            frames += len(block)
            if frames >= least:
                yield from held
                held.clear()
        if frames < (least if self.damaged else round(_SHORTEST_S * self._sound.rate_hz)):
            raise UnreadableError(self.damaged or "it is too short")
        yield from held

    def _heard(self) -> Iterator[Block]:
        """All of the file in stereo at its loudness."""
        frames, looked, peak = 0, 0, 0.0
        for block in self._sound.blocks(_READ):
            frames += len(block)
            if frames - looked >= self._sound.rate_hz:
                looked = frames
                self._look()
            heard = stereo(block, ogg=self._ogg) * self._gain
            peak = max(peak, float(np.abs(heard).max()))
            yield heard
        if peak < UNHEARD:
            raise UnreadableError("there is only silence in it")

    def _look(self) -> None:
        """Another program that writes into a file while it plays would be heard as noise."""
        stamp = _stamp(self._path)
        if stamp == self._stamp or stamp[:1] != self._stamp[:1]:
            return  # a file that was deleted or replaced is still there for who has it open
        self._stamp = stamp
        if _head(self._path) != self._head:
            raise UnreadableError("it was overwritten while it played")


def _stamp(path: str) -> tuple[int, ...]:
    """Which file `path` is, and what changes when something is written into it; () when it is gone."""
    try:
        about = os.stat(path)  # noqa: PTH116 - a path object would not take all bytes
    except (OSError, ValueError):
        return ()
    return about.st_ino, about.st_mtime_ns, about.st_size


def _head(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(_HEAD)
    except (OSError, ValueError):
        return b""


def _resampled(blocks: Iterable[Block], from_hz: int, to_hz: int) -> Iterator[Block]:
    if from_hz == to_hz:
        yield from blocks
        return
    import soxr

    stream = soxr.ResampleStream(from_hz, to_hz, 2, dtype="float32", quality="HQ")
    for block in blocks:
        ready = stream.resample_chunk(np.ascontiguousarray(block))
        if len(ready):
            yield ready
    rest = stream.resample_chunk(np.zeros((0, 2), dtype=np.float32), last=True)
    if len(rest):
        yield rest
