"""A piece in several intensities or stems as one sound: its versions side by side, in step."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import accumulate, zip_longest
from typing import Self

import numpy as np

from dndmood.errors import UserError
from dndmood.events import Track
from dndmood.loudness import MOST_DB, TARGET_LUFS
from dndmood.players._faders import Block
from dndmood.players._loudness import level
from dndmood.players._peaks import PeakLimiter
from dndmood.players._tracks import OpenTrack, UnreadableError, one_file

_STEP = 4096


def versions_of(track: Track) -> int:
    """How many versions of `track` there are to choose from; 1 for a piece of one file."""
    return max(1, len(track.stems or track.intensities))


class OpenVersions:
    """An open piece, read forward; what it gives has two columns for each version.

    It has the gain of its fullest version, so that a softer one is as soft as its composer made
    it. Where one file cannot be read, the piece is played without it. Silence is left as it is, as
    the files must stay in step. Raises as `OpenTrack` does.
    """

    def __init__(
        self, track: Track, rate_hz: int, stopped: Callable[[], bool], *, soon: bool = False
    ) -> None:
        self._rate_hz, self._adds = rate_hz, bool(track.stems)
        self._open = ExitStack()
        gain_db = _gain_db(track, stopped, soon=soon)
        self._parts: list[OpenTrack] = []
        for path in track.stems or track.intensities:
            try:
                part = OpenTrack(one_file(track, path, gain_db), rate_hz, stopped, whole=True)
            except UnreadableError as error:
                self._missing = str(error)
            else:
                self._parts.append(self._open.enter_context(part))
        if not self._parts:
            raise UnreadableError(self._missing)
        self.dropped = 0

    @property
    def damaged(self) -> str:
        """Why a part of it ended early, in a few words; empty while all is well."""
        return next((part.damaged for part in self._parts if part.damaged), "")

    def once(self) -> Iterator[Block]:
        """From its beginning to the end of its longest file."""
        yield from PeakLimiter(self._rate_hz).of(self._round())

    def forever(self, again: Callable[[], bool] = lambda: True) -> Iterator[Block]:
        """Over and over, or until `again` says no; all files begin again together."""
        yield from PeakLimiter(self._rate_hz).of(self._rounds(again))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _rounds(self, again: Callable[[], bool]) -> Iterator[Block]:
        while True:
            yield from self._round()
            if not again():
                return
            for part in self._parts:
                part.rewind()

    def _round(self) -> Iterator[Block]:
        parts = [_even(part.once()) for part in self._parts]
        for blocks in zip_longest(*parts, fillvalue=np.zeros((0, 2), dtype=np.float32)):
            frames = max(map(len, blocks))
            rows = [np.pad(block, ((0, frames - len(block)), (0, 0))) for block in blocks]
            yield np.concatenate(list(accumulate(rows)) if self._adds else rows, axis=1)


def widened(block: Block, versions: int) -> Block:
    """`block` with as many versions as others of its cue have, each the nearest it has.

    >>> widened(np.array([[1, 1, 2, 2]], dtype=np.float32), 3).tolist()
    [[1.0, 1.0, 1.0, 1.0, 2.0, 2.0]]
    """
    has = block.shape[1] // 2
    if has == versions:
        return block
    nearest = [math.ceil(n * (has - 1) / max(versions - 1, 1) - 0.5) for n in range(versions)]
    return np.concatenate([block[:, 2 * n : 2 * n + 2] for n in nearest], axis=1)


def _even(blocks: Iterator[Block]) -> Iterator[Block]:
    """`blocks` cut anew, each of the same length but for the last."""
    held = np.zeros((0, 2), dtype=np.float32)
    for block in blocks:
        held = np.concatenate((held, block))
        while len(held) >= _STEP:
            yield held[:_STEP]
            held = held[_STEP:]
    if len(held):
        yield held


def _gain_db(track: Track, stopped: Callable[[], bool], *, soon: bool) -> float:
    """The gain of all its files: that of the fullest version, or of all stems together."""
    if track.gain_db is not None:
        return track.gain_db
    power = 0.0
    for path in track.stems or reversed(track.intensities):
        try:
            found = level(path, stopped=stopped, brief=soon)
        except UserError:
            continue
        if math.isfinite(found.lufs):
            if not track.stems:
                return found.gain_db
            power += 10.0 ** (found.lufs / 10.0)
    return min(TARGET_LUFS - 10.0 * math.log10(power), MOST_DB) if power > 0.0 else 0.0
