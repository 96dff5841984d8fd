"""Any sound file as a tape: as fast as it can be read, or at its own speed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag

from dndmood.clock import Clock
from dndmood.events import RATE_HZ, AudioChunk, Problem
from dndmood.sound_files import Sound, open_sound
from dndmood.sources._resample import Resampler
from dndmood.threads import running

_BLOCK_S = 0.1
"""At its own speed a file comes in blocks this long, so that nothing waits for the next."""


def chunks(path: Path, *, block_s: float = _BLOCK_S) -> Iterator[AudioChunk | Problem]:
    """The sound of `path` from its beginning to its end, mono at 16 kHz, `block_s` at a time.

    Raises `UserError` at once when the file is missing, empty or not audio. One that breaks off
    is heard as far as it goes, and a `Problem` says so.
    """
    sound = open_sound(path)  # here, not in the generator, so that a bad file raises at once
    return _read(sound, block_s)


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
            for event in tape:
                if leave.is_set():
                    return
                if isinstance(event, AudioChunk):
                    clock.sleep(max(0.0, event.end_s - (clock.now_s() - began_s)))
                put(event)
        finally:
            ended()

    with running(feed, name="file", stop=leave.set):
        yield


def _read(sound: Sound, block_s: float) -> Iterator[AudioChunk | Problem]:
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
