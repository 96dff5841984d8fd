"""Sound files as the model hears them: one channel, 16 kHz, and cut into windows."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood.ffmpeg import Ffmpeg, program

SILENT_DB = -70.0
"""A file whose loudest twentieth of a second stays below this level holds no voice."""

_FILM = frozenset({".avi", ".mp4"})
"""Corpora that come as films: ffmpeg reads their sound, as libsndfile cannot."""
_MOST_FRAMES = 1 << 20

_FRAME = RATE_HZ // 50
_MARGIN = RATE_HZ // 20


def load(path: Path) -> Samples:
    """The sound in `path`, mixed to one channel at 16 kHz, shape `(n,)`, about [-1, 1].

    Raises `UserError` when it cannot be read or holds nothing.
    """
    import soxr

    sound, rate_hz = _of_film(path) if path.suffix.lower() in _FILM else _of_sound(path)
    mono = sound.mean(axis=1)
    if rate_hz != RATE_HZ:
        mono = soxr.resample(mono, rate_hz, RATE_HZ)
    if len(mono) == 0 or not np.isfinite(mono).all():
        raise UserError(f"{path} holds no usable sound: remove it or put it right.")
    return np.ascontiguousarray(mono, dtype=np.float32)


def unread(path: Path) -> str:
    """Why nothing is heard of a file that `load` refused, in a few words that can be counted.

    >>> unread(Path("dia0_utt0.wav"))
    'unreadable sound'
    """
    if path.suffix.lower() not in _FILM:
        return "unreadable sound"
    return "unreadable film" if program() else "unreadable film (films need ffmpeg)"


def _of_sound(path: Path) -> tuple[NDArray[np.float32], int]:
    import soundfile

    try:
        sound, rate_hz = soundfile.read(_named(path), dtype="float32", always_2d=True)
    except (OSError, RuntimeError, UnicodeError) as error:
        raise UserError(
            f"{path} cannot be read as sound, remove it or put it right: {error}"
        ) from error
    return sound, rate_hz


def _named(path: Path) -> Path | bytes:
    """`path` as soundfile takes it, which cannot encode a name that is no text."""
    return path if os.name == "nt" else os.fsencode(path)


def _of_film(path: Path) -> tuple[NDArray[np.float32], int]:
    film = _opened(path)
    try:
        pieces = []
        while len(piece := film.decode(_MOST_FRAMES)):
            pieces.append(piece)
        if film.error:
            raise UserError(
                f"{path} cannot be read to its end, remove it or put it right: {film.error}."
            )
        empty = np.zeros((0, film.channels), np.float32)
        return np.concatenate([empty, *pieces]), film.rate_hz
    finally:
        film.close()


def _opened(path: Path) -> Ffmpeg:
    try:
        return Ffmpeg(str(path))
    except UserError as error:
        fix = "remove it or put it right" if program() else "install ffmpeg"
        raise UserError(
            f"The sound of the film {path} cannot be read ({error}): {fix}."
        ) from error


def duration_s(path: Path) -> float:
    """Length of the sound in `path`, read from its header; raises `UserError` if unreadable."""
    import soundfile

    if path.suffix.lower() in _FILM:
        film = _opened(path)
        film.close()
        return film.duration_s or 0.0
    try:
        return float(soundfile.info(_named(path)).duration)
    except (OSError, RuntimeError, UnicodeError) as error:
        raise UserError(
            f"{path} cannot be read as sound, remove it or put it right: {error}"
        ) from error


def levels_db(samples: Samples) -> NDArray[np.float64]:
    """Level of every 20 ms frame in decibels below full scale, shape `(frames,)`."""
    whole = max(1, -(-len(samples) // _FRAME))
    frames = np.zeros(whole * _FRAME)
    frames[: len(samples)] = samples
    power = np.mean(frames.reshape(whole, _FRAME) ** 2, axis=1)
    return np.asarray(10 * np.log10(power + 1e-12))


def is_silent(samples: Samples) -> bool:
    """Whether nothing can be heard in it.

    >>> is_silent(np.zeros(16_000, dtype=np.float32))
    True
    """
    return bool(levels_db(samples).max() < SILENT_DB)


def trimmed(samples: Samples, *, below_db: float = 40.0) -> Samples:
    """The stretch from the first to the last frame less than `below_db` under the loudest.

    A twentieth of a second is kept on either side. Acted corpora hold up to half silence at
    the ends of their clips, where the program, which listens to speech only, never judges.
    """
    level = levels_db(samples)
    loud = np.flatnonzero(level > level.max() - below_db)
    start = max(0, loud[0] * _FRAME - _MARGIN)
    return samples[start : (loud[-1] + 1) * _FRAME + _MARGIN]


def windows(samples: Samples, *, window_s: float, hop_s: float) -> NDArray[np.float32]:
    """Windows of equal length, shape `(windows, n)`, the last one ending with the sound.

    A sound shorter than one window, or `window_s` 0, gives one window of its own length.

    >>> windows(np.zeros(40_000, dtype=np.float32), window_s=2.0, hop_s=1.0).shape
    (2, 32000)
    """
    length = round(window_s * RATE_HZ)
    if length <= 0 or len(samples) <= length:
        return samples[np.newaxis, :]
    last = len(samples) - length
    hop = max(1, round(hop_s * RATE_HZ))
    starts = [*range(0, last, hop), last]
    return np.stack([samples[start : start + length] for start in starts])
