"""Single sounds, each a function of a random generator: a chirp, a drop, a blow, a bell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import signal

from soundscapes.circle import RATE_HZ, Mono

Random = np.random.Generator


def time_of(seconds: float) -> Mono:
    """Times of the frames of so many seconds."""
    return np.arange(max(1, round(seconds * RATE_HZ))) / RATE_HZ


def glide(path_hz: Mono, *, overtones: Sequence[float] = (1.0,)) -> Mono:
    """A tone that goes through these frequencies, one for each frame."""
    phase = 2.0 * np.pi * np.cumsum(path_hz) / RATE_HZ
    return np.asarray(sum(size * np.sin((n + 1) * phase) for n, size in enumerate(overtones)))


def swell(frames: int, attack_s: float, release_s: float) -> Mono:
    """A gain that rises and falls along half cosines."""
    gain = np.ones(frames)
    for length_s, where in ((attack_s, slice(None)), (release_s, slice(None, None, -1))):
        count = min(round(length_s * RATE_HZ), frames)
        gain[where][:count] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(count) / max(count, 1))
    return gain


def hiss(rng: Random, seconds: float, low_hz: float, high_hz: float) -> Mono:
    """Noise between two frequencies, one standard deviation."""
    high_hz = min(high_hz, 0.49 * RATE_HZ)
    sos = signal.butter(2, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos")
    sound = signal.sosfilt(sos, rng.normal(size=len(time_of(seconds)) + 2000))[2000:]
    return np.asarray(sound / sound.std())


def struck(
    rng: Random,
    partials_hz: Sequence[float],
    decays_s: Sequence[float],
    *,
    sizes: Sequence[float] | None = None,
    attack_s: float = 0.001,
) -> Mono:
    """Something that rings when it is struck: decaying partials, a little out of place each time."""
    length_s = min(7.0 * max(decays_s), 9.0)
    t = time_of(length_s)
    sound = np.zeros(len(t))
    for n, (hz, decay_s) in enumerate(zip(partials_hz, decays_s, strict=True)):
        size = (sizes[n] if sizes else 1.0 / (1 + n)) * rng.uniform(0.7, 1.3)
        turned = rng.uniform(0.0, 2.0 * np.pi)
        sound += size * np.sin(2.0 * np.pi * hz * t + turned) * np.exp(-t / decay_s)
    return sound * swell(len(t), attack_s, 0.1 * length_s)


def bell(rng: Random, hz: float, decay_s: float) -> Mono:
    """A church bell whose strike note is `hz`: hum, prime, tierce, quint, nominal and above."""
    ratios = (0.5, 1.0, 1.19, 1.5, 2.0, 2.51, 2.66, 3.01, 4.17, 5.43)
    decays = [
        decay_s * share for share in (1.0, 0.8, 0.6, 0.4, 0.45, 0.25, 0.2, 0.2, 0.12, 0.08)
    ]
    sizes = (0.5, 0.7, 0.6, 0.3, 0.9, 0.35, 0.3, 0.3, 0.25, 0.15)
    return struck(rng, [hz * r for r in ratios], decays, sizes=sizes, attack_s=0.004)


def anvil(rng: Random) -> Mono:
    """A hammer on an anvil."""
    base = rng.uniform(0.98, 1.02)
    partials = [base * hz for hz in (1310.0, 2870.0, 3450.0, 4720.0, 6390.0, 8100.0)]
    ring = struck(
        rng, partials, (0.28, 0.4, 0.3, 0.22, 0.12, 0.08), sizes=(0.5, 1, 0.6, 0.7, 0.4, 0.3)
    )
    ring[: len(time_of(0.03))] += (
        0.5 * hiss(rng, 0.03, 500, 6000) * swell(len(time_of(0.03)), 0.001, 0.028)
    )
    return ring


def clink(rng: Random) -> Mono:
    """Mugs or glasses that meet."""
    base = rng.uniform(1900.0, 3100.0)
    partials = [base * r for r in (1.0, 1.52, 2.27, 3.05)]
    one = struck(rng, partials, (0.09, 0.07, 0.05, 0.03), sizes=(1, 0.8, 0.6, 0.4))
    late = round(rng.uniform(0.02, 0.07) * RATE_HZ)
    both = np.concatenate((one, np.zeros(late)))
    both[late:] += rng.uniform(0.2, 0.6) * one
    return both


def knock(rng: Random, hz: float = 180.0, *, hard: float = 0.3) -> Mono:
    """Wood on wood: a dull body and, the harder, a click."""
    hz = hz * rng.uniform(0.85, 1.15)
    body = struck(
        rng, (hz, 1.62 * hz, 2.7 * hz, 4.4 * hz), (0.05, 0.035, 0.02, 0.012), attack_s=0.002
    )
    click = hiss(rng, 0.02, 900, 6000) * np.exp(-time_of(0.02) / 0.004)
    body[: len(click)] += hard * click
    return body


def step(rng: Random, *, stone: bool) -> Mono:
    """One step of a boot, heel and sole."""
    length = len(time_of(0.22))
    sound = np.zeros(length)
    heel = hiss(rng, 0.06, *((500, 4500) if stone else (90, 900))) * np.exp(
        -time_of(0.06) / 0.009
    )
    sole = hiss(rng, 0.12, *((1200, 7000) if stone else (700, 5000)))
    sole *= swell(len(sole), 0.03, 0.08)
    sound[: len(heel)] += heel
    late = round(rng.uniform(0.06, 0.09) * RATE_HZ)
    sound[late : late + len(sole)] += (0.18 if stone else 0.4) * sole[: length - late]
    thump = np.sin(2 * np.pi * 75.0 * time_of(0.1)) * np.exp(-time_of(0.1) / 0.025)
    sound[: len(thump)] += 0.8 * thump * swell(len(thump), 0.003, 0.02)
    return sound


def drop(rng: Random, hz: float) -> Mono:
    """A drop of water: the bubble that it leaves rings, and rises in pitch as it comes up."""
    decay_s = 14.0 / hz + 0.004
    t = time_of(7.0 * decay_s)
    path = hz * (1.0 + rng.uniform(0.1, 0.5) * t / t[-1])
    return glide(path) * np.exp(-t / decay_s) * swell(len(t), 0.0015, 0.2 * t[-1])


def crackle(rng: Random) -> Mono:
    """One crackle of burning wood."""
    hz = rng.uniform(900.0, 6000.0)
    decay_s = rng.uniform(0.0006, 0.004)
    t = time_of(9.0 * decay_s)
    click = rng.normal(size=len(t)) * np.exp(-t / decay_s)
    ring = np.sin(2.0 * np.pi * hz * t) * np.exp(-t / (1.5 * decay_s))
    return (0.5 * click + ring) * swell(len(t), 0.0002, 0.3 * t[-1])


def chirps(rng: Random, kind: str) -> Mono:
    """A phrase of a bird: "trill" falls, "two" calls up and down, "warble" wanders, "tseep" is one."""
    parts: list[Mono] = []

    def add(
        from_hz: float, to_hz: float, length_s: float, rest_s: float, size: float = 1.0
    ) -> None:
        t = np.linspace(0.0, 1.0, len(time_of(length_s)))
        path = from_hz * (to_hz / from_hz) ** t + 60.0 * np.sin(2 * np.pi * 28.0 * t * length_s)
        tone = glide(path, overtones=(1.0, 0.08)) * swell(
            len(t), 0.25 * length_s, 0.5 * length_s
        )
        parts.append(np.concatenate((size * tone, np.zeros(len(time_of(rest_s))))))

    high = rng.uniform(0.92, 1.08)
    if kind == "trill":
        count = int(rng.integers(9, 14))
        for n in range(count):
            fall = 1.0 - 0.35 * n / count
            add(
                5600 * high * fall,
                3900 * high * fall,
                0.055 + 0.004 * n,
                0.045,
                0.4 + 0.6 * n / count,
            )
        add(3000 * high, 5200 * high, 0.12, 0.02)
        add(5000 * high, 3300 * high, 0.16, 0.02)
    elif kind == "two":
        for _ in range(int(rng.integers(3, 6))):
            add(5100 * high, 5000 * high, 0.11, 0.06)
            add(3900 * high, 3800 * high, 0.13, 0.10)
    elif kind == "warble":
        for _ in range(int(rng.integers(5, 10))):
            begin = rng.uniform(2900, 4600)
            add(
                begin,
                begin * rng.uniform(0.75, 1.3),
                rng.uniform(0.06, 0.2),
                rng.uniform(0.02, 0.12),
                rng.uniform(0.4, 1),
            )
    else:
        for _ in range(int(rng.integers(1, 4))):
            add(7200 * high, 6400 * high, 0.09, 0.2)
    return np.concatenate(parts)


def cricket(rng: Random, hz: float) -> Mono:
    """One chirp of a cricket: three or four pulses."""
    parts = []
    for n in range(int(rng.integers(3, 5))):
        t = time_of(0.022)
        parts += [
            np.sin(2 * np.pi * hz * t) * np.sin(np.pi * t / t[-1]) * (0.7 + 0.1 * n),
            np.zeros(len(time_of(0.012))),
        ]
    return np.concatenate(parts)


def creak(rng: Random, seconds: float, hz: float) -> Mono:
    """Wood under load: it sticks and slips, slower and faster, and the plank rings with it."""
    frames = len(time_of(seconds))
    pace = np.interp(
        np.linspace(0, 5, frames), range(6), rng.uniform(0.5, 1.6, 6)
    ) * rng.uniform(14, 24)
    phase = np.cumsum(pace) / RATE_HZ
    slips = np.flatnonzero(np.diff(np.floor(phase), prepend=0.0) > 0)
    sound = np.zeros(frames)
    sound[slips] = rng.uniform(0.3, 1.0, len(slips))
    rung = np.zeros(frames)
    for ratio, q in ((1.0, 9.0), (2.31, 12.0), (3.9, 14.0), (6.2, 10.0)):
        b, a = signal.iirpeak(min(hz * ratio, 15_000.0), q, fs=RATE_HZ)
        rung += signal.lfilter(b, a, sound) / ratio**0.3
    return np.asarray(rung / (np.abs(rung).max() + 1e-9) * swell(frames, 0.15, 0.3))


def rustle(rng: Random, seconds: float, low_hz: float, high_hz: float) -> Mono:
    """Leaves, cloth or paper that is moved: hiss in short strokes."""
    sound = hiss(rng, seconds, low_hz, high_hz)
    points = max(4, round(seconds * 14))
    strokes = rng.uniform(0.0, 1.0, points) ** 2.5
    sound *= np.interp(np.linspace(0, points - 1, len(sound)), range(points), strokes)
    return sound * swell(len(sound), 0.1 * seconds, 0.3 * seconds)


def series(rng: Random, sounds: Sequence[Mono], pace_s: float, *, loose: float = 0.1) -> Mono:
    """Sounds one after the other, each `pace_s` after the one before, give or take."""
    places = [0]
    for _ in sounds[1:]:
        places.append(places[-1] + round(pace_s * rng.uniform(1 - loose, 1 + loose) * RATE_HZ))
    length = max(place + len(sound) for place, sound in zip(places, sounds, strict=True))
    whole = np.zeros(length)
    for place, sound in zip(places, sounds, strict=True):
        whole[place : place + len(sound)] += sound
    return whole


def hen(rng: Random) -> Mono:
    """A few clucks: short, throaty, falling."""
    clucks = []
    for _ in range(int(rng.uniform(1, 5))):
        t = np.linspace(0, 1, len(time_of(rng.uniform(0.05, 0.1))))
        path = rng.uniform(950, 1250) * (1.0 - 0.35 * t)
        tone = glide(path, overtones=(1.0, 0.6, 0.35, 0.2))
        rough = 0.6 + 0.4 * np.sin(2 * np.pi * 85 * t * 0.08)
        clucks.append(tone * rough * swell(len(t), 0.008, 0.04) * rng.uniform(0.4, 1.0))
    return series(rng, clucks, rng.uniform(0.2, 0.4), loose=0.3)


def owl(rng: Random) -> Mono:  # noqa: ARG001 - the same each time
    """A tawny owl: one long hoot, a rest, a short one and a trembling one."""
    hoots = []
    for length_s, rest_s, tremble in ((0.75, 1.1, 0.0), (0.12, 0.18, 0.0), (1.3, 0.0, 1.0)):
        t = time_of(length_s)
        path = 640.0 + 35.0 * np.sin(np.pi * t / length_s) + 6 * np.sin(2 * np.pi * 5.5 * t)
        gain = swell(len(t), 0.09, 0.3 * length_s) * (
            1 - 0.35 * tremble * (0.5 + 0.5 * np.sin(2 * np.pi * 11 * t))
        )
        hoots += [glide(path, overtones=(1.0, 0.06)) * gain, np.zeros(len(time_of(rest_s)))]
    return np.concatenate(hoots)


def chain(rng: Random) -> Mono:
    """Iron links that are dragged and let fall."""
    links = []
    for _ in range(int(rng.uniform(9, 18))):
        base = rng.uniform(1700, 3600)
        link = struck(
            rng,
            [base * r for r in (1, 1.47, 2.09, 2.9)],
            (0.05, 0.04, 0.03, 0.02),
            sizes=(1, 0.8, 0.7, 0.5),
        )
        links.append(link * rng.uniform(0.2, 1.0))
    return series(rng, links, 0.075, loose=0.7)


def gravel(rng: Random) -> Mono:
    """A boot on small stones."""
    sound = step(rng, stone=False)
    for _ in range(10):
        at = int(rng.uniform(0, len(sound) - 900))
        grain = crackle(rng)[:900]
        sound[at : at + len(grain)] += 0.25 * rng.uniform(0.2, 1.0) * grain
    return sound
