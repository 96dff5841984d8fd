"""How loud a track is before the whole of it was ever measured, so that it can begin at once."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.channels import stereo
from dndmood.decibels import amplitude_of
from dndmood.loudness import TARGET_LUFS, Level, Loudness
from dndmood.sound_files import Sound, open_sound, printable

UNHEARD = amplitude_of(-70.0)
"""Samples below this are silence to everybody."""
_STRETCH_S, _PARTS = 3.2, 8
"""A stretch is read in so many parts: of six channels it would be many megabytes at once."""
_STRETCHES = 24
_COVERED_S = _STRETCH_S * _STRETCHES
"""A longer track is judged by so many stretches spread evenly over it, within 0.2 LU of three
minutes on our own music. What is louder between them meets the track's limiter."""
_BRIEF_PARTS = 3
"""Brief is so many parts of each stretch: within 0.5 LU of all of rain, and of our own music."""
_BRIEF_WITHIN_S = 900.0
"""To find the last minutes of an MP3 of an hour takes half a second."""
_STARTS = 12
"""To jump in what ffmpeg decodes starts it anew: there it does so less often, for longer."""
_THINNED_S = 600.0
_BELIEVED_LU = 3.0
"""A tag that differs by more was made for other sound, as before the file was edited."""
_TURN_S = 0.002
"""Pause after each part: who plays and who draws must not wait for who measures."""
_REMEMBERED = 512


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """Nobody wants to know any more."""


_known: dict[tuple[str, int, int, bool], tuple[Level, float]] = {}


def gain_db(path: str) -> float:
    """The gain that the file `path` is played with; raises `UserError` as `open_sound` does."""
    return level(path).gain_db


def level(
    path: str,
    tagged_gain_db: float | None = None,
    *,
    stopped: Callable[[], bool] = lambda: False,
    brief: bool = False,
) -> Level:
    """How loud the file `path` is as it is heard; remembered until the file changes.

    `brief` is for what is even, as rain, or waited for in silence: less of it is listened to, and
    it can begin sooner.
    `tagged_gain_db` is what its tags say brings it to -18 LUFS (ReplayGain 2.0; R128 and 5 dB):
    they know the whole of a long track, and are believed where they are near to what was measured.
    Raises `UserError` as `open_sound` does, and `Stopped` when `stopped` says so meanwhile.
    """
    try:
        about = os.stat(path)  # noqa: PTH116 - a path object would not take all bytes
        key = path, about.st_mtime_ns, about.st_size, brief
    except (OSError, ValueError):
        key = path, 0, 0, brief  # opening it says why
    if key not in _known:
        measured = _measured(path, stopped, _BRIEF_PARTS if brief else _PARTS)
        if len(_known) >= _REMEMBERED:
            _known.clear()
        _known[key] = measured
    found, length_s = _known[key]
    if tagged_gain_db is None or length_s <= _COVERED_S:
        return found
    differs_db = tagged_gain_db - (TARGET_LUFS - found.lufs)
    if abs(differs_db) > _BELIEVED_LU:
        return found
    return found._replace(lufs=found.lufs - differs_db, gain_db=found.gain_db + differs_db)


def _measured(path: str, stopped: Callable[[], bool], parts: int) -> tuple[Level, float]:
    """How loud the file is, and how long it is or may be."""
    with open_sound(path, called=printable(Path(path).name)) as sound:
        measure = Loudness(sound.rate_hz, 2)
        for part in _stretches(sound, parts):
            if stopped():
                raise Stopped
            measure.push(stereo(part, sound.layout))
            time.sleep(_TURN_S)
        return measure.level(), sound.duration_s or _THINNED_S


def _stretches(sound: Sound, parts: int) -> Iterator[NDArray[np.float32]]:
    """Stretches of so many parts, spread evenly over `sound`; all of it when it is short."""
    part = round(_STRETCH_S * sound.rate_hz / _PARTS)
    size = part * parts
    count, frames = _STRETCHES, sound.frames
    if parts < _PARTS and sound.duration_s:
        if frames is None:
            count, size = _STARTS, size * _STRETCHES // _STARTS
        frames = round(min(sound.duration_s, _BRIEF_WITHIN_S) * sound.rate_hz)
    if frames is None:
        yield from _thinned(sound, part)
    elif frames <= count * size:
        yield from sound.blocks(part)
    else:
        # The last stretch ends with the file; spread the others evenly before it.
        for start in np.linspace(0, frames - size, count).astype(int).tolist():
            if start:
                sound.jump(start)
            for _ in range(size // part):
                yield sound.read(part)


def _thinned(sound: Sound, part: int) -> Iterator[NDArray[np.float32]]:
    """Stretches of the first minutes of a file that does not say how long it is: fewer later on.

    Such a file can only be decoded from its beginning on, and music waits for this.
    """
    every, given = 1, 0
    for number in range(round(_THINNED_S / _STRETCH_S)):
        counts = number % every == 0
        for _ in range(_PARTS):
            block = sound.read(part)
            if not len(block):
                return
            if counts:
                yield block
        if counts:
            given += 1
            every = 1 + given // _STRETCHES
