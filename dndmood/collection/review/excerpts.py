"""The loudest 15 s of a track as a file of its own that every player can play."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from dndmood import events
from dndmood.background import Background
from dndmood.channels import stereo
from dndmood.errors import UserError
from dndmood.file_names import printable
from dndmood.library import Track
from dndmood.library.levels import LOUDEST_S
from dndmood.sound_files import open_sound

_FADE_S = 0.4


def cut(track: Track, into: Path) -> events.Track:
    """The excerpt, faded at both ends, as a WAV in the folder `into`.

    Raises `UserError` when the track cannot be read or the excerpt cannot be written.
    """
    import soundfile

    called = printable(os.path.basename(track.path))  # noqa: PTH119 - a path object would not take all bytes
    with open_sound(track.path, called=called) as sound:
        rate_hz = sound.rate_hz
        wanted, begin_s = round(LOUDEST_S * rate_hz), track.loudest_s or 0.0
        if begin_s:  # to decode up to there would take half a minute in a mix of an hour
            sound.jump(round(begin_s * rate_hz))
        part = sound.read(wanted)
        if not len(part) and begin_s:  # a damaged file may refuse to jump
            sound.rewind()
            for _ in range(round(begin_s)):
                sound.read(rate_hz)
            part = sound.read(wanted)
        heard = stereo(part, sound.layout)
    if not len(heard):
        raise UserError(f"{called} is shorter than it was: run 'dndmood library scan'.")
    edge = min(round(_FADE_S * rate_hz), len(heard) // 2)
    ramp = np.linspace(0.0, 1.0, edge, dtype=np.float32)[:, None]
    heard[:edge] *= ramp
    heard[len(heard) - edge :] *= ramp[::-1]
    target = into / f"{abs(hash(track.path))}.wav"
    try:
        soundfile.write(target, np.clip(heard, -1.0, 1.0), rate_hz, subtype="PCM_16")
    except (OSError, soundfile.SoundFileError) as error:
        raise UserError(
            f"The excerpt cannot be written to {into}: make room on its disk."
        ) from error
    return events.Track(str(target), track.title, len(heard) / rate_hz)


class Excerpts:
    """Excerpts that are cut in the background, so that no key has to wait."""

    def __init__(self, into: Path, arrived: Callable[[str, events.Track | str], None]) -> None:
        """`arrived` gets a track's path, and its excerpt or why there is none, on another thread."""
        self._into, self._arrived = into, arrived
        self._known: dict[str, events.Track | str] = {}
        self._background = Background(self._cut, "excerpts")

    def ask(self, track: Track) -> None:
        """Want the excerpt of `track`."""
        self._background(track)

    def end(self) -> None:
        """Wait a moment for what is being cut."""
        self._background.end(1.0)

    def _cut(self, track: Track) -> None:
        if track.path not in self._known:
            try:
                self._known[track.path] = cut(track, self._into)
            except UserError as error:
                self._known[track.path] = str(error)
        self._arrived(track.path, self._known[track.path])
