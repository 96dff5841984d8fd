"""Stand-ins that are dumb on purpose: each does one obvious thing and remembers nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import numpy as np
import soundfile

from dndmood.events import RATE_HZ, AudioChunk, EmotionEstimate, Problem, Samples, Track
from dndmood.hearing.reading import Reading
from dndmood.mood.book import Mood
from dndmood.standing import standing

LABELS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgusted", "surprised")


def stand(facts: Iterable[object]) -> list[bool]:
    """After each problem among `facts`, whether any of them stands."""
    problems = [fact for fact in facts if isinstance(fact, Problem)]
    return [bool(stood) for stood in accumulate(problems, standing, initial=())][1:]


class LoudIsSpeech:
    """A voice detector that takes every frame above -40 dBFS for voice."""

    def __init__(self) -> None:
        self.resets = 0

    def __call__(self, frame: Samples) -> bool:
        return float(np.sqrt((frame**2).mean())) > 0.01

    def reset(self) -> None:
        self.resets += 1


def loud_is_anger(samples: Samples) -> Reading:
    """A model that hears anger in loud windows and calm in soft ones."""
    anger = float(np.clip(np.sqrt((samples**2).mean()) * 4.0, 0.0, 1.0))
    scores = dict.fromkeys(LABELS, 0.0) | {"angry": anger, "calm": 1.0 - anger}
    return Reading(
        arousal=0.2 + 0.7 * anger, valence=0.65 - 0.4 * anger, voice=1.0, scores=scores
    )


@dataclass
class FakeClock:
    """A clock that only moves when somebody sleeps."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now_s(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def noise(seconds: float, level: float, *, seed: int = 7) -> Samples:
    """White noise with the root mean square `level`."""
    sound = np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))
    return (sound * level).astype(np.float32)


def room(sound: Samples, seed: int = 4) -> Samples:
    """`sound` as it arrives after 60 ms in an invented room that rings for a third of a second."""
    length = RATE_HZ // 3
    tail = np.random.default_rng(seed).standard_normal(length)
    tail *= 10.0 ** (-3.0 * np.arange(length) / length) * 0.2
    tail[0] = 1.0
    response = np.concatenate((np.zeros(round(0.06 * RATE_HZ)), tail))
    size = 1 << (len(sound) + len(response)).bit_length()
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)
    return wet[: len(sound)].astype(np.float32)


def cut(sound: Samples, sizes: Iterable[int], start: int = 0) -> Iterator[AudioChunk]:
    """`sound` as chunks of `sizes`; what is left over comes as one more."""
    position = 0
    for size in sizes:
        if position >= len(sound):
            return
        yield AudioChunk(sound[position : position + size], start=start + position)
        position += len(sound[position : position + size])
    if position < len(sound):
        yield AudioChunk(sound[position:], start=start + position)


def evenly(sound: Samples, size: int = 1600) -> Iterator[AudioChunk]:
    """`sound` in chunks of a tenth of a second."""
    return cut(sound, [size] * (len(sound) // size + 1))


def heard(at_s: float, emotion: str, arousal: float, valence: float) -> EmotionEstimate:
    """A clear estimate of one emotion."""
    scores = dict.fromkeys(LABELS, 0.02) | {emotion: 0.86}
    return EmotionEstimate(at_s, arousal, valence, scores, voice=1.0, voiced=1.0)


def mood(name: str, arousal: float, valence: float, emotion: str, **more: object) -> Mood:
    """A mood that one emotion speaks for."""
    return Mood(
        name=name,
        folder=Path(),
        title=name.capitalize(),
        arousal=arousal,
        valence=valence,
        emotions={emotion: 1.0},
        **more,  # type: ignore[arg-type]
    )


def tone(
    path: Path, *, seconds: float, hz: float, level: float = 0.3, rate_hz: int = 44_100
) -> Track:
    """A stereo file with a sine of whole periods, so that it loops without a seam."""
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    sine = level * np.sin(2 * np.pi * hz * time)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(
        path,
        np.stack((sine, sine), axis=1),
        rate_hz,
        subtype="FLOAT" if path.suffix == ".wav" else None,
    )
    return Track(str(path), path.stem, seconds)
