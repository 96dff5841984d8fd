"""The beds, one function for each place: what can be heard there all the time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from soundscapes import layers
from soundscapes.circle import RATE_HZ, Circle, Mono, Stereo, band, in_room
from soundscapes.things import (
    anvil,
    bell,
    chain,
    clink,
    creak,
    drop,
    gravel,
    hen,
    knock,
    owl,
    rustle,
    series,
    step,
    struck,
    swell,
    time_of,
)


def _whole(bed: Circle, decay_s: float, dark_hz: float, wet: float = 1.0) -> Stereo:
    return bed.dry + wet * in_room(bed.wet, decay_s, dark_hz=dark_hz, seed=bed.frames)


def forest() -> Stereo:
    """Wind in high leaves, birds near and far."""
    bed = Circle("forest")
    bed.dry += layers.wind(bed, 0.26, hollow=0.0) + layers.leaves(bed, 0.34)
    layers.birds(bed, 1.1, per_minute=30)
    return _whole(bed, 1.6, 5000)


def road() -> Stereo:
    """Boots and a cart on gravel, grasshoppers in the ditch, a lark."""
    bed = Circle("road")
    bed.dry += layers.wind(bed, 0.16, hollow=0.0) + layers.leaves(bed, 0.09)
    bed.dry += layers.crickets(bed, 0.05, count=5)
    layers.birds(bed, 0.5, per_minute=12, kinds=("warble", "tseep"))
    pace_s = bed.length_s / 120
    for n in range(120):
        for pan, late_s, size in ((-0.25, 0.0, 1.0), (0.3, 0.21, 0.7), (0.1, 0.37, 0.5)):
            at_s = (n + bed.any(-0.06, 0.06)) * pace_s + late_s
            bed.lay(gravel(bed.rng), at_s, 1.1 * size * bed.any(0.6, 1.0), pan=pan, far=0.15)
    wheels = bed.noise(band(70, 320, steep=1.0), width=0.4)
    turning = 0.5 + 0.5 * np.sin(2 * np.pi * 30 * np.arange(bed.frames) / bed.frames)
    bed.dry += 0.22 * wheels * (0.5 + 0.5 * turning * bed.slow(6.0, slowest_hz=2.0))[:, None]
    for n in range(30):
        bed.lay(creak(bed.rng, 0.35, 1250), n * bed.length_s / 30 + 0.3, 0.16, pan=0.2, far=0.2)
    return _whole(bed, 0.8, 4000)


def village() -> Stereo:
    """A yard: hens behind the house, a smith further off, sparrows."""
    bed = Circle("village")
    bed.dry += layers.wind(bed, 0.2, hollow=0.0) + layers.leaves(bed, 0.1)
    layers.birds(bed, 0.4, per_minute=20, kinds=("tseep",) * 3)
    _scatter(bed, 14, 2.0, lambda: hen(bed.rng), 0.16, least=0.3, pan=(-0.8, -0.1), far=0.6)
    _scatter(bed, 4, 9.0, lambda: _smith(bed, 3, 7, 0.62), 0.4, pan=0.5, far=0.65)
    _scatter(bed, 5, 2.0, lambda: knock(bed.rng, 160), 0.35, pan=(-0.6, 0.6), far=0.5)
    return _whole(bed, 1.1, 3500)


def city() -> Stereo:
    """Streets from a window: carts over stones, a crowd that is only a hum, hammers, bells."""
    bed = Circle("city")
    bed.dry += layers.air(bed, 0.16, 160)
    bed.dry += layers.muffled(layers.murmur(bed, 0.08, people=30), 900)
    for at_s in bed.times(4, least_s=8.0):
        _cart(bed, at_s, bed.any(6.0, 9.0), bed.any(-0.9, 0.9))
    _scatter(bed, 3, 10.0, lambda: _smith(bed, 4, 8, 0.55), 0.25, pan=(-0.8, 0.8), far=0.7)
    _scatter(bed, 14, 1.0, lambda: _steps(bed, 5, 9, 0.52, stone=True), 0.32, far=0.5)
    for n, hz in enumerate((262.0, 330.0, 262.0, 220.0)):
        bed.lay(bell(bed.rng, hz, 2.4), 40.0 + 1.5 * n, 0.22, pan=0.5, far=0.85)
    _scatter(bed, 8, 1.5, lambda: knock(bed.rng, 140), 0.3, pan=(-0.8, 0.8), far=0.6)
    return _whole(bed, 1.5, 3000)


def tavern() -> Stereo:
    """A full house: murmur, mugs, benches and the fire."""
    bed = Circle("tavern")
    bed.dry += layers.murmur(bed, 0.55, people=30)
    bed.wet += 0.5 * bed.dry
    bed.dry += layers.fire(bed, 0.16, crackles=6)
    _scatter(bed, 34, 0.25, lambda: clink(bed.rng), 0.32, least=0.15, far=(0.3, 0.7))
    _scatter(bed, 30, 0.25, lambda: knock(bed.rng, bed.any(110, 240)), 0.9, least=0.2, far=0.4)
    boards = (-0.7, 0.7)
    _scatter(bed, 9, 2.0, lambda: _steps(bed, 3, 6, 0.5, stone=False), 0.3, pan=boards, far=0.4)
    return _whole(bed, 0.7, 2500)


def dungeon() -> Stereo:
    """Stone far below: drops that echo, a hum in the walls, iron somewhere."""
    bed = Circle("dungeon")
    bed.dry += layers.drone(bed, 0.16, ((55.0, 1.0), (82.5, 0.5), (58.3, 0.45), (110.0, 0.2)))
    bed.dry += layers.air(bed, 0.16, 130)
    bed.wet += 0.12 * layers.wind(bed, 1.0, hollow=0.7, pace_hz=0.07)
    for at_s in bed.times(40, least_s=0.4):
        bed.lay(
            drop(bed.rng, bed.any(650, 2100)),
            at_s,
            0.45 * bed.any(0.1, 1.0) ** 1.5,
            pan=bed.any(-1, 1),
            far=bed.any(0.4, 0.8),
        )
    sides = (-0.8, 0.8)
    _scatter(bed, 2.5, 12.0, lambda: chain(bed.rng), 0.05, pan=sides, far=0.8)
    _scatter(bed, 2, 14.0, lambda: rustle(bed.rng, 0.9, 900, 5000), 0.05, pan=sides, far=0.7)
    return _whole(bed, 3.6, 2200)


def camp() -> Stereo:
    """A fire at night, crickets around, an owl behind the trees."""
    bed = Circle("camp")
    bed.dry += layers.fire(bed, 0.62, crackles=9)
    bed.dry += layers.crickets(bed, 0.09, count=8)
    bed.dry += layers.wind(bed, 0.1, hollow=0.0) + layers.leaves(bed, 0.04)
    for at_s in (17.0, 49.0):
        bed.lay(owl(bed.rng), at_s, 0.09, pan=0.7, far=0.85)
    return _whole(bed, 1.8, 3500)


def water() -> Stereo:
    """Waves against a shore and a hull, wood that works."""
    bed = Circle("water")
    bed.dry += layers.waves(bed, 0.8) + layers.wind(bed, 0.25, hollow=0.0)
    layers.creaking(bed, 0.22, per_minute=8)

    def lap() -> Mono:
        drops = [drop(bed.rng, bed.any(260, 620)) for _ in range(5)]
        return series(bed.rng, drops, 0.07, loose=0.5)

    _scatter(bed, 24, 0.6, lap, 0.35, least=0.3, pan=(-0.6, 0.6), far=0.2)
    return _whole(bed, 0.7, 3000)


def mountain() -> Stereo:
    """A pass in hard wind."""
    bed = Circle("mountain")
    bed.dry += layers.wind(bed, 1.0, hollow=0.5, pace_hz=0.2)
    snow = bed.noise(band(3500, 9000, steep=0.8), width=1.0) * (bed.slow(0.35) ** 3)[:, None]
    bed.dry += 0.14 * snow

    def stones() -> Mono:
        falls = [
            knock(bed.rng, bed.any(500, 1400), hard=0.8) * bed.any(0.2, 1.0) for _ in range(7)
        ]
        return series(bed.rng, falls, 0.22, loose=0.6)

    _scatter(bed, 3, 10.0, stones, 0.10, far=0.7)
    return _whole(bed, 2.6, 2500)


def castle() -> Stereo:
    """A stone hall: its own tone, torches, somebody who walks far away."""
    bed = Circle("castle")
    bed.dry += layers.air(bed, 0.2, 180)
    bed.wet += layers.drone(bed, 0.03, ((73.4, 1.0), (110.0, 0.6), (146.8, 0.3)))
    torch = bed.noise(band(120, 650, steep=1.0), width=0.9)
    bed.dry += 0.22 * torch * (bed.slow(11.0, slowest_hz=4.0) ** 1.5)[:, None]
    bed.dry += layers.fire(bed, 0.10, crackles=3)

    def walk() -> Mono:
        steps = [
            step(bed.rng, stone=True) * bed.any(0.6, 1.0) for _ in range(int(bed.any(7, 12)))
        ]
        return series(bed.rng, steps, 0.6, loose=0.04)

    _scatter(bed, 5, 8.0, walk, 0.14, far=0.85)
    hall, near = (-0.8, 0.8), (-0.6, 0.6)
    _scatter(bed, 1.7, 18.0, lambda: knock(bed.rng, 70, hard=0.2), 0.7, pan=hall, far=0.9)
    _scatter(bed, 5, 3.0, lambda: rustle(bed.rng, 0.8, 300, 2500), 0.06, pan=near, far=0.5)
    return _whole(bed, 2.8, 2600)


def temple() -> Stereo:
    """A high quiet room: a fifth that never ends, a bowl, a bell."""
    bed = Circle("temple")
    bed.wet += layers.drone(
        bed,
        0.10,
        ((110.0, 1.0), (165.0, 0.7), (220.0, 0.45), (330.0, 0.18), (440.0, 0.08)),
        pace_hz=0.05,
    )
    bed.dry += layers.air(bed, 0.05, 300)
    for n, at_s in enumerate(bed.times(3.4, least_s=14.0)):
        hz = (220.0, 330.0, 293.7, 220.0)[n % 4]
        bowl = struck(
            bed.rng,
            (hz, 2.76 * hz, 5.3 * hz),
            (3.2, 1.6, 0.6),
            sizes=(1, 0.4, 0.12),
            attack_s=0.02,
        )
        bed.lay(bowl, at_s, 0.20, pan=bed.any(-0.5, 0.5), far=0.75)
    bed.lay(bell(bed.rng, 196.0, 3.5), 33.0, 0.10, pan=0.2, far=0.95)
    bed.dry += layers.fire(bed, 0.02, crackles=1.5)
    return _whole(bed, 5.0, 2200)


def shop() -> Stereo:
    """A small room with a clock, things that are picked up and put down, the street outside."""
    bed = Circle("shop")
    bed.dry += layers.air(bed, 0.16, 200)
    bed.dry += layers.muffled(
        layers.murmur(bed, 0.08, people=10) + layers.wind(bed, 0.12, hollow=0.0), 500
    )
    _clock(bed, 0.24, pan=-0.5)

    def things() -> Mono:
        return knock(bed.rng, bed.any(220, 420))

    def paper() -> Mono:
        return rustle(bed.rng, bed.any(0.4, 1.1), 1500, 9000)

    def coins() -> Mono:
        falls = [clink(bed.rng) * bed.any(0.3, 1.0) for _ in range(int(bed.any(2, 6)))]
        return series(bed.rng, falls, 0.14, loose=0.4)

    def boards() -> Mono:
        return _steps(bed, 2, 5, 0.6, stone=False)

    _scatter(bed, 12, 2.0, things, 0.30, least=0.3, pan=(-0.2, 0.8), far=0.3)
    _scatter(bed, 9, 2.0, paper, 0.12, pan=(-0.3, 0.8), far=0.25)
    _scatter(bed, 6, 3.0, coins, 0.10, pan=0.3, far=0.3)
    _scatter(bed, 5, 4.0, boards, 0.22, pan=(-0.5, 0.7), far=0.3)
    return _whole(bed, 0.5, 3500)


def wild() -> Stereo:
    """Far from anywhere: insects, restless wind, something in the grass."""
    bed = Circle("wild")
    bed.dry += layers.wind(bed, 0.34, hollow=0.25, pace_hz=0.16) + layers.leaves(bed, 0.15)
    bed.dry += layers.crickets(bed, 0.11, count=9)
    buzz = (
        bed.noise(band(3200, 4200, steep=3.0), width=1.0) * (0.5 + 0.5 * bed.slow(0.1))[:, None]
    )
    flutter = 0.5 + 0.5 * np.sin(2 * np.pi * 44 * np.arange(bed.frames) / RATE_HZ)
    bed.dry += 0.045 * buzz * flutter[:, None]

    def grass() -> Mono:
        return rustle(bed.rng, bed.any(0.8, 1.8), 1200, 7000)

    _scatter(bed, 6, 4.0, grass, 0.30, least=0.3, far=0.3)
    layers.birds(bed, 0.4, per_minute=6, kinds=("tseep", "warble"))
    return _whole(bed, 2.0, 3500)


def home() -> Stereo:
    """One's own hearth, and the clock on the shelf; the weather stays outside."""
    bed = Circle("home")
    bed.dry += layers.fire(bed, 0.62, crackles=6)
    _clock(bed, 0.20, pan=0.5)
    bed.dry += layers.muffled(layers.wind(bed, 0.35, hollow=0.0), 350)

    def logs() -> Mono:
        return knock(bed.rng, bed.any(90, 160), hard=0.1)

    _scatter(bed, 3, 6.0, logs, 0.35, pan=(-0.7, 0.2), far=0.3)
    return _whole(bed, 0.5, 3000)


BEDS: dict[str, Callable[[], Stereo]] = {
    bed.__name__: bed
    for bed in (
        forest, road, village, city, tavern, dungeon, camp, water, mountain, castle, temple, shop,
        wild, home,
    )
}  # fmt: skip


def _scatter(
    bed: Circle,
    per_minute: float,
    least_s: float,
    make: Callable[[], Mono],
    level: float,
    *,
    least: float = 1.0,
    pan: float | tuple[float, float] = (-0.9, 0.9),
    far: float | tuple[float, float] = 0.5,
) -> None:
    """Lay what `make` gives so many times a minute, at least `least_s` apart.

    Each is at `level` times something from `least` to 1, and at a `pan` and `far` between two.
    """
    for at_s in bed.times(per_minute, least_s=least_s):
        sound = make()
        size = level * bed.any(least, 1.0) if least < 1.0 else level
        bed.lay(sound, at_s, size, pan=_between(bed, pan), far=_between(bed, far))


def _between(bed: Circle, ends: float | tuple[float, float]) -> float:
    return bed.any(*ends) if isinstance(ends, tuple) else ends


def _smith(bed: Circle, fewest: int, most: int, pace_s: float) -> Mono:
    blows = [anvil(bed.rng) * bed.any(0.5, 1.0) for _ in range(int(bed.any(fewest, most)))]
    return series(bed.rng, blows, pace_s)


def _steps(bed: Circle, fewest: int, most: int, pace_s: float, *, stone: bool) -> Mono:
    steps = [step(bed.rng, stone=stone) for _ in range(int(bed.any(fewest, most)))]
    return series(bed.rng, steps, pace_s)


def _cart(bed: Circle, at_s: float, length_s: float, pan: float) -> None:
    """A cart with iron tyres goes by, one horse before it."""
    frames = len(time_of(length_s))
    near = swell(frames, 0.5 * length_s, 0.5 * length_s) ** 1.5
    places = (round(at_s * RATE_HZ) + np.arange(frames)) % bed.frames
    rumble = bed.noise(band(80, 500, steep=0.8), width=0.3)[places]
    jolt = np.interp(
        np.linspace(0, length_s * 9, frames),
        np.arange(round(length_s * 9) + 1),
        bed.rng.uniform(0.2, 1.0, round(length_s * 9) + 1),
    )
    bed.dry[places] += 0.5 * rumble * (near * jolt)[:, None]
    for n in range(round(length_s / 0.36)):
        share = np.sin(np.pi * (n + 0.5) * 0.36 / length_s) ** 1.5
        hoof = knock(bed.rng, 520, hard=0.9)
        for late_s in (0.0, 0.1):
            bed.lay(hoof, at_s + 0.36 * n + late_s, 0.22 * share, pan=pan, far=0.45)


def _clock(bed: Circle, level: float, *, pan: float) -> None:
    """Tick and tock, one a second, each in the wood of its case."""
    for second in range(round(bed.length_s)):
        high = 1.0 if second % 2 else 0.86
        tick = struck(
            bed.rng,
            (2350 * high, 3900 * high, 620, 410),
            (0.006, 0.005, 0.018, 0.025),
            sizes=(1, 0.7, 0.5, 0.5),
            attack_s=0.0003,
        )
        bed.lay(tick, second + 0.5, level, pan=pan, far=0.25)
