"""Endless sound from a list of tracks, each at the common loudness; what is broken is passed over."""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import NamedTuple, TypeAlias

import numpy as np

from dndmood.events import Track
from dndmood.players._faders import Block
from dndmood.players._held_back import HeldBack
from dndmood.players._loudness import Stopped
from dndmood.players._tracks import OpenTrack, UnreadableError
from dndmood.players._versions import OpenVersions, versions_of, widened
from dndmood.threads import Cell
from dndmood.timetable import join_s

Tell: TypeAlias = Callable[[Track, str], None]
"""Takes one plain sentence about a track; who takes it says each only once."""

_NAMED = 3

_runs = count(1)


class Place(NamedTuple):
    """Where in which track a block of sound begins."""

    track: Track
    number: int
    """Index of the track in its list."""
    run: int
    """Different for each time that any track begins."""
    at: int
    """Frames into the track, at the player's rate; a track that plays alone counts on."""


class Progress:
    """What a deck and the `endless` sound that it reads share."""

    def __init__(self) -> None:
        self.decoded: Cell[Place | None] = Cell(None)
        """Where the block begins that was decoded last."""
        self.heard: Cell[Place | None] = Cell(None)
        """Where the block begins that is heard, seconds later."""
        self.into = 0
        """How many frames of that block have been heard."""
        self.reason = ""
        """Why the sound ended, in a few words."""
        self.stopped = False
        """True once nobody wants more."""
        self.upcoming: tuple[Track, ...] = ()
        """Once set, what follows the track that is being decoded, in place of what would have."""


class _Order:
    """Tracks in playing order, over and over, until others are put in their place."""

    def __init__(self, tracks: tuple[Track, ...], progress: Progress) -> None:
        self.tracks = tracks
        self._progress, self._taken = progress, progress.upcoming

    def __iter__(self) -> Iterator[tuple[int, Track]]:
        number = 0
        while self.tracks:
            track = self.tracks[number]
            yield number, track
            number = (number + 1) % len(self.tracks)
            if self.changed():
                self._taken = self.tracks = self._progress.upcoming
                # The decoder is ahead: what it has begun meanwhile may be the first of them.
                again = self.tracks[0].path == track.path
                number = int(again and len(self.tracks) > 1)

    def changed(self) -> bool:
        """Whether other tracks are to follow the present one."""
        return self._progress.upcoming is not self._taken

    def alone(self) -> bool:
        """Whether one track repeats, and nothing is to follow it."""
        return len(self.tracks) == 1 and not self.changed()


def endless(
    tracks: tuple[Track, ...],
    rate_hz: int,
    progress: Progress | None = None,
    tell: Tell = lambda track, text: None,  # noqa: ARG005 - nobody to tell
    *,
    soon: bool = False,
) -> Iterator[Block]:
    """The sound of `tracks` in order, over and over, each at the common loudness.

    One track alone loops without a seam: its last frame is followed by its first. Several are
    joined by short equal-power crossfades. A track that cannot be read is passed over, and `tell`
    gets it when another one sounds; the sound ends only when none can be read, and
    `progress` says why. Silence at the ends of a track is left out, and inside it shortened to a
    second and a half. Where a track has several versions each block has two columns for each of
    them, the softest first. With `soon` nothing sounds yet, and the first track that can be read
    begins after a shorter look at how loud it is.
    """
    progress = progress or Progress()
    try:
        yield from _in_turn(_Order(tracks, progress), rate_hz, progress, tell, soon=soon)
    except UnreadableError as error:
        progress.reason = str(error)
    except Stopped:
        pass


def _opened(
    track: Track, rate_hz: int, progress: Progress, *, soon: bool
) -> OpenTrack | OpenVersions:
    kind = OpenVersions if versions_of(track) > 1 else OpenTrack
    return kind(track, rate_hz, lambda: progress.stopped, soon=soon)


def _in_turn(
    order: _Order, rate_hz: int, progress: Progress, tell: Tell, *, soon: bool
) -> Iterator[Block]:
    versions = max(map(versions_of, order.tracks))
    tail = np.zeros((0, 2 * versions), dtype=np.float32)
    lost: list[tuple[Track, str]] = []
    failed = 0  # tracks in a row
    for number, track in order:
        versions = max(versions, *map(versions_of, order.tracks))
        tail = widened(tail, versions)
        overlap = round(join_s(track) * rate_hz)
        held, at, run = HeldBack(0 if order.alone() else overlap), 0, next(_runs)
        try:
            with _opened(track, rate_hz, progress, soon=soon) as sound:
                blocks = sound.forever(order.alone) if order.alone() else sound.once()
                alike = (widened(block, versions) for block in blocks)
                for block in _joined(tail, alike):
                    if not order.alone():  # of a loop nothing is kept, which would be megabytes
                        held.hold(overlap)
                    for older in held.push(block):
                        progress.decoded.value = Place(track, number, run, at + sound.dropped)
                        at += len(older)
                        yield older
                    soon = False
                    _tell_lost(lost, track, tell)
                    if sound.damaged:
                        tell(track, _damaged(track, sound.damaged))
            failed = 0
        except UnreadableError as error:
            lost.append((track, str(error)))
            failed += 1
        before, last = held.end()
        if len(before):
            progress.decoded.value = Place(track, number, run, at + sound.dropped)
            yield before
        tail = last if at or len(last) else tail
        if failed >= len(order.tracks):
            if len(tail):
                yield tail
            raise UnreadableError(lost[-1][1])


def _tell_lost(lost: list[tuple[Track, str]], instead: Track, tell: Tell) -> None:
    """Say which tracks were passed over before `instead`: each alone, or many in one sentence."""
    if len(lost) > _NAMED:
        first, reason = lost[0]
        text = f"{first.title} and {len(lost) - 1} other tracks cannot be played ({reason})"
        tell(first, f"{text}; {instead.title} plays instead.")
    else:
        for track, reason in lost:
            text = f"{track.title} cannot be played ({reason}); {instead.title} plays instead."
            tell(track, text)
    lost.clear()


def _damaged(track: Track, reason: str) -> str:
    return f"{track.title} plays only as far as it can be read ({reason}): copy it again."


def _joined(tail: Block, blocks: Iterable[Block]) -> Iterator[Block]:
    """`blocks`, their beginning crossfaded with `tail`."""
    done = 0
    for block in blocks:
        if done < len(tail):
            part = tail[done : done + len(block)]
            angle = (done + np.arange(len(part))) / len(tail) * (math.pi / 2.0)
            block = block.copy()  # noqa: PLW2901
            block[: len(part)] *= np.sin(angle).astype(np.float32)[:, np.newaxis]
            block[: len(part)] += part * np.cos(angle).astype(np.float32)[:, np.newaxis]
        done += len(block)
        yield block
