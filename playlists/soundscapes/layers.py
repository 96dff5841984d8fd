"""What goes on and on: wind, leaves, fire, water, insects, a murmuring room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from soundscapes.circle import RATE_HZ, Circle, Spectrum, Stereo, band, falling
from soundscapes.things import chirps, crackle, creak, cricket, drop, swell, time_of

_LOW_HZ = 8_000


def wind(bed: Circle, level: float, *, hollow: float = 0.3, pace_hz: float = 0.12) -> Stereo:
    """Gusts: the stronger it blows, the brighter; `hollow` is how much it whistles around edges."""
    strong = bed.slow(pace_hz) ** 1.5
    low = bed.noise(band(60, 260, steep=1.0), width=0.6)
    middle = bed.noise(band(220, 900, steep=1.0), width=0.8)
    high = bed.noise(band(900, 3200, steep=0.8), width=0.9)
    gust = bed.slow(0.8, slowest_hz=0.2)
    sound = low * (0.35 + 0.65 * strong)[:, None]
    sound += 0.55 * middle * (strong * (0.5 + 0.5 * gust))[:, None]
    sound += 0.2 * high * (strong**2 * (0.4 + 0.6 * gust))[:, None]
    if hollow:
        for hz in (310.0, 470.0, 760.0):
            whistle = bed.noise(_near(hz, 0.07), width=0.5)
            sound += hollow * 0.5 * whistle * (strong**2 * bed.slow(0.3) ** 2)[:, None]
    return level * sound


def leaves(bed: Circle, level: float, *, pace_hz: float = 0.2) -> Stereo:
    """Foliage in the wind: hiss that comes and goes, here and there."""
    left, right = bed.slow(pace_hz) ** 2, bed.slow(pace_hz) ** 2
    both = bed.slow(pace_hz) ** 2
    hiss = bed.noise(band(1800, 7000, steep=0.8), width=1.0)
    flutter = bed.slow(9.0, slowest_hz=3.0)
    gains = np.stack((0.6 * both + 0.4 * left, 0.6 * both + 0.4 * right), axis=1)
    return level * hiss * (0.06 + gains) * (0.6 + 0.4 * flutter)[:, None]


def air(bed: Circle, level: float, corner_hz: float) -> Stereo:
    """The tone of a place where nothing happens."""
    return level * bed.noise(falling(corner_hz, 7.0), width=0.7)


def fire(bed: Circle, level: float, *, crackles: float = 7.0) -> Stereo:
    """A wood fire: a breath of flames, a hiss, and so many crackles a second."""
    flames = (
        bed.noise(falling(110, 7.0), width=0.5)
        * (0.4 + 0.6 * bed.slow(5.0, slowest_hz=0.8))[:, None]
    )
    flap = (
        bed.noise(band(180, 700, steep=1.0), width=0.6)
        * (bed.slow(8.0, slowest_hz=2.0) ** 2)[:, None]
    )
    hiss = (
        bed.noise(band(2500, 9000, steep=0.7), width=0.9) * (0.3 + 0.7 * bed.slow(0.6))[:, None]
    )
    sound = 0.9 * flames + 0.35 * flap + 0.07 * hiss
    lively = bed.slow(0.7)
    fireside = Circle.__new__(Circle)  # crackles on a circle of their own
    fireside.frames, fireside.dry = bed.frames, np.zeros((bed.frames, 2))
    fireside.wet, fireside.length_s = np.zeros((bed.frames, 2)), bed.length_s
    for _ in range(round(crackles * bed.length_s)):
        at_s = bed.any(0.0, bed.length_s)
        if bed.any(0.0, 1.0) > 0.25 + 0.75 * lively[int(at_s * RATE_HZ) % bed.frames]:
            continue
        size = min(float(np.exp(bed.rng.normal(-0.6, 0.8))), 3.5)
        fireside.lay(crackle(bed.rng), at_s, size, pan=bed.any(-0.5, 0.5), far=0.0)
    return level * (sound + 1.6 * fireside.dry)


def brook(bed: Circle, level: float, *, drops: float = 55.0) -> Stereo:
    """Running water: bubbles of all sizes over a rush."""
    before = bed.dry.copy()
    for _ in range(round(drops * bed.length_s)):
        hz = float(np.exp(bed.any(np.log(450.0), np.log(3600.0))))
        bed.lay(
            drop(bed.rng, hz),
            bed.any(0.0, bed.length_s),
            bed.any(0.1, 1.0) ** 2,
            pan=bed.any(-0.8, 0.8),
            far=0.0,
        )
    bubbles = bed.dry - before
    bed.dry = before
    rush = (
        bed.noise(band(350, 3500, steep=0.7), width=1.0) * (0.7 + 0.3 * bed.slow(0.5))[:, None]
    )
    return level * (1.1 * bubbles + 0.35 * rush)


def waves(bed: Circle, level: float, *, count: int = 8) -> Stereo:
    """Waves on a shore: each swells, breaks, and runs back hissing over the pebbles."""
    sound = 0.25 * bed.noise(band(70, 600, steep=1.0), width=0.8)
    deep = bed.noise(band(60, 900, steep=0.9), width=0.8)
    bright = bed.noise(band(700, 5500, steep=0.7), width=1.0)
    pebbles = (
        bed.noise(band(2500, 9000, steep=1.0), width=1.0)
        * (0.4 + 0.6 * bed.slow(18.0, slowest_hz=6.0))[:, None]
    )
    apart_s = bed.length_s / count
    for n in range(count):
        at = round((n * apart_s + bed.any(-0.12, 0.12) * apart_s) * RATE_HZ)
        size = bed.any(0.6, 1.0)
        for layer, rise_s, fall_s, late_s, share in (
            (deep, 2.6, 3.0, 0.0, 1.0),
            (bright, 1.0, 2.6, 1.9, 0.6),
            (pebbles, 1.4, 3.4, 3.1, 0.22),
        ):
            frames = len(time_of(rise_s + fall_s))
            places = (at + round(late_s * RATE_HZ) + np.arange(frames)) % bed.frames
            sound[places] += (
                size * share * layer[places] * (swell(frames, rise_s, fall_s) ** 1.5)[:, None]
            )
    return level * sound


def crickets(bed: Circle, level: float, *, count: int = 6) -> Stereo:
    """Crickets, each with its own pitch, pace and place; now and then one falls silent."""
    before, wet = bed.dry.copy(), bed.wet.copy()
    for _ in range(count):
        hz, pace_s = bed.any(4100, 5300), bed.any(0.38, 0.62)
        pan, near = bed.any(-0.9, 0.9), bed.any(0.25, 1.0)
        sings = bed.slow(0.08) > bed.any(0.15, 0.4)
        at_s = bed.any(0.0, pace_s)
        while at_s < bed.length_s - 0.2:
            if sings[int(at_s * RATE_HZ)]:
                bed.lay(cricket(bed.rng, hz), at_s, near, pan=pan, far=0.15)
            at_s += pace_s * bed.any(0.97, 1.03)
    sound = bed.dry - before
    bed.wet = wet + level * (bed.wet - wet)
    bed.dry = before
    return level * sound


def birds(
    bed: Circle,
    level: float,
    *,
    per_minute: float = 26.0,
    kinds: tuple[str, ...] = ("trill", "two", "warble", "tseep"),
) -> None:
    """Birds, each kind from its own tree, most of them far."""
    for kind in kinds:
        home = bed.any(-0.9, 0.9)
        for at_s in bed.times(per_minute / len(kinds), least_s=1.0):
            sound = chirps(bed.rng, kind)
            bed.lay(
                sound / np.abs(sound).max(),
                at_s,
                level * bed.any(0.3, 1.0),
                pan=home,
                far=bed.any(0.35, 0.7),
            )


def murmur(bed: Circle, level: float, *, people: int = 26) -> Stereo:
    """A full room without one word in it.

    Each of the `people` is noise in two narrow bands that wander and pulse as syllables do. Nothing
    has a pitch, and the wall between takes what is left of consonants: it is a crowd and no voice.
    """
    # Nothing of it reaches half this rate, and all of it is cheaper there.
    low = Circle("", bed.length_s, _LOW_HZ)
    low.rng = bed.rng
    sound, hop = np.zeros((low.frames, 2)), _LOW_HZ // 100
    for _ in range(people):
        talk = _syllables(bed, low.frames // hop + 2)
        gain = np.interp(np.arange(low.frames) / hop, np.arange(len(talk)), talk)
        pan, high = bed.any(0.15, 0.85), bed.any(620, 1150)
        spectrum = _two(bed.any(240, 480), bed.any(0.25, 0.35), high, 0.35)
        voice = low.noise(spectrum, width=0.0)[:, 0] * gain
        sound += voice[:, None] * np.sqrt(np.array([pan, 1.0 - pan]))
    sound *= swell(low.frames, 1.0 / 6, 1.0 / 6)[:, None]
    whole = signal.resample(sound / sound.std(), bed.frames)
    floor = bed.noise(band(160, 700, steep=1.0), width=0.8)
    return level * (whole + 0.5 * floor)


def _syllables(bed: Circle, points: int) -> NDArray[np.float64]:
    """How loud somebody is who says nothing: a hundred points a second."""
    envelope = np.zeros(points)
    at = int(bed.any(0, 300))
    while at < points - 40:
        for _ in range(int(bed.any(4, 14))):
            length = int(bed.any(9, 24))
            piece = np.sin(np.pi * np.arange(length) / length) ** 1.2 * bed.any(0.3, 1.0)
            envelope[at : at + length] += piece[: max(0, points - at)]
            at += length - int(bed.any(0, 4))
            if at >= points - 40:
                break
        at += int(bed.any(40, 380))
    return envelope


def drone(
    bed: Circle, level: float, tones: tuple[tuple[float, float], ...], *, pace_hz: float = 0.06
) -> Stereo:
    """A chord that breathes; each tone is two that beat slowly, and all end where they begin."""
    time_s = np.arange(bed.frames) / RATE_HZ
    sound = np.zeros((bed.frames, 2))
    for hz, size in tones:
        for side in (0, 1):
            for _ in range(2):
                near = (
                    round(hz * (1.0 + bed.any(-0.0015, 0.0015)) * bed.length_s) / bed.length_s
                )
                wave = np.sin(2 * np.pi * near * time_s + bed.any(0, 6.28))
                sound[:, side] += 0.5 * size * wave * (0.35 + 0.65 * bed.slow(pace_hz))
    return level * sound


def creaking(bed: Circle, level: float, *, per_minute: float = 7.0) -> None:
    """Planks and ropes that work against one another."""
    for at_s in bed.times(per_minute, least_s=1.5):
        hz = bed.any(380, 900)
        bed.lay(
            creak(bed.rng, bed.any(0.7, 1.8), hz),
            at_s,
            level * bed.any(0.4, 1.0),
            pan=bed.any(-0.7, 0.7),
            far=0.35,
        )


def muffled(sound: Stereo, corner_hz: float) -> Stereo:
    """As it is heard through a wall or over a hill."""
    sos = signal.butter(2, corner_hz, "lowpass", fs=RATE_HZ, output="sos")
    # Three rounds of the circle, of which the middle one knows nothing of a beginning.
    return np.asarray(signal.sosfilt(sos, np.concatenate((sound, sound)), axis=0)[len(sound) :])


def _near(hz: float, width: float) -> Spectrum:
    """A narrow band around `hz`, on a logarithmic scale."""
    return lambda at_hz: np.exp(-0.5 * (np.log(at_hz / hz) / width) ** 2)


def _two(low_hz: float, width: float, high_hz: float, share: float) -> Spectrum:
    """Two such bands, the upper one with a `share` of the lower one's power."""
    low, high = _near(low_hz, width), _near(high_hz, width)
    part = np.sqrt(share * low_hz / high_hz)
    return lambda at_hz: low(at_hz) + part * high(at_hz)
