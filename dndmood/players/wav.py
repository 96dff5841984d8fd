"""Writes what would be heard to a WAV file, in step with the sound that is listened to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, AudioChunk, Event
from dndmood.players import Report
from dndmood.players._booth import Booth

_RATE_HZ = 44_100
_MOST_S = 60.0
"""A gap longer than this (a computer asleep) is written as this much music."""


class Wav:
    """For every second of the tape one second of music is rendered; no clock is needed."""

    def __init__(self, booth: Booth, file: Any) -> None:
        self._booth = booth
        self._file = file
        self._written = 0
        self._skipped = 0

    def __call__(self, event: Event) -> None:
        """Obey cues, levels and commands, and write up to the end of every stretch of sound."""
        self._booth(event)
        if isinstance(event, AudioChunk):
            end = (event.start + len(event.samples)) * _RATE_HZ // RATE_HZ - self._skipped
            most = round(_MOST_S * _RATE_HZ)
            if end - self._written > most:
                self._skipped += end - self._written - most
                end = self._written + most
            while self._written < end:
                frames = min(end - self._written, _RATE_HZ)
                self._file.write(self._booth.render(frames))
                self._written += frames


@contextmanager
def opened(argument: str, report: Report) -> Iterator[Wav]:  # noqa: ARG001 - has nothing to say yet
    """A player that writes to the file `argument`, 16-bit stereo; it must not exist yet."""
    import soundfile

    path = Path(argument)
    if not argument:
        raise UserError("The wav player needs a file: use --player wav:evening.wav.")
    if path.exists():
        raise UserError(f"{path} exists already: name another file, or move that one away.")
    try:
        file = soundfile.SoundFile(
            path, "w", samplerate=_RATE_HZ, channels=2, format="WAV", subtype="PCM_16"
        )
    except (soundfile.LibsndfileError, OSError) as error:
        raise UserError(f"{path} cannot be written: choose another place.") from error
    booth = Booth(_RATE_HZ, prefetch=False)
    with file:
        yield Wav(booth, file)
        booth.close()
