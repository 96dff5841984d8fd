"""Any sound file as a tape: as fast as it can be read, or at its own speed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from typing import Any

from dndmood.clock import Clock
from dndmood.errors import UserError
from dndmood.events import AudioChunk, Problem
from dndmood.sources._door import Door
from dndmood.threads import running

_BLOCK_S = 0.1
"""At its own speed a file comes in blocks this long, so that nothing waits for the next."""


def chunks(path: Path, *, block_s: float = _BLOCK_S) -> Iterator[AudioChunk | Problem]:
    """The sound of `path` from its beginning to its end, mono at 16 kHz, `block_s` at a time.

    Raises `UserError` at once when the file is missing, empty or not audio.
    """
    sound = _opened(path)  # here, not in the generator, so that a bad file is told at once
    return _read(sound, block_s)


@contextmanager
def opened(
    put: Callable[[AudioChunk | Problem], None],
    path: Path,
    *,
    clock: Clock,
    ended: Callable[[], None],
) -> Iterator[None]:
    """Put the sound of `path` at its own speed, like a microphone; `ended` is called at its end."""
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


def _opened(path: Path) -> Any:
    import soundfile

    if not path.is_file():
        raise UserError(f"There is no sound file {path}: check the name.")
    try:
        sound = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError) as error:
        raise UserError(
            f"{path} is not a sound file that can be read: use WAV, FLAC, OGG, Opus or MP3."
        ) from error
    if sound.frames == 0:
        sound.close()
        raise UserError(f"{path} is empty: there is no sound in it.")
    return sound


def _read(sound: Any, block_s: float) -> Iterator[AudioChunk | Problem]:
    with sound:
        door = Door(sound.samplerate)
        frames = max(1, round(sound.samplerate * block_s))
        for block in sound.blocks(frames, dtype="float32", always_2d=True):
            yield from door.push(block)
        yield from door.flush()
