"""One track as it is heard: in stereo, at the common loudness, at the player's rate."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np

from dndmood.channels import stereo
from dndmood.decibels import amplitude_of
from dndmood.errors import UserError
from dndmood.events import Track
from dndmood.players._faders import Block
from dndmood.players._loudness import UNHEARD, level
from dndmood.players._peaks import PeakLimiter
from dndmood.players._silence import WithoutSilence
from dndmood.sample_peaks import peak
from dndmood.sound_blocks import resampled
from dndmood.sound_files import open_sound, printable

_READ = 8192
_HEAD = 4096
_LEAST_S = 5.0
"""A damaged track of which less than this can be read is not played."""
_SHORTEST_S = 0.05
_BREATH_S = 0.3
"""So much silence stays at either end of a loop, which may belong to its beat."""


class UnreadableError(Exception):
    """A track that cannot be played; its text says why, in a few words."""


class OpenTrack:
    """An open track, read forward.

    Raises `UnreadableError` when it cannot be played, and `Stopped` when `stopped` says that
    nobody wants to hear it any more.
    """

    def __init__(
        self,
        track: Track,
        rate_hz: int,
        stopped: Callable[[], bool],
        *,
        whole: bool = False,
        soon: bool = False,
    ) -> None:
        """With `whole`, silence and peaks stay as they are.

        With `soon` it is waited for in silence, and how loud it is must do with a shorter look.
        """
        self._path, self._to_hz, self._whole = track.path, rate_hz, whole
        called = printable(Path(track.path).name)
        try:
            gain_db = track.gain_db
            if gain_db is None:
                loud = level(track.path, track.tagged_gain_db, stopped=stopped, brief=soon)
                if loud.peak_dbtp == -np.inf or amplitude_of(loud.peak_dbtp) < UNHEARD:
                    raise UnreadableError("there is only silence in it")
                gain_db = loud.gain_db
            self._sound = open_sound(track.path, called=called)
        except UserError as error:
            gone = not os.path.lexists(track.path)
            raise UnreadableError("it is gone" if gone else str(error).rstrip(".")) from error
        self._gain = np.float32(amplitude_of(gain_db))
        self._silence, self._dropped = WithoutSilence(self._sound.rate_hz), 0
        self._stamp, self._head = _stamp(track.path), _head(track.path)

    @property
    def damaged(self) -> str:
        """Why it ended early or has gaps, in a few words; empty while all is well."""
        return self._sound.damaged

    @property
    def dropped(self) -> int:
        """Frames of silence at the player's rate that were left out so far."""
        dropped = self._dropped + self._silence.dropped
        return round(dropped * self._to_hz / self._sound.rate_hz)

    def once(self) -> Iterator[Block]:
        """From its first sound to its last, or to where it cannot be read any more."""
        sound = resampled(self._round(0.0), self._sound.rate_hz, self._to_hz)
        yield from sound if self._whole else PeakLimiter(self._to_hz).of(sound)

    def forever(self, again: Callable[[], bool] = lambda: True) -> Iterator[Block]:
        """Over and over, or until `again` says no at its end; one resampler runs over the seam.

        Raises when it cannot go on.
        """
        sound = resampled(self._rounds(again), self._sound.rate_hz, self._to_hz)
        yield from PeakLimiter(self._to_hz).of(sound)

    def rewind(self) -> None:
        """Go back to the beginning."""
        try:
            self._sound.rewind()
        except UserError as error:
            raise UnreadableError(str(error).rstrip(".")) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sound.close()

    def _rounds(self, again: Callable[[], bool]) -> Iterator[Block]:
        while True:
            yield from self._round(_BREATH_S)
            if not again():
                return
            self.rewind()

    def _round(self, ends_s: float) -> Iterator[Block]:
        """One round, but nothing of a track that breaks off at once: it would come back as shreds."""
        held: list[Block] = []
        frames, least = 0, round(_LEAST_S * self._sound.rate_hz)
        self._dropped += self._silence.dropped  # of the round before
        self._silence = WithoutSilence(self._sound.rate_hz, ends_s=ends_s)
        for block in self._heard() if self._whole else self._silence.of(self._heard()):
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
        frames, looked, loudest = 0, 0, 0.0
        for block in self._sound.blocks(_READ):
            frames += len(block)
            if frames - looked >= self._sound.rate_hz:
                looked = frames
                self._look()
            heard = stereo(block, self._sound.layout) * self._gain
            loudest = max(loudest, peak(heard))
            yield heard
        if loudest < UNHEARD and not self._whole:  # a stem may wait for its part
            raise UnreadableError("there is only silence in it")

    def _look(self) -> None:
        """Another program that writes into a file while it plays would be heard as noise."""
        stamp = _stamp(self._path)
        if stamp == self._stamp or stamp[:1] != self._stamp[:1]:
            return  # a file that was deleted or replaced is still there for who has it open
        self._stamp = stamp
        if _head(self._path) != self._head:
            raise UnreadableError("it was overwritten while it played")


def one_file(track: Track, path: str, gain_db: float | None = None) -> Track:
    """The file `path` of `track`, on its own."""
    return replace(track, path=path, gain_db=gain_db, intensities=(), stems=())


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
