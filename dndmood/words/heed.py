"""Stage `heed`: listens to words in what is said, and adds cues; the text itself goes nowhere.

Talk is listened to in short pieces, and for places and events once more in whole sentences. Live, a
thread of its own does the recognising, and what it has no time for is left out. In a rehearsal it is
done in line, so that the same recording gives the same cues every time.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Protocol

from dndmood.events import AudioChunk, Command, Event, Problem, Samples, SpeechWindow
from dndmood.pipeline import Stage
from dndmood.scene import SceneCue
from dndmood.threads import running
from dndmood.words.attention import Attention
from dndmood.words.segments import Segment, Segments

TOO_SLOW = (
    "This computer is too slow to listen to every word: some talk is not listened to. Close other "
    "programs, or leave --words out."
)
BY_TONE = "The evening goes on by tone."
BY_KEYS = "From now on only the keys move the mood."
FAST_ENOUGH = "Every word is listened to again."
_ENOUGH_PIECES = 20
"""So many pieces of talk in a row, none left out, are fast enough; after a relapse twice as many."""
_FAILED = "The recogniser of words has failed and is left out. Try 'dndmood words check'."
_MOST_WAITING = 2
"""Pieces of talk that wait; with a third the oldest is left out, as nothing may come late."""
_MARKS = " .!?…"
_LONGEST_S = 5.0
"""The recogniser is not waited for longer at the end."""

_log = logging.getLogger(__name__)


class Recogniser(Protocol):
    """Writes down what is said; what it returns must not leave this room."""

    def __call__(self, samples: Samples) -> str:
        """The words in `samples`, shape `(n,)`, 16 kHz; empty for none."""
        ...


def in_line(
    recogniser: Recogniser,
    attention: Attention,
    *,
    after: Callable[[Segment], None] = lambda _: None,
) -> Stage:
    """The stage as it rehearses: every piece of talk is listened to before the tape goes on.

    `after` is told of each piece, when all its cues were read.
    """

    def heed(tape: Iterable[Event]) -> Iterator[Event]:
        segments = Segments()
        for event in tape:
            yield event
            if isinstance(event, AudioChunk | SpeechWindow):
                for segment in segments.push(event):
                    yield from cues(recogniser, attention, segment)
                    after(segment)
            elif isinstance(event, Command) and event.verb == "pause":
                segments.forget()
        for segment in segments.end():
            yield from cues(recogniser, attention, segment)
            after(segment)
        yield from attention.end()

    return heed


@contextmanager
def on_a_thread(
    recogniser: Recogniser, attention: Attention, *, tone: bool = True
) -> Iterator[Stage]:
    """The stage as it listens: a thread recognises, for as long as the block lasts.

    `tone` says whether the tone of voice is listened to as well, so that the evening can go by it.
    """
    desk = _Desk(f"{_FAILED} {BY_TONE if tone else BY_KEYS}")
    too_slow = f"{TOO_SLOW} {BY_TONE}" if tone else TOO_SLOW

    def work() -> None:
        while (segment := desk.take()) is not None:
            desk.answer(cues(recogniser, attention, segment))

    def heed(tape: Iterable[Event]) -> Iterator[Event]:
        segments, pace, at_s = Segments(), _Pace(too_slow), 0.0
        for event in tape:
            yield event
            if isinstance(event, AudioChunk | SpeechWindow):
                at_s = event.end_s if isinstance(event, AudioChunk) else at_s
                for segment in segments.push(event):
                    left_out = desk.leave(segment)
                    if not segment.again and not desk.failed:
                        yield from pace.hear(at_s, left_out=left_out)
                if desk.failed and not desk.failure_told:
                    desk.failure_told = True
                    yield Problem(at_s, desk.failed, about="words")
                yield from desk.answers()
            elif isinstance(event, Command) and event.verb == "pause":
                segments.forget()

    with running(desk.guarded(work), name="words", stop=desk.close, longest_s=_LONGEST_S):
        yield heed


class _Pace:
    """Says that this computer is too slow, and that it is fast enough again; each once."""

    def __init__(self, too_slow: str) -> None:
        self._too_slow = too_slow
        self._slow = False
        self._enough = _ENOUGH_PIECES
        self._in_a_row = 0

    def hear(self, at_s: float, *, left_out: bool) -> Iterator[Problem]:
        """Take note of a piece of talk, for which an older one was `left_out` or not."""
        self._in_a_row = 0 if left_out else self._in_a_row + 1
        if left_out and not self._slow:
            self._slow = True
            yield Problem(at_s, self._too_slow, about="the pace of words")
        elif self._slow and self._in_a_row >= self._enough:
            self._slow = False
            self._enough *= 2
            yield Problem(at_s, FAST_ENOUGH, solved=True, about="the pace of words")


class _Desk:
    """Where pieces of talk wait for the thread, and its answers for the tape."""

    def __init__(self, failed: str = "") -> None:
        self._fails_with = failed
        self._waiting: deque[Segment] = deque()
        self._again: Segment | None = None  # comes when nothing else waits
        self._answers: deque[SceneCue] = deque()
        self._closed = False
        self._changed = Condition()
        self.failed = ""
        self.failure_told = False

    def leave(self, segment: Segment) -> bool:
        """Leave `segment` for the thread; whether one had to be left out for it."""
        with self._changed:
            if segment.again:
                self._again = segment
                self._changed.notify()
                return False
            self._waiting.append(segment)
            full = len(self._waiting) > _MOST_WAITING and not self.failed
            if len(self._waiting) > _MOST_WAITING:
                self._waiting.popleft()
            self._changed.notify()
        return full

    def take(self) -> Segment | None:
        """The next piece; None after `close`."""
        with self._changed:
            while not (self._waiting or self._again or self._closed):
                self._changed.wait()
            if self._closed:
                return None
            if self._waiting:
                return self._waiting.popleft()
            segment, self._again = self._again, None
            return segment

    def answer(self, cues: list[SceneCue]) -> None:
        """Leave `cues` for the tape."""
        self._answers.extend(cues)

    def answers(self) -> Iterator[SceneCue]:
        """What the thread has found since."""
        while self._answers:
            yield self._answers.popleft()

    def close(self) -> None:
        """Let the thread end."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def guarded(self, work: Callable[[], None]) -> Callable[[], None]:
        """`work`, but its failure is a sentence on the tape and not the evening's end."""

        def safely() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - an evening must survive what nobody foresaw
                # No traceback: its text may hold what was said.
                _log.error("The recogniser of words has failed: %s", type(error).__name__)
                self.failed = self._fails_with

        return safely


def cues(recogniser: Recogniser, attention: Attention, segment: Segment) -> list[SceneCue]:
    """The cues in one piece of talk."""
    text = recogniser(segment.samples)
    if not segment.last:
        text = text.rstrip(_MARKS)  # the sentence goes on, whatever was written down
    if segment.again:
        return attention.hear_again(
            text,
            segment.start_s,
            segment.end_s,
            last=segment.last,
            overlap_s=segment.overlap_s,
        )
    # Nothing waits for the words behind it: it would come three seconds later.
    return list(attention.hear(text, segment.start_s, segment.end_s, last=True))
