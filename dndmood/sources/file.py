"""Any sound file as a tape: as fast as it can be read, or at its own speed."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Event as Flag

from dndmood.clock import Clock
from dndmood.errors import UserError
from dndmood.events import RATE_HZ, AudioChunk, Problem
from dndmood.file_names import printable
from dndmood.sound_files import Sound, open_sound
from dndmood.sources._resample import Resampler
from dndmood.threads import running

_BLOCK_S = 0.1
"""At its own speed a file comes in blocks this long, so that nothing waits for the next."""
_AHEAD = 8
"""Blocks that are read before they are asked for."""
_ANSWER_S = 30.0
"""A drive that slept needs ten seconds or so; what has not answered by then is gone."""
_LEAVE_S = 2.0
"""Nobody who wants to end waits longer for a drive."""

Tape = Generator[AudioChunk | Problem, None, None]


def chunks(path: Path, *, block_s: float = _BLOCK_S) -> Tape:
    """The sound of `path` from its beginning to its end, mono at 16 kHz, `block_s` at a time.

    Raises `UserError` at once when the file is missing, empty or not audio, and at any time
    when its drive has not answered for half a minute. One that breaks off is heard as far as it
    goes, and a `Problem` says so. It is read on a thread of its own: whoever waits for a drive
    that hangs can be interrupted.
    """
    sound = _answered(path)  # here, not in the generator, so that a bad file raises at once
    return _read_ahead(_read(sound, block_s), path)


@contextmanager
def opened(
    put: Callable[[AudioChunk | Problem], None],
    path: Path,
    *,
    clock: Clock,
    ended: Callable[[], None],
) -> Iterator[None]:
    """Put the sound of `path` at its own speed, like a microphone; `ended` is called at its end.

    Raises `UserError` when it cannot be read.
    """
    leave = Flag()
    tape = chunks(path)

    def feed() -> None:
        began_s = clock.now_s()
        try:
            with closing(tape):
                for event in tape:
                    if leave.is_set():
                        return
                    if isinstance(event, AudioChunk):
                        clock.sleep(max(0.0, event.end_s - (clock.now_s() - began_s)))
                    put(event)
        finally:
            ended()

    with running(feed, name="file", stop=leave.set, longest_s=_LEAVE_S):
        yield


def _answered(path: Path) -> Sound:
    found: list[Sound] = []

    def look() -> None:
        found.append(open_sound(path))

    with running(look, name="file opener", stop=lambda: None, longest_s=_ANSWER_S):
        pass
    if not found:
        raise UserError(_gone(path))
    return found[0]


def _read_ahead(tape: Tape, path: Path) -> Tape:
    """`tape`, read on a thread of its own."""
    waiting: Queue[AudioChunk | Problem | None] = Queue(_AHEAD)
    leave = Flag()

    def read() -> None:
        try:
            with closing(tape):
                for event in tape:
                    waiting.put(event)
                    if leave.is_set():
                        return
        finally:
            waiting.put(None)

    def stop() -> None:
        leave.set()
        with suppress(Empty):  # who waits for room to put something finds it
            while True:
                waiting.get_nowait()

    with running(read, name="file reader", stop=stop, longest_s=_LEAVE_S):
        while (event := _next(waiting, path)) is not None:
            yield event


def _next(
    waiting: "Queue[AudioChunk | Problem | None]", path: Path
) -> AudioChunk | Problem | None:
    try:
        return waiting.get(timeout=_ANSWER_S)
    except Empty:
        raise UserError(_gone(path)) from None


def _gone(path: Path) -> str:
    return (
        f"{printable(path)} has not answered for {_ANSWER_S:.0f} s: see whether its drive is "
        "there, or copy the file to this computer."
    )


def _read(sound: Sound, block_s: float) -> Tape:
    with sound:
        resampler = Resampler(sound.rate_hz)
        frames = max(1, round(sound.rate_hz * block_s))
        said = False
        for block in sound.blocks(frames):
            if sound.not_numbers and not said:
                said = True
                yield Problem(
                    at_s=resampler.position / RATE_HZ,
                    text="The sound has values that are not numbers; silence stands in their "
                    "place. Save the recording again.",
                )
            yield from resampler.push(block)
        yield from resampler.flush()
        if sound.damaged:
            yield Problem(
                at_s=resampler.position / RATE_HZ,
                text=f"The recording ended early: {sound.damaged}.",
            )
