"""The sound of endless tracks, laid ready before it is wanted: one deck for each cue."""

import logging
from collections import deque
from collections.abc import Iterator
from threading import Condition, Thread

import numpy as np

from dndmood.players._faders import Block
from dndmood.players._playlist import Place, Progress, endless
from dndmood.players._versions import widened

__all__ = ["InlineDeck", "PrefetchedDeck", "Progress", "endless"]

_AHEAD_S = 10.0
"""A track is measured before its first sound comes: seconds of work where the machine is busy."""
_WIDE_S = 5.0
"""Of a piece in several versions less lies ready, or each second of it would take megabytes."""
_READY_S = 0.5

_log = logging.getLogger(__name__)


class _BlockQueue:
    """Blocks that wait to be read, the one that was begun first."""

    def __init__(self, progress: Progress) -> None:
        self._blocks: deque[tuple[Block, Place | None]] = deque()
        self._progress = progress
        self._into = 0
        self.frames = 0

    def push(self, block: Block) -> None:
        self._blocks.append((block, self._progress.decoded.value))
        self.frames += len(block)

    def pull(self, frames: int) -> Block:
        """At most `frames`, from the front."""
        parts, wanted = [], frames
        while wanted and self._blocks:
            block, self._progress.heard.value = self._blocks[0]
            part = block[self._into : self._into + wanted]
            self._into += len(part)
            self._progress.into = self._into
            if self._into >= len(block):
                self._blocks.popleft()
                self._into = 0
            parts.append(part)
            wanted -= len(part)
        self.frames -= frames - wanted
        return _together(parts)

    def coming(self, frames: int) -> Block:
        """At most `frames`, from the front, which stay there."""
        parts, begin, wanted = [], self._into, frames
        for block, _ in self._blocks:
            if wanted <= 0:
                break
            parts.append(block[begin : begin + wanted])
            begin, wanted = 0, wanted - len(parts[-1])
        return _together(parts)


def _together(parts: list[Block]) -> Block:
    """`parts` in a row; where one track has more versions than the next, all have as many."""
    if not parts:
        return np.zeros((0, 2), dtype=np.float32)
    versions = max(part.shape[1] for part in parts) // 2
    return np.concatenate([widened(part, versions) for part in parts])


def _filled(block: Block, frames: int) -> Block:
    """`block`, with silence up to `frames`."""
    if len(block) == frames:
        return block
    full = np.zeros((frames, block.shape[1]), dtype=np.float32)
    full[: len(block)] = block
    return full


class InlineDeck:
    """A deck that decodes when it is asked: for players without an audio thread."""

    def __init__(
        self, blocks: Iterator[Block], progress: Progress | None = None, *, ahead: int = 1
    ) -> None:
        """`ahead` is how many frames `left` looks ahead."""
        self.progress = progress or Progress()
        self._blocks = blocks
        self._ahead = ahead
        self._queue = _BlockQueue(self.progress)
        self._ended = False
        self.given = 0
        """Blocks that the decoder gave so far."""

    def ready(self) -> bool:
        """True when there is sound; the decoder is waited for."""
        self._decode(1)
        return self._queue.frames > 0

    def ended(self) -> bool:
        """True once nothing more will be decoded."""
        return self._ended

    def left(self) -> int:
        """Frames that lie ready, at least `ahead` unless the music ends before."""
        self._decode(self._ahead)
        return self._queue.frames

    def read(self, frames: int) -> Block:
        """The next `frames`; silence once the music has ended."""
        self._decode(frames)
        return _filled(self._queue.pull(frames), frames)

    def coming(self, frames: int) -> Block:
        """What the next reads will give, as far as it lies ready; it stays there."""
        self._decode(frames)
        return self._queue.coming(frames)

    def running(self) -> bool:
        """Never: nothing goes on between two calls."""
        return False

    def close(self) -> None:
        """Nothing more is decoded."""
        self.progress.stopped = self._ended = True
        self._blocks = iter(())  # lets the file go

    def _decode(self, frames: int) -> None:
        while self._queue.frames < frames and not self._ended:
            try:
                block = next(self._blocks, None)
            except Exception as error:  # noqa: BLE001 - whatever a decoder does, the music goes on
                _log.exception("the decoder failed")
                self.progress.reason, block = str(error), None
            if block is None:
                self._ended = True
            elif len(block):
                self._queue.push(block)
                self.given += 1


class PrefetchedDeck:
    """A deck whose decoder runs ahead on its own thread, ten seconds at most; reading never waits."""

    def __init__(
        self, blocks: Iterator[Block], rate_hz: int, progress: Progress | None = None
    ) -> None:
        self.progress = progress or Progress()
        self._blocks = blocks
        self._most, self._enough = round(_AHEAD_S * rate_hz), round(_READY_S * rate_hz)
        self._wide = round(_WIDE_S * rate_hz)
        self._full = self._most  # less for a piece of many channels
        self._queue = _BlockQueue(self.progress)
        self._ended = False
        self._changed = Condition()
        self.given = 0
        """Blocks that the decoder gave so far."""
        self.late_frames = 0
        """Frames for which the decoder was too late, so that silence was heard."""
        self._thread = Thread(target=self._decode, name="decoder", daemon=True)
        self._thread.start()

    def ready(self) -> bool:
        """True once half a second, or all there is, has been decoded; never without any sound."""
        frames = self._queue.frames
        return frames >= self._enough or (self._ended and frames > 0)

    def ended(self) -> bool:
        """True once nothing more will be decoded."""
        return self._ended

    def left(self) -> int:
        """Frames that lie ready."""
        return self._queue.frames

    def full(self) -> bool:
        """True when so much lies ready that the decoder waits."""
        return self._queue.frames >= self._full

    def running(self) -> bool:
        """True while the decoder's thread lives, which may be long after `close` on a dead disk."""
        return self._thread.is_alive()

    def read(self, frames: int) -> Block:
        """The next `frames`; silence where the decoder is late."""
        with self._changed:
            block = self._queue.pull(frames)
            self._changed.notify()
        if len(block) < frames and not self._ended:
            self.late_frames += frames - len(block)
        return _filled(block, frames)

    def coming(self, frames: int) -> Block:
        """What the next reads will give, as far as it lies ready; it stays there."""
        with self._changed:
            return self._queue.coming(frames)

    def close(self) -> None:
        """Tell the decoder to stop; does not wait for it."""
        self.progress.stopped = self._ended = True
        with self._changed:
            self._changed.notify()

    def wait(self, seconds: float) -> None:
        """Give the decoder so long to end after `close`."""
        self._thread.join(seconds)

    def _decode(self) -> None:
        try:
            for block in self._blocks:
                if len(block):
                    self._lay(block)
                if self.progress.stopped:
                    break
        except Exception as error:  # noqa: BLE001 - whatever a decoder does, the music goes on
            _log.exception("the decoder failed")
            self.progress.reason = str(error)
        finally:
            self._ended = True
            self._blocks = iter(())  # lets the file go
            if self.progress.stopped:
                self._queue = _BlockQueue(self.progress)
            if self.late_frames:
                _log.warning("the decoder was late: %d frames of silence", self.late_frames)

    def _lay(self, block: Block) -> None:
        with self._changed:
            self._queue.push(block)
            self.given += 1
            self._full = max(2 * self._most // block.shape[1], min(self._wide, self._most))
            while self.full() and not self.progress.stopped:
                self._changed.wait()
