"""Writes what would be heard to a WAV file, in step with the sound that is listened to."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, AudioChunk, Event, Problem
from dndmood.players import Report
from dndmood.players._playback import Playback
from dndmood.players._wav_file import WavFile
from dndmood.sound_files import printable

_RATE_HZ = 44_100
_MOST_S = 60.0
"""A gap longer than this (a computer asleep) is written as this much music."""

_log = logging.getLogger(__name__)


class Wav:
    """For every second of the tape one second of music is rendered; no clock is needed.

    When the file can no longer be written it says so once, and the evening goes on.
    """

    def __init__(self, playback: Playback, file: WavFile, path: Path, report: Report) -> None:
        self._playback = playback
        self._file: WavFile | None = file
        self._path = printable(path)
        self._report = report
        self._written = 0
        self._skipped = 0

    def __call__(self, event: Event) -> None:
        """Obey cues, levels and commands, and write up to the end of every stretch of sound."""
        self._playback(event)
        if isinstance(event, AudioChunk):
            end = (event.start + len(event.samples)) * _RATE_HZ // RATE_HZ - self._skipped
            most = round(_MOST_S * _RATE_HZ)
            if end - self._written > most:
                self._skipped += end - self._written - most
                end = self._written + most
            while self._written < end:
                frames = min(end - self._written, _RATE_HZ)
                self._write(frames)
                self._written += frames

    def close(self) -> None:
        """Fade out the end of the file and let it go."""
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as error:
            _log.warning("the end of %s is not faded out: %s", self._path, error)

    def _write(self, frames: int) -> None:
        block = self._playback.render(frames)
        if self._file is None:
            return
        try:
            self._file.write(block)
        except OSError as error:
            reason = error.strerror or str(error)
            text = f"{self._path} is no longer written ({reason}); what is in it can be played."
            self._report(Problem(at_s=0.0, text=text))
            self.close()
            self._file = None


@contextmanager
def opened(argument: str, report: Report) -> Iterator[Wav]:
    """A player that writes to the file `argument`, 16-bit stereo; it must not exist yet.

    Raises `UserError` when it does, or cannot be made.
    """
    if not argument:
        raise UserError("The wav player needs a file: use --player wav:evening.wav.")
    try:
        path = Path(argument).expanduser()
        file = WavFile(path, _RATE_HZ)
    except FileExistsError as error:
        raise UserError(
            f"{printable(path)} exists already: name another file, or move that one away."
        ) from error
    except (OSError, ValueError, RuntimeError) as error:  # no such name; nobody's home folder
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(
            f"{printable(argument)} cannot be written ({reason}): choose another place."
        ) from error
    playback = Playback(_RATE_HZ, prefetch=False, report=report)
    player = Wav(playback, file, path, report)
    try:
        yield player
    finally:
        player.close()
        playback.close()
