"""What a game table does to a voice: rooms, codecs, noise, music, talk, microphones.

Slow changes happen to waveforms, once, before training (`COPIES`); whatever is merely added or
filtered happens to mel power at every step (`window_effects`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ
from dndmood_train.audio.disturbances import coded

Samples = NDArray[np.float32]
Power = NDArray[np.float32]
"""Mel power, shape `(frames, bands)`."""

Number = TypeVar("Number", np.float16, np.float32)
"""Power, or the levels it is stored as; whatever only moves frames about takes either."""


def room(samples: Samples, chance: np.random.Generator, rooms: Sequence[Samples]) -> Samples:
    """The voice in one of `rooms` (impulse responses), or as often in an invented one."""
    from scipy.signal import fftconvolve

    if len(rooms) and chance.random() < 0.5:  # noqa: PLR2004 - one in two
        response = rooms[int(chance.integers(len(rooms)))].astype(np.float64)
    else:
        length = round(RATE_HZ * chance.uniform(0.15, 0.8))
        fading = np.exp(-6.9 * np.arange(length) / length)
        response = chance.standard_normal(length) * fading
        response *= chance.uniform(0.3, 1.2) / np.sqrt(np.sum(response**2))
        response[0] += 1.0
    return np.asarray(fftconvolve(samples, response)[: len(samples)], np.float32)


def pace(samples: Samples, chance: np.random.Generator, _rooms: Sequence[Samples]) -> Samples:
    """The voice 8 to 13 % faster and higher, or slower and lower: another throat."""
    import soxr

    factor = float(chance.choice([0.88, 0.92, 1.08, 1.13]))
    return np.asarray(soxr.resample(samples, RATE_HZ * factor, RATE_HZ, "MQ"), np.float32)


def narrow(samples: Samples, chance: np.random.Generator, _rooms: Sequence[Samples]) -> Samples:
    """The voice through a poor microphone or a telephone, sometimes with hiss."""
    from scipy.signal import butter, sosfilt

    edges_hz = [chance.uniform(60, 320), chance.uniform(3200, 7500)]
    dull = sosfilt(butter(2, edges_hz, "band", fs=RATE_HZ, output="sos"), samples)
    hiss = float(chance.choice([0.0, 0.01, 0.03])) * np.sqrt(np.mean(dull**2))
    return np.asarray(dull + hiss * chance.standard_normal(len(dull)), np.float32)


def packed(samples: Samples, chance: np.random.Generator, _rooms: Sequence[Samples]) -> Samples:
    """The voice after a lossy codec, as a call or a phone's recorder leaves it."""
    codec = str(chance.choice(["opus", "mp3"]))
    return coded(samples, codec=codec, compression=chance.uniform(0.6, 1.0))


Disturbance = Callable[[Samples, np.random.Generator, Sequence[Samples]], Samples]

COPIES: Mapping[str, tuple[float, Disturbance | None]] = {
    "clean": (0.36, None),
    "room": (0.20, room),
    "pace": (0.16, pace),
    "narrow": (0.12, narrow),
    "pace-again": (0.16, pace),
    "packed": (0.0, packed),
}
"""Every stored copy of a clip: how often it is heard, and how it comes about. What is never heard
by itself is stored where a `Table` asks for it."""

UNMOVED = ("room", "narrow")
"""Copies in which every moment of the clip is where it was."""


@dataclass(frozen=True, slots=True)
class Table:
    """How noisy the table is; the probabilities are per window."""

    noise: float = 0.4
    """That something sounds under the voice."""
    snr_db: tuple[float, float] = (3.0, 25.0)
    """Of the voice over what sounds under it, drawn evenly."""
    crowd: float = 0.0
    """That everybody talks at once instead, which is nobody's voice."""
    hiss: float = 0.06
    """That the microphone hisses, 15 to 35 dB below the voice."""
    tilt: float = 0.6
    """That the microphone colours the sound, by up to about 8 dB."""
    packed: float = 0.0
    """That the voice comes through a lossy codec, whichever copy would have been heard."""
    echo: float = 0.0
    """That the voice is further away in a room than in its stored copy."""
    warp: float = 0.0
    """That the voice is another one: slower or faster, with another throat."""
    quiet: float = 0.0
    """That nothing of all this but `warp` is done, and the clip's clean copy is heard."""


def heard_copies(tables: Iterable[Table] = ()) -> tuple[str, ...]:
    """Names of the copies that are heard at all at these tables, in the order of `COPIES`.

    >>> heard_copies() == heard_copies([Table()]), heard_copies([Table(packed=0.1)])[-1]
    (True, 'packed')
    """
    asked = {"packed"} if any(table.packed for table in tables) else set()
    return tuple(name for name, (odds, _) in COPIES.items() if odds or name in asked)


def looped(sound: NDArray[Number], frames: int, chance: np.random.Generator) -> NDArray[Number]:
    """A stretch of `frames` of a noise, which starts over when it is too short."""
    once = min(frames, len(sound))
    start = int(chance.integers(0, len(sound) - once + 1))
    return np.tile(sound[start : start + once], (-(-frames // once), 1))[:frames]


def under(voice: Power, noise: Power, *, snr_db: float) -> Power:
    """The voice with `noise` under it, `snr_db` quieter over the whole stretch."""
    gain = voice.mean() / (noise.mean() + 1e-12) * 10 ** (-snr_db / 10)
    return np.asarray(voice + np.float32(gain) * noise, np.float32)
