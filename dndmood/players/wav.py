"""Writes what would be heard to a WAV file, in step with the sound that is listened to."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from dndmood.errors import UserError
from dndmood.events import (
    RATE_HZ,
    AudioChunk,
    Command,
    Cue,
    Duck,
    EmotionEstimate,
    Event,
    NowPlaying,
    Problem,
)
from dndmood.players import Report
from dndmood.players._playback import Playback
from dndmood.players._wav_file import WavFile
from dndmood.scene import AmbienceCue
from dndmood.sound_files import printable
from dndmood.threads import Worker, ended

_RATE_HZ = 44_100
_ABOUT = "the wav file"
_MOST_S = 60.0
"""A gap longer than this (a computer asleep) is written as this much music."""
_LATE_S = 10.0
"""What is so late is reported. A slow machine measures a long track for seconds."""
_HANGS_S = 3.0
"""Who writes nothing for so long at the end hangs."""

_log = logging.getLogger(__name__)


class _Stretch(NamedTuple):
    """A piece of the tape, in samples."""

    end: int
    length: int


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
        self._events: SimpleQueue[Event | _Stretch | None] = SimpleQueue()
        self._worker: Worker | None = None
        self._heard = self._done = 0  # samples of the tape that came, and that were seen to
        self._late = False

    def __call__(self, event: Event) -> None:
        """Obey cues, levels and commands, and write up to the end of every stretch of sound."""
        if isinstance(event, AudioChunk):
            length = len(event.samples)
            self._heard += length
            self._take(_Stretch(event.start + length, length))
            self._say_if_late()
        elif isinstance(event, Cue | AmbienceCue | Command | Duck | EmotionEstimate):
            self._take(event)

    def never_wait(self) -> None:
        """From now on another thread does the work: a disk may hang, of the music or of the file."""
        self._worker = Worker(self._work, "wav")
        self._worker.start()

    def close(self) -> None:
        """Fade out the end of the file and let it go; what is late is waited for while it comes."""
        if self._worker is not None:
            self._events.put(None)
            written = -1
            while self._worker.is_alive() and self._written != written:
                written = self._written
                self._worker.join(_HANGS_S)
            if not ended(self._worker, 0.0):
                _log.warning("a disk hangs: the end of %s is not written", self._path)
                return  # the file is whole after every write
        self._end_file()

    def _take(self, event: Event | _Stretch) -> None:
        if self._worker is None:
            self._obey(event)
        else:
            self._events.put(event)

    def _work(self) -> None:
        while (event := self._events.get()) is not None:
            try:
                self._obey(event)
            except Exception:  # noqa: BLE001 - the thread must go on with the next one
                _log.exception("the wav player failed at one event")

    def _obey(self, event: Event | _Stretch) -> None:
        """Pass on an event, or write up to the end of a stretch of sound."""
        if not isinstance(event, _Stretch):
            self._playback(event)
            return
        self._write_until(event.end * _RATE_HZ // RATE_HZ)
        self._done += event.length
        if self._late and self._heard - self._done < RATE_HZ:
            self._late = False
            self._playback.interrupt()  # so that what is heard next is reported
            self._report(
                Problem(0.0, f"{self._path} is written again.", solved=True, about=_ABOUT)
            )

    def _say_if_late(self) -> None:
        if self._late or self._heard - self._done < _LATE_S * RATE_HZ:
            return
        self._late = True
        text = (
            f"{self._path} is written too slowly: a disk gives no answer, or this computer is too "
            "busy. What is missing is written as soon as it can be."
        )
        self._report(Problem(at_s=0.0, text=text, about=_ABOUT))
        self._report(NowPlaying(None))

    def _write_until(self, frame: int) -> None:
        end = frame - self._skipped
        most = round(_MOST_S * _RATE_HZ)
        if end - self._written > most:
            self._skipped += end - self._written - most
            end = self._written + most
        while self._written < end:
            frames = min(end - self._written, _RATE_HZ)
            self._write(frames)
            self._written += frames

    def _end_file(self) -> None:
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
            self._report(Problem(at_s=0.0, text=text, about=_ABOUT))
            self._end_file()
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
