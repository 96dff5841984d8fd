"""Decoded music: an endless reel from a list of tracks, read ahead on a thread of its own."""

import logging
import math
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import cycle
from threading import Condition, Thread
from typing import Self

import numpy as np

from dndmood.errors import UserError
from dndmood.events import Track
from dndmood.players._loudness import gain_db
from dndmood.players._mixer import Block
from dndmood.reel import join_s
from dndmood.threads import Cell

_READ = 8192
_AHEAD_S = 10.0
"""A track is measured before its first sound comes: seconds of work where the machine is busy."""
_READY_S = 0.5

_log = logging.getLogger(__name__)


def reel(
    tracks: tuple[Track, ...], rate_hz: int, place: Cell[int] | None = None
) -> Iterator[Block]:
    """The sound of `tracks` in order, over and over, each at the common loudness.

    One track alone loops without a seam: its last frame is followed by its first. Several are
    joined by short equal-power crossfades. A track that cannot be decoded is passed over; the
    reel ends only when none can. `place` is told the index of the track being decoded.
    """
    place = place or Cell(0)
    if len(tracks) == 1:
        yield from _loop(tracks[0], rate_hz)
        return
    tail = np.zeros((0, 2), dtype=np.float32)
    dead: set[str] = set()
    for place.value, track in cycle(enumerate(tracks)):
        overlap = round(join_s(track) * rate_hz)
        held, sounded = tail[:0], False
        for block in _joined(tail, _once(track, rate_hz)):
            sounded = True
            held = np.concatenate((held, block))
            if len(held) > overlap:
                yield held[: len(held) - overlap]
                held = held[len(held) - overlap :]
        if sounded:
            tail = held
            dead.discard(track.path)
        else:
            dead.add(track.path)
            if len(dead) == len(tracks):
                return


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


def _once(track: Track, rate_hz: int) -> Iterator[Block]:
    """`track` from its beginning to its end at `rate_hz`."""
    with _sound(track) as sound:
        if sound is not None:
            yield from _resampled(sound.blocks(), sound.rate_hz, rate_hz)


def _loop(track: Track, rate_hz: int) -> Iterator[Block]:
    """`track` without end; one resampler runs over the seam."""
    with _sound(track) as sound:
        if sound is not None:
            yield from _resampled(sound.forever(), sound.rate_hz, rate_hz)


class _Sound:
    """An open sound file at its own rate, in stereo, at the common loudness."""

    def __init__(self, track: Track) -> None:
        import soundfile

        self._file = soundfile.SoundFile(track.path)
        self._gain = np.float32(10.0 ** (gain_db(track.path) / 20.0))
        self._name = track.path
        self.rate_hz: int = self._file.samplerate

    def blocks(self) -> Iterator[Block]:
        """From the beginning to the end, or to where the file is damaged."""
        self._file.seek(0)
        while len(block := self._read()):
            yield block

    def forever(self) -> Iterator[Block]:
        """Over and over; ends only when nothing can be read."""
        some = True
        while some:
            some = False
            for block in self.blocks():
                some = True
                yield block

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _read(self) -> Block:
        import soundfile

        try:
            block = self._file.read(_READ, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            _log.warning("%s is damaged: %s", self._name, error)
            return np.zeros((0, 2), dtype=np.float32)
        stereo: Block = block[:, [0, min(1, block.shape[1] - 1)]] * self._gain
        return stereo


class _Nothing:
    """Stands where a file could not be opened."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _sound(track: Track) -> _Sound | _Nothing:
    try:
        return _Sound(track)
    except (OSError, RuntimeError, ValueError) as error:  # soundfile raises subclasses of these
        _log.warning("%s cannot be played: %s", track.path, error)
        return _Nothing()


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


class Progress:
    """Which track of a reel is being decoded, and which is heard a few seconds later."""

    def __init__(self) -> None:
        self.decoded = Cell(0)
        self.heard = Cell(0)


class _Shelf:
    """Blocks waiting to be read, and the one that was begun."""

    def __init__(self, progress: Progress | None) -> None:
        self._blocks: deque[tuple[Block, int]] = deque()
        self._progress = progress or Progress()
        self.frames = 0

    def push(self, block: Block) -> None:
        self._blocks.append((block, self._progress.decoded.value))
        self.frames += len(block)

    def pull(self, frames: int) -> Block:
        """At most `frames`, from the front."""
        parts, wanted = [], frames
        while wanted and self._blocks:
            block, self._progress.heard.value = self._blocks.popleft()
            if len(block) > wanted:
                self._blocks.appendleft((block[wanted:], self._progress.heard.value))
                block = block[:wanted]
            parts.append(block)
            wanted -= len(block)
        self.frames -= frames - wanted
        return np.concatenate(parts) if parts else np.zeros((0, 2), dtype=np.float32)


def _filled(block: Block, frames: int) -> Block:
    """`block`, with silence up to `frames`."""
    if len(block) == frames:
        return block
    full = np.zeros((frames, 2), dtype=np.float32)
    full[: len(block)] = block
    return full


class InlineDeck:
    """A deck that decodes when it is read: for players without an audio thread."""

    def __init__(self, blocks: Iterator[Block], progress: Progress | None = None) -> None:
        self._blocks = blocks
        self._shelf = _Shelf(progress)

    def ready(self) -> bool:
        """Always: reading waits for the decoder."""
        return True

    def read(self, frames: int) -> Block:
        """The next `frames`; silence once the reel has ended."""
        while self._shelf.frames < frames and (block := next(self._blocks, None)) is not None:
            self._shelf.push(block)
        return _filled(self._shelf.pull(frames), frames)

    def close(self) -> None:
        """Nothing to let go."""


class PrefetchedDeck:
    """A deck whose decoder runs ahead on its own thread, ten seconds at most; reading never waits."""

    def __init__(
        self, blocks: Iterator[Block], rate_hz: int, progress: Progress | None = None
    ) -> None:
        self._blocks = blocks
        self._most, self._enough = round(_AHEAD_S * rate_hz), round(_READY_S * rate_hz)
        self._shelf = _Shelf(progress)
        self._ended = False
        self._changed = Condition()
        self.late_frames = 0
        """Frames for which the decoder was too late, so that silence was heard."""
        Thread(target=self._decode, name="decoder", daemon=True).start()

    def ready(self) -> bool:
        """True once half a second or all there is has been decoded."""
        return self._shelf.frames >= self._enough or self._ended

    def read(self, frames: int) -> Block:
        """The next `frames`; silence where the decoder is late."""
        with self._changed:
            block = self._shelf.pull(frames)
            self._changed.notify()
        if len(block) < frames and not self._ended:
            self.late_frames += frames - len(block)
        return _filled(block, frames)

    def close(self) -> None:
        """Tell the decoder to stop; does not wait for it."""
        self._ended = True
        with self._changed:
            self._changed.notify()

    def _decode(self) -> None:
        try:
            for block in self._blocks:
                with self._changed:
                    self._shelf.push(block)
                    while self._shelf.frames >= self._most and not self._ended:
                        self._changed.wait()
                if self._ended:
                    break
        except UserError as error:
            _log.warning("%s", error)
        finally:
            self._ended = True
            if self.late_frames:
                _log.warning("the decoder was late: %d frames of silence", self.late_frames)
