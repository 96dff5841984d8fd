"""What is measured of one music file: it is read once, from its beginning to its end, in pieces."""

import math
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.channels import stereo
from dndmood.errors import UserError
from dndmood.file_names import printable
from dndmood.library.endings import ends_early
from dndmood.library.estimate.features import RATE_HZ, Stretch, heard
from dndmood.library.estimate.model import MusicMoodModel, shipped
from dndmood.library.estimate.tonality import key_of
from dndmood.library.levels import loudest_s, silence_s
from dndmood.library.track import Track
from dndmood.loudness import Loudness
from dndmood.sound_files import Sound, open_sound

ANALYSIS = 2
"""Version of what is measured; it counts up when files must be measured again."""

_PIECE_S = 5.0
STRETCH_S = 12.5
"""So much of a track is described at once."""
_SHORTEST_S = 4.0
_MOST_STRETCHES = 48
_FULL = 0.9985
_WHOLE = 0.99
"""A file has at least so much of what its header promises."""
_QUIET = 0.01
"""A stretch 40 dB below the loudest one is a pause."""


def measured(track: Track, *, model: MusicMoodModel | None = None) -> Track:
    """`track` with all that its sound says; with `problem` when it cannot be read.

    Holds a few seconds of sound at a time. Never raises for what is wrong with the file, and
    never writes to it. What it sounds like is said
    against the music that the model learned from.
    """
    called = printable(os.path.basename(track.path))  # noqa: PTH119 - a path object would not take all bytes
    try:
        with open_sound(track.path, called=called) as sound:
            known = _heard(track, sound, model or shipped())
            return replace(known, damage=_damage(track.path, sound, known))
    except UserError as error:
        problem = track.problem or str(error).removeprefix(called).strip().rstrip(".")
        return replace(track, problem=problem, analysis=ANALYSIS)


def _heard(track: Track, sound: Sound, model: MusicMoodModel) -> Track:
    levels, stretches = Loudness(sound.rate_hz, 2), _Stretches(sound.rate_hz)
    frames = clips = 0
    for block in sound.blocks(round(_PIECE_S * sound.rate_hz)):
        both = stereo(block, sound.layout)
        frames += len(both)
        clips += _clips(block)
        levels.push(both)
        stretches.take(both.mean(axis=1))
    powers, level = levels.powers(), levels.level()
    start, end = silence_s(powers)
    audible = math.isfinite(level.lufs)
    known = replace(
        track,
        duration_s=round(frames / sound.rate_hz, 3),
        lufs=round(level.lufs, 2) if audible else None,
        peak_dbtp=round(level.peak_dbtp, 2) if math.isfinite(level.peak_dbtp) else None,
        gain_db=round(level.gain_db, 2) if audible else None,
        clips=round(60 * clips * sound.rate_hz / max(frames, sound.rate_hz), 1),
        silence_start_s=start,
        silence_end_s=end,
        loudest_s=loudest_s(powers),
        analysis=ANALYSIS,
        problem="" if audible else "is silent",
    )
    return _placed(known, stretches.all(), model)


def _damage(path: str, sound: Sound, known: Track) -> str:
    """What is wrong with a file that plays."""
    if sound.frames and (known.duration_s or 0.0) * sound.rate_hz < sound.frames * _WHOLE:
        return "ends early"
    with suppress(OSError):
        if ends_early(path):
            return "ends early"
    if sound.damaged:
        return "has gaps"
    return "has values that are no sound" if sound.not_numbers else ""


def _clips(block: NDArray[np.float32]) -> int:
    """How often three samples in a row and more stand at full scale, in any channel."""
    full = np.abs(block) >= _FULL
    if not full.any():
        return 0
    three = full[:-2] & full[1:-1] & full[2:]
    return int(np.count_nonzero(three[1:] & ~three[:-1]) + np.count_nonzero(three[:1]))


def _placed(track: Track, stretches: list[Stretch], model: MusicMoodModel) -> Track:
    if not stretches or track.lufs is None:
        return track
    arousal, valence = model([one.features for one in stretches])
    chroma = np.sum(
        [one.chroma / max(1e-9, float(one.chroma.sum())) for one in stretches], axis=0
    )
    key, strength = key_of(chroma)
    beats = [
        (one.rhythm.clarity, one.rhythm.tempo_bpm) for one in stretches if one.rhythm.tempo_bpm
    ]
    return replace(
        track,
        arousal_odds=round(float(arousal.mean()), 4),
        valence_odds=round(float(valence.mean()), 4),
        tempo_bpm=round(_weighted_median(beats), 1) if beats else None,
        key=key,
        key_strength=round(max(0.0, strength), 3),
    )


def _weighted_median(pairs: list[tuple[float, float]]) -> float:
    ordered = sorted(pairs, key=lambda pair: pair[1])
    weight = np.cumsum([max(0.01, clarity) for clarity, _ in ordered])
    return ordered[int(np.searchsorted(weight, weight[-1] / 2))][1]


@dataclass(frozen=True, slots=True)
class _Heard:
    number: int
    power: float
    stretch: Stretch


class _Stretches:
    """Stretches of 12.5 s, at most 48 of them, spread over a track however long it is."""

    def __init__(self, rate_hz: int) -> None:
        import soxr

        self._resampler: Any = soxr.ResampleStream(rate_hz, RATE_HZ, 1, quality="MQ")
        self._pieces: list[NDArray[np.float32]] = []
        self._length = 0
        self._number = 0
        self._every = 1
        self._known: list[_Heard] = []

    def take(self, mono: NDArray[np.float32]) -> None:
        self._add(self._resampler.resample_chunk(np.ascontiguousarray(mono)))

    def all(self) -> list[Stretch]:
        """Every stretch that is no pause, the last one too when it is long enough."""
        self._add(self._resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
        if self._length >= RATE_HZ * (STRETCH_S / 2 if self._known else _SHORTEST_S):
            self._hear(np.concatenate(self._pieces))
        loudest = max((one.power for one in self._known), default=0.0)
        return [one.stretch for one in self._known if one.power > loudest * _QUIET**2]

    def _add(self, sound: NDArray[np.float32]) -> None:
        size = round(STRETCH_S * RATE_HZ)
        self._pieces.append(sound)
        self._length += len(sound)
        while self._length >= size:
            waiting = np.concatenate(self._pieces)
            self._hear(waiting[:size])
            self._pieces = [waiting[size:].copy()]
            self._length -= size

    def _hear(self, sound: NDArray[np.float32]) -> None:
        number, self._number = self._number, self._number + 1
        if number % self._every:
            return
        power = float(np.mean(np.square(sound, dtype=np.float64)))
        if power <= 0:
            return
        if len(self._known) >= _MOST_STRETCHES:
            self._every *= 2
            self._known = [one for one in self._known if one.number % self._every == 0]
            if number % self._every:
                return
        self._known.append(_Heard(number, power, heard(sound)))
