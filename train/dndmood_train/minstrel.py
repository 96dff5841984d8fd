"""Invented music to learn with: a small band in a room, never the same twice.

A student must know that music is no voice, and hear a voice above it. So the pieces differ in
what a voice is masked by: register, brightness, density, attack, drums, mastering. The
measuring side has recordings and music of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EDITION = 2
"""Goes up when pieces change, so that stored ones are not taken for them."""

_RATE_HZ = 16_000
_HIGHEST_HZ = 7600.0
_SCALES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 1, 4, 5, 7, 8, 11),
    (0, 2, 3, 5, 7, 9, 10),
)
Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Timbre:
    """One kind of instrument; ranges are drawn from anew for every player."""

    rolloff: tuple[float, float]
    """Partial `n` has the level `n ** -rolloff`."""
    fading: tuple[float, float] = (0.0, 0.0)
    """Of the whole note, per second; higher partials fade faster. 0 is a held note."""
    attack_s: tuple[float, float] = (0.03, 0.3)
    trembling: float = 0.004
    """Depth of the vibrato, as a share of the frequency."""
    even: float = 1.0
    """Level of the even partials, which a closed pipe lacks."""
    stiffness: float = 0.0
    """How far partials are sharp: `n * sqrt(1 + stiffness * n ** 2)`, as on a stiff string."""
    players: int = 1
    """Who play the same note, each a little out of tune."""


_TIMBRES = {
    "lute": _Timbre((0.8, 1.8), fading=(1.5, 5.0), attack_s=(0.002, 0.005), trembling=0.0),
    "piano": _Timbre(
        (0.6, 1.5), fading=(0.6, 2.5), attack_s=(0.002, 0.008), trembling=0.0, stiffness=4e-4
    ),
    "bells": _Timbre(
        (0.3, 0.9), fading=(0.8, 3.0), attack_s=(0.001, 0.003), trembling=0.0, stiffness=0.02
    ),
    "fiddle": _Timbre((0.8, 1.4), trembling=0.006),
    "strings": _Timbre((0.9, 1.8), attack_s=(0.1, 0.5), players=3),
    "flute": _Timbre((2.0, 3.0), attack_s=(0.03, 0.1)),
    "clarinet": _Timbre((0.8, 1.6), attack_s=(0.02, 0.08), trembling=0.002, even=0.1),
    "horn": _Timbre((0.5, 1.2), attack_s=(0.03, 0.12), trembling=0.003),
    "organ": _Timbre((0.4, 1.2), attack_s=(0.01, 0.05), trembling=0.001, players=2),
}


def piece(chance: np.random.Generator, *, seconds: int = 10) -> NDArray[np.float32]:
    """Music of `seconds` in a room, 16 kHz, peak 1, shape `(n,)`."""
    return _in_a_room(_mastered(_Band(chance, seconds).play(), chance), chance)


class _Band:
    """Players who share a key, a beat and a sheet to write on."""

    def __init__(self, chance: np.random.Generator, seconds: int) -> None:
        self._chance = chance
        self._seconds = seconds
        self._sheet = np.zeros((seconds + 4) * _RATE_HZ)
        self._beat_s = 60.0 / chance.uniform(50, 160)
        self._root = int(chance.integers(36, 62))
        self._scale = _SCALES[int(chance.integers(len(_SCALES)))]

    def play(self) -> Sound:
        names = [str(name) for name in self._chance.choice(list(_TIMBRES), 4)]
        chords, bass, tune, figure = names
        bars = [(start, int(self._chance.integers(0, 7))) for start in self._bars()]
        parts: list[tuple[float, Callable[[], None]]] = [
            (0.7, lambda: self._chords(bars, chords)),
            (0.6, lambda: self._bass(bars, bass)),
            (0.7, lambda: self._melody(tune)),
            (0.4, lambda: self._figure(bars, figure)),
            (0.5, self._drums),
        ]
        playing = [part for odds, part in parts if self._chance.random() < odds]
        for part in playing or [lambda: self._melody(tune)]:
            part()
        return self._sheet[: self._seconds * _RATE_HZ]

    def _bars(self) -> list[float]:
        return [float(start) for start in np.arange(0.0, self._seconds, 4 * self._beat_s)]

    def _hz(self, degree: int) -> float:
        octave, step = divmod(degree, len(self._scale))
        return float(
            440.0 * 2.0 ** ((self._root + 12 * octave + self._scale[step] - 69) / 12.0)
        )

    def _chords(self, bars: list[tuple[float, int]], timbre: str) -> None:
        tones = (0, 2, 4, 7, 9)[: int(self._chance.integers(2, 6))]
        lift, every = 7 * int(self._chance.integers(0, 2)), int(self._chance.choice([1, 2, 4]))
        gain = self._gain()
        for start_s, degree in bars:
            for beat in range(0, 4, every):
                for tone in tones:
                    # Hands never fall at quite the same moment.
                    at_s = start_s + beat * self._beat_s + self._chance.uniform(0, 0.02)
                    self._note(
                        self._hz(degree + tone + lift), every * self._beat_s, timbre, at_s, gain
                    )

    def _bass(self, bars: list[tuple[float, int]], timbre: str) -> None:
        gain, every = self._gain(), int(self._chance.choice([1, 2, 4]))
        for start_s, degree in bars:
            for beat in range(0, 4, every):
                at_s = start_s + beat * self._beat_s
                self._note(self._hz(degree) / 2, every * self._beat_s, timbre, at_s, 2 * gain)

    def _melody(self, timbre: str) -> None:
        gain, at_s, degree = self._gain(), 0.0, 9
        while at_s < self._seconds:
            duration_s = self._beat_s * float(self._chance.choice([0.5, 1.0, 1.0, 2.0]))
            degree = int(np.clip(degree + self._chance.integers(-3, 4), 3, 20))
            if self._chance.random() < 0.9:  # noqa: PLR2004 - now and then it breathes
                self._note(self._hz(degree), 1.1 * duration_s, timbre, at_s, 1.5 * gain)
            at_s += duration_s

    def _figure(self, bars: list[tuple[float, int]], timbre: str) -> None:
        """A broken chord, over and over."""
        gain, steps = self._gain(), self._chance.permutation([0, 2, 4, 7])
        step_s = self._beat_s / int(self._chance.choice([2, 3, 4]))
        for start_s, degree in bars:
            for number, at_s in enumerate(np.arange(0.0, 4 * self._beat_s, step_s)):
                hz = self._hz(degree + int(steps[number % 4]) + 7)
                self._note(hz, 1.5 * step_s, timbre, start_s + float(at_s), gain)

    def _drums(self) -> None:
        """Something low on some beats, something bright between them."""
        chance, gain = self._chance, self._gain()
        time = np.arange(_RATE_HZ // 2) / _RATE_HZ
        bottom_hz, fall = chance.uniform(45, 140), chance.uniform(6, 25)
        sweep = bottom_hz * time + 6.0 * (1.0 - np.exp(-30.0 * time))
        low = np.sin(2 * np.pi * sweep) * np.exp(-fall * time)
        bright = _brightened(chance.standard_normal(len(time)), chance.uniform(0.3, 0.95))
        bright *= np.exp(-time * chance.uniform(8, 80))
        bright_gain = gain * chance.uniform(0.05, 1.0)
        pattern = chance.random(8) < chance.uniform(0.3, 0.9)
        for number, at_s in enumerate(np.arange(0.0, self._seconds, self._beat_s / 2)):
            if number % 2 == 0:
                self._put(low, float(at_s), 3 * gain * chance.uniform(0.5, 1.0))
            if pattern[number % 8]:
                self._put(bright, float(at_s), bright_gain * chance.uniform(0.5, 1.0))

    def _gain(self) -> float:
        return float(self._chance.uniform(0.15, 0.6))

    def _note(
        self, hz: float, duration_s: float, timbre: str, at_s: float, gain: float
    ) -> None:
        kind = _TIMBRES[timbre]
        for _ in range(kind.players):
            out = 2.0 ** (self._chance.normal(0.0, 4.0) / 1200.0)
            note = _note(hz * out, duration_s, kind, self._chance)
            self._put(note, at_s, gain / kind.players)

    def _put(self, sound: Sound, at_s: float, gain: float) -> None:
        start = int(at_s * _RATE_HZ)
        end = min(len(self._sheet), start + len(sound))
        self._sheet[start:end] += gain * sound[: max(0, end - start)]


def _note(hz: float, duration_s: float, kind: _Timbre, chance: np.random.Generator) -> Sound:
    struck = kind.fading[1] > 0
    # What is struck rings on after its time, as long as it can be heard.
    time = np.arange(int((2 * duration_s if struck else duration_s) * _RATE_HZ)) / _RATE_HZ
    vibrato = np.sin(2 * np.pi * chance.uniform(4.5, 6.5) * time)
    phase = 2 * np.pi * np.cumsum(hz * (1.0 + kind.trembling * vibrato)) / _RATE_HZ
    rolloff, fading = chance.uniform(*kind.rolloff), chance.uniform(*kind.fading)
    sound = np.zeros(len(time))
    for partial in range(1, 15):
        times = partial * np.sqrt(1.0 + kind.stiffness * partial**2)
        if times * hz > _HIGHEST_HZ:
            break
        level = chance.uniform(0.6, 1.0) / partial**rolloff
        level *= kind.even if partial % 2 == 0 else 1.0
        wave = level * np.sin(times * phase + chance.uniform(0, 6))
        if struck:
            wave *= np.exp(-time * fading * (0.7 + 0.3 * partial))
        sound += wave
    swell = np.minimum(1.0, time / chance.uniform(*kind.attack_s))
    return np.asarray(sound * swell * np.minimum(1.0, (time[-1] - time) / 0.05))


def _brightened(noise: Sound, how: float) -> Sound:
    """Noise less its own past: the nearer `how` is to 1, the less is left of the lows."""
    return noise - how * np.concatenate([[0.0], noise[:-1]])


def _mastered(sound: Sound, chance: np.random.Generator) -> Sound:
    """Brighter or duller, and sometimes pressed until it is as loud everywhere."""
    frequency = np.fft.rfftfreq(len(sound), 1.0 / _RATE_HZ)
    tilt_db = chance.uniform(-4.0, 4.0) * np.log2(np.maximum(frequency, 60.0) / 500.0)
    bass = 1.0 / np.sqrt(1.0 + (chance.uniform(20, 200) / np.maximum(frequency, 1.0)) ** 4)
    sound = np.fft.irfft(np.fft.rfft(sound) * bass * 10.0 ** (tilt_db / 20.0), n=len(sound))
    sound = sound / max(float(np.abs(sound).max()), 1e-9)
    drive = chance.uniform(0.1, 6.0)
    return np.asarray(np.tanh(drive * sound) / np.tanh(drive))


def _in_a_room(sound: Sound, chance: np.random.Generator) -> NDArray[np.float32]:
    from scipy.signal import fftconvolve

    length = int(0.6 * _RATE_HZ)
    response = chance.standard_normal(length) * np.exp(-8.0 * np.arange(length) / _RATE_HZ)
    wet = sound + chance.uniform(0, 0.05) * fftconvolve(sound, response)[: len(sound)]
    return np.asarray(wet / max(float(np.abs(wet).max()), 1e-9), np.float32)
