"""Stage `take_out_music`: takes what our own player plays out of what the microphone hears."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from dndmood.events import AudioChunk, Event, Samples
from dndmood.hearing.clock_drift import ClockDrift
from dndmood.hearing.room_filter import BLOCK, RoomFilter


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
            yield from taker.push(event, event.reference)
    yield from taker.rest()


class _Taker:
    """Cuts sound and reference into blocks, each sound with the reference of a block later.

    So the reference can be held back or drawn ahead by a block as the clocks come apart, and
    nothing is lost when it lies a little late.
    """

    def __init__(self) -> None:
        self._room, self._clock = RoomFilter(), ClockDrift()
        self._heard: AudioChunk | None = None  # what waits, as one chunk

    def push(self, chunk: AudioChunk, played: Samples) -> Iterator[AudioChunk]:
        waits = self._heard
        if waits is None or waits.reference is None:
            self._begin()
        elif chunk.start != waits.start + len(waits.samples):
            yield from self.rest()
            self._begin()
        else:
            played = np.concatenate((waits.reference, played))
            chunk = replace(waits, samples=np.concatenate((waits.samples, chunk.samples)))
        count = max(len(chunk.samples) // BLOCK - 1, 0)
        if count:
            music = self._music(chunk.samples, played, count)
            yield _part(chunk, played, 0, count * BLOCK, music)
        self._heard = _part(chunk, played, count * BLOCK, len(chunk.samples), None)

    def rest(self) -> Iterator[AudioChunk]:
        """What waits, as it is: the sound is at an end, or nobody knows any more what plays."""
        waits, self._heard = self._heard, None
        if waits is not None and len(waits.samples):
            yield waits

    def _begin(self) -> None:
        self._room.after_gap()
        self._clock.after_gap()

    def _music(self, heard: Samples, played: Samples, count: int) -> Samples:
        found = np.empty(count * BLOCK, np.float32)
        for at in range(0, count * BLOCK, BLOCK):
            later = played[at + BLOCK : at + 2 * BLOCK]
            music = self._room(heard[at : at + BLOCK], self._clock.slid(later, self._room))
            self._clock.look(self._room)
            found[at : at + BLOCK] = music
        return found


def _part(
    chunk: AudioChunk, played: Samples, start: int, stop: int, music: Samples | None
) -> AudioChunk:
    """A stretch of `chunk`, without `music` where that is known."""
    samples = chunk.samples[start:stop]
    return replace(
        chunk,
        samples=samples if music is None else samples - music,
        start=chunk.start + start,
        reference=played[start:stop],
        music=music,
    )
