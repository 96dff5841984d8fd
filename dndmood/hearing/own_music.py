"""Stage `take_out_music`: takes what our own player plays out of what the microphone hears."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from dndmood.events import AudioChunk, Event, Samples
from dndmood.hearing.clock_drift import ClockDrift
from dndmood.hearing.room_filter import BLOCK, Played, RoomFilter


def take_out_music(tape: Iterable[Event], *, ear: str = "") -> Iterator[Event]:
    """Give the sound of `ear` without our music, and beside it, as `music`, what was taken out.

    Where chunks carry what was played as their reference, their sound comes in other pieces and
    20 ms later, none of it lost. Voices are not changed: what is known of the music is subtracted,
    and nothing is turned down. Chunks without a reference pass as they are.
    """
    taker = _Taker()
    for event in tape:
        if not isinstance(event, AudioChunk) or event.ear != ear:
            yield event
        elif event.reference is None:
            yield from taker.rest()
            yield event
        else:
            yield from taker.push(event, event.reference, event.side)
    yield from taker.rest()


class _Taker:
    """Cuts sound and reference into blocks, each sound with the reference of a block later.

    So the reference can be held back or drawn ahead by a block as the clocks come apart, and
    nothing is lost when it lies a little late.
    """

    def __init__(self) -> None:
        self._room, self._clock = RoomFilter(), ClockDrift()
        self._waits: AudioChunk | None = None
        self._played = np.zeros((1, 0), np.float32)  # beside what waits
        self._next = 0

    def push(
        self, chunk: AudioChunk, middle: Samples, side: Samples | None
    ) -> Iterator[AudioChunk]:
        if self._waits is None or chunk.start != self._next:
            yield from self.rest()
            self._room.after_gap()
            self._clock.after_gap()
        self._next = chunk.start + len(chunk.samples)
        if side is not None and side.any() and len(self._played) == 1:
            self._played = np.concatenate((self._played, np.zeros_like(self._played)))
        parts = [middle] if len(self._played) == 1 else [middle, _known(side, middle)]
        played = np.concatenate((self._played, parts), axis=1)
        if self._waits is not None:
            samples = np.concatenate((self._waits.samples, chunk.samples))
            chunk = replace(chunk, samples=samples, start=self._waits.start)
        ready = max(len(chunk.samples) // BLOCK - 1, 0) * BLOCK
        if ready:
            music = self._music(chunk.samples[:ready], played)
            yield _part(chunk, played, 0, ready, music)
        self._waits = _part(chunk, played, ready, len(chunk.samples))
        self._played = played[:, ready:]

    def rest(self) -> Iterator[AudioChunk]:
        """What waits, as it is: the sound is at an end, or nobody knows any more what plays."""
        waits, self._waits = self._waits, None
        self._played = self._played[:, :0]
        if waits is not None and len(waits.samples):
            yield waits

    def _music(self, heard: Samples, played: Played) -> Samples:
        found = np.empty_like(heard)
        for at in range(0, len(heard), BLOCK):
            later = self._clock.slid(played[:, at + BLOCK : at + 2 * BLOCK], self._room)
            found[at : at + BLOCK] = self._room(heard[at : at + BLOCK], later)
            self._clock.look(self._room)
        return found


def _known(side: Samples | None, middle: Samples) -> Samples:
    return np.zeros_like(middle) if side is None else side


def _part(
    chunk: AudioChunk, played: Played, start: int, stop: int, music: Samples | None = None
) -> AudioChunk:
    """A stretch of `chunk`, without `music` where that is known."""
    samples = chunk.samples[start:stop]
    return replace(
        chunk,
        samples=samples if music is None else samples - music,
        start=chunk.start + start,
        reference=played[0, start:stop],
        side=played[1, start:stop] if len(played) > 1 else None,
        music=music,
    )
