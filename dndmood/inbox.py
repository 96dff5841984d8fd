"""A bounded queue from any thread to the listener: nobody waits to put something in.

When it is full the oldest sound is forgotten, never a command.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import replace
from threading import Condition

from dndmood.ear_clock import EarClock
from dndmood.events import RATE_HZ, AudioChunk, Command, Heard, MoodBook, NowPlaying, Problem
from dndmood.scene import SceneCue

_WORTH_SAYING_S = 1.0
"""So much forgotten sound is said: about one window that was not judged."""
_SAY_AGAIN_S = 600.0

Arrival = AudioChunk | Command | Problem | NowPlaying | Heard | MoodBook | SceneCue


class Inbox:
    """Takes events from any thread; one thread iterates over them until `close()`.

    Holds at most `capacity_s` of each ear's sound. When the reader falls behind, the oldest sound is
    forgotten: the reader sees a jump in `AudioChunk.start` and nothing is ever delayed by
    more than `capacity_s`. That is reported as a `Problem`, which the reader meets just before
    the sound after the gap, at most every ten minutes of audio time. Everything else is always kept, in order, and is stamped
    with the audio time at which the reader meets them. Sound of several ears is put on one time.
    """

    def __init__(self, capacity_s: float = 2.0) -> None:
        self._capacity = int(capacity_s * RATE_HZ)
        self._events: deque[Arrival] = deque()
        self._held: defaultdict[str, int] = defaultdict(int)  # samples waiting of each ear
        self._forgotten = 0  # samples of sound that nobody will hear, not yet reported
        self._quiet_until_s = 0.0
        self._waited = False  # some of it would have been said, had it not been too soon
        self._closed = False
        self._changed = Condition()

    def put(self, event: Arrival) -> None:
        """Leave `event` for the reader and return at once; after `close()` it is ignored."""
        with self._changed:
            if self._closed:
                return
            self._events.append(event)
            if isinstance(event, AudioChunk):
                self._held[event.ear] += len(event.samples)
                self._forget(event.ear)
            self._changed.notify()

    def close(self) -> None:
        """Let the reader finish what is already here, then end."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def __iter__(self) -> Iterator[Arrival]:
        """Every event in order of arrival; ends after `close()` when nothing is left."""
        heard_s, clock = 0.0, EarClock()
        while (event := self._take()) is not None:
            if isinstance(event, AudioChunk):
                placed = clock.placed(event)
                if text := self._overrun(placed.end_s):
                    yield Problem(heard_s, text)
                heard_s = max(heard_s, placed.end_s)
                yield placed
            else:
                yield replace(event, at_s=heard_s)

    def _take(self) -> Arrival | None:
        with self._changed:
            while not self._events and not self._closed:
                self._changed.wait()
            if not self._events:
                return None
            event = self._events.popleft()
            if isinstance(event, AudioChunk):
                self._held[event.ear] -= len(event.samples)
            return event

    def _overrun(self, now_s: float) -> str:
        """What to say of the sound that was forgotten; nothing when it is little, or too soon."""
        with self._changed:
            lost_s = self._forgotten / RATE_HZ
            if not lost_s or now_s < self._quiet_until_s:
                self._waited = self._waited or lost_s > 0.0
                return ""
            if lost_s < _WORTH_SAYING_S:
                return ""
            self._forgotten = 0
        when = " since this was last said" if self._waited else ""
        self._quiet_until_s, self._waited = now_s + _SAY_AGAIN_S, False
        return too_slow(lost_s, when)

    def _forget(self, ear: str) -> None:
        while self._held[ear] > self._capacity:
            oldest = next(
                (
                    event
                    for event in self._events
                    if isinstance(event, AudioChunk) and event.ear == ear
                ),
                None,
            )
            if oldest is None or oldest is self._events[-1]:
                return  # a single chunk larger than the inbox still comes through
            self._events.remove(oldest)
            self._held[ear] -= len(oldest.samples)
            self._forgotten += len(oldest.samples)


def too_slow(lost_s: float, when: str = "") -> str:
    """What to say when `lost_s` of sound came faster than it could be judged, just now or `when`."""
    return (
        f"Sound came faster than this computer could judge it: {lost_s:.1f} s of it were left out{when}, "
        "so that nothing comes late. Close other programs, or judge less often with --hop 2."
    )
