"""Cuts the talk out of the tape, in pieces that a recogniser can take before they grow old."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dndmood.events import RATE_HZ, AudioChunk, Samples, SpeechWindow

_BEFORE_S, _BEHIND_S = 0.4, 0.3
"""What is taken along on both sides: the voice detector is late at a word's beginning."""
_PAUSE_S = 0.6
"""So long without talk ends a piece."""
_LONGEST_S = 2.6
"""Talk that goes on is cut after this, so that with the recognising no word is known more than
three seconds late."""
_SEARCH_S = 1.0
"""Within so much of its end, at the quietest place."""
_QUIET_S = 0.08
_SHORTEST_S = 0.5
_KEPT_S = 14.0
_AGAIN_S = 7.4
"""Talk that goes on is given again as a whole after this; in pieces, sentences are in parts."""
_OVERLAP_S = 4.0
"""Of a whole is in the next one too: what stood at its end lacked the words behind it."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A piece of talk."""

    samples: Samples
    """Shape `(n,)`, 16 kHz."""
    start_s: float
    """Audio time of the first sample."""
    last: bool
    """Whether a pause follows."""
    again: bool = False
    """Whether it holds pieces that were given before, now as a whole."""
    overlap_s: float = 0.0
    """So much at its beginning was in the whole before it."""

    @property
    def end_s(self) -> float:
        """Audio time just after the last sample."""
        return self.start_s + len(self.samples) / RATE_HZ


class Segments:
    """Gives pieces of talk as they become complete; each ear's sound is cut by itself."""

    def __init__(self) -> None:
        self._ears: dict[str, _OfOneEar] = {}

    def push(self, event: AudioChunk | SpeechWindow) -> Iterator[Segment]:
        """Take in sound, or that there is talk in it."""
        return self._ears.setdefault(event.ear, _OfOneEar()).push(event)

    def end(self) -> Iterator[Segment]:
        """What is left when no more sound comes."""
        for ear in self._ears.values():
            yield from ear.end()

    def forget(self) -> None:
        """Drop all sound, as after a gap."""
        for ear in self._ears.values():
            ear.forget()


class _OfOneEar:
    """Holds the last seconds of sound, and gives pieces of talk as they become complete."""

    def __init__(self) -> None:
        self._chunks: deque[AudioChunk] = deque()
        self._from_s: float | None = None  # where the piece begins that is being heard
        self._talk_s = 0.0  # how far talk was found
        self._done_s = 0.0  # how far pieces were given
        self._pieces: deque[tuple[float, float]] = deque()  # of the next whole, from and to
        self._again_s = 0.0  # how far wholes were given

    def push(self, event: AudioChunk | SpeechWindow) -> Iterator[Segment]:
        if isinstance(event, SpeechWindow):
            self._talk(event)
            return
        if self._chunks and event.start != self._chunks[-1].start + len(
            self._chunks[-1].samples
        ):
            self.forget()  # sound was lost
        self._chunks.append(event)
        while self._chunks[0].end_s < event.end_s - _KEPT_S:
            self._chunks.popleft()
        yield from self._ready(event.end_s)

    def end(self) -> Iterator[Segment]:
        if self._from_s is not None and self._chunks:
            yield from self._cut(
                min(self._talk_s + _BEHIND_S, self._chunks[-1].end_s), last=True
            )

    def forget(self) -> None:
        self._chunks.clear()
        self._pieces.clear()
        self._from_s = None

    def _talk(self, window: SpeechWindow) -> None:
        start_s = window.at_s - len(window.samples) / RATE_HZ
        if self._from_s is None:
            self._from_s = max(start_s - _BEFORE_S, self._done_s)
        self._talk_s = max(self._talk_s, window.at_s)

    def _ready(self, now_s: float) -> Iterator[Segment]:
        if self._from_s is None:
            return
        if now_s - self._talk_s >= _PAUSE_S + 1.0:
            # A window comes once a second: only now is it sure that no talk followed.
            yield from self._cut(self._talk_s + _BEHIND_S, last=True)
        elif now_s - self._from_s >= _LONGEST_S and self._talk_s - self._from_s >= _SEARCH_S:
            yield from self._cut(self._quietest(now_s), last=False)

    def _cut(self, end_s: float, *, last: bool) -> Iterator[Segment]:
        start_s = self._from_s or 0.0
        samples = self._between(start_s, end_s)
        self._done_s = end_s
        self._from_s = None if last else end_s
        if len(samples) >= _SHORTEST_S * RATE_HZ:
            yield Segment(samples, end_s - len(samples) / RATE_HZ, last)
            self._keep(start_s, end_s)
        yield from self._whole(last=last)

    def _keep(self, start_s: float, end_s: float) -> None:
        if self._pieces and start_s - self._pieces[-1][1] > _OVERLAP_S:
            self._pieces.clear()
        self._pieces.append((start_s, end_s))
        while end_s - self._pieces[0][0] > _AGAIN_S + _LONGEST_S:
            self._pieces.popleft()

    def _whole(self, *, last: bool) -> Iterator[Segment]:
        """The last pieces as one, when a pause follows or they are long enough."""
        if not self._pieces or self._pieces[-1][1] <= self._again_s:
            return
        start_s, end_s = self._pieces[0][0], self._pieces[-1][1]
        if not last and end_s - start_s < _AGAIN_S:
            return
        if len(self._pieces) > 1:
            samples = self._between(start_s, end_s)
            start_s = end_s - len(samples) / RATE_HZ
            overlap_s = max(self._again_s - start_s, 0.0)
            yield Segment(samples, start_s, last, again=True, overlap_s=overlap_s)
        self._again_s = end_s
        while len(self._pieces) > 1 and self._pieces[1][0] <= end_s - _OVERLAP_S:
            self._pieces.popleft()

    def _quietest(self, now_s: float) -> float:
        """Where a word is least likely to be cut in two."""
        sound = self._between(now_s - _SEARCH_S, now_s)
        size = int(_QUIET_S * RATE_HZ)
        count = len(sound) // size
        if count < 2:  # noqa: PLR2004 - nothing to choose from
            return now_s
        power = np.square(sound[: count * size].reshape(count, size)).mean(axis=1)
        return now_s - len(sound) / RATE_HZ + (int(power.argmin()) + 0.5) * _QUIET_S

    def _between(self, start_s: float, end_s: float) -> Samples:
        if not self._chunks:
            return np.zeros(0, np.float32)
        begin = self._chunks[0].start
        whole = np.concatenate([chunk.samples for chunk in self._chunks])
        first = max(round(start_s * RATE_HZ) - begin, 0)
        return whole[first : max(round(end_s * RATE_HZ) - begin, first)].astype(np.float32)
