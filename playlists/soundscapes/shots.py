"""Single sounds that come now and then, a few for each place."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np

from soundscapes.circle import RATE_HZ, Mono, Stereo, in_room
from soundscapes.things import (
    Random,
    anvil,
    bell,
    chain,
    clink,
    crackle,
    creak,
    drop,
    glide,
    gravel,
    hen,
    hiss,
    knock,
    owl,
    rustle,
    series,
    step,
    struck,
    swell,
    time_of,
)

Shot = Callable[[Random], Mono]


def woodpecker(rng: Random) -> Mono:
    """A drum roll on a hollow trunk."""
    blows = [knock(rng, 640, hard=0.6) * (1.0 - 0.03 * n) for n in range(15)]
    return series(rng, blows, 0.055, loose=0.05)


def twig(rng: Random) -> Mono:
    """A branch that breaks, and leaves."""
    snap = series(
        rng,
        [3.0 * crackle(rng) for _ in range(5)] + [knock(rng, 700, hard=1.0)],
        0.03,
        loose=0.8,
    )
    return series(rng, [snap, 0.25 * rustle(rng, 1.0, 1200, 7000)], 0.12)


def song(rng: Random) -> Mono:
    """A tit close by: two notes, again and again, higher than any voice."""
    pair = (5900.0, 0.11, 0.05), (4700.0, 0.14, 0.1)
    notes = [
        np.concatenate((_note(hz, 0.97 * hz, length_s), np.zeros(len(time_of(rest_s)))))
        for _ in range(int(rng.integers(4, 7)))
        for hz, length_s, rest_s in pair
    ]
    return np.concatenate([note * rng.uniform(0.7, 1.0) for note in notes])


def yellowhammer(rng: Random) -> Mono:
    """A yellowhammer in the hedge: quick high notes, and a long one."""
    rest = np.zeros(len(time_of(0.06)))
    sizes = np.linspace(0.5, 1.0, 9) * rng.uniform(0.9, 1.1, 9)
    quick = [np.concatenate((size * _note(6900.0, 6400.0, 0.07), rest)) for size in sizes]
    return np.concatenate([*quick, _note(5300.0, 5050.0, 0.55)])


def _note(from_hz: float, to_hz: float, length_s: float) -> Mono:
    part = np.linspace(0.0, 1.0, len(time_of(length_s)))
    tone = glide(from_hz * (to_hz / from_hz) ** part, overtones=(1.0, 0.05))
    return tone * swell(len(part), 0.25 * length_s, 0.5 * length_s)


def gravel_walk(rng: Random) -> Mono:
    """Somebody goes by on gravel."""
    steps = [gravel(rng) * np.sin(np.pi * (n + 1) / 9) for n in range(8)]
    return series(rng, steps, 0.52, loose=0.06)


def axle(rng: Random) -> Mono:
    """An axle that wants grease."""
    return series(rng, [creak(rng, 0.5, 1150) for _ in range(3)], 0.75, loose=0.04)


def hoofs(rng: Random) -> Mono:
    """A horse that trots past, two hoofs at a time on stone."""
    pairs = []
    for n in range(7):
        near = np.sin(np.pi * (n + 1) / 8)
        pair = [knock(rng, 1100, hard=1.0), 0.8 * knock(rng, 1375, hard=1.0)]
        pairs.append(near * series(rng, pair, 0.12, loose=0.05))
    return series(rng, pairs, 0.45, loose=0.05)


def hens(rng: Random) -> Mono:
    """A hen that complains."""
    return series(rng, [hen(rng) for _ in range(3)], 0.8, loose=0.4)


def smith(rng: Random) -> Mono:
    """A smith finishes a shoe."""
    blows = [anvil(rng) * size for size in (1.0, 0.3, 0.9, 0.3, 1.0, 0.4, 0.25)]
    return series(rng, blows, 0.42, loose=0.08)


def chapel(rng: Random) -> Mono:
    """Two strokes of a small bell."""
    return series(rng, [bell(rng, 440.0, 1.1), bell(rng, 440.0, 1.1)], 1.6)


def great_bell(rng: Random) -> Mono:
    """One stroke of a great bell."""
    return bell(rng, 147.0, 2.2)


def door(rng: Random) -> Mono:
    """A heavy door falls shut, and its bolt."""
    return series(
        rng,
        [
            creak(rng, 0.9, 620) * 0.35,
            2.0 * knock(rng, 75, hard=0.4),
            knock(rng, 900, hard=0.7) * 0.4,
        ],
        0.75,
        loose=0.1,
    )


def crates(rng: Random) -> Mono:
    """Boxes are put down."""
    return series(rng, [knock(rng, 120, hard=0.6) for _ in range(3)], 0.5, loose=0.4)


def toast(rng: Random) -> Mono:
    """Mugs all around the table."""
    return series(rng, [clink(rng) * rng.uniform(0.4, 1.0) for _ in range(6)], 0.11, loose=0.7)


def mug(rng: Random) -> Mono:
    """A mug that is put down hard."""
    return series(rng, [knock(rng, 150, hard=0.8), 0.25 * clink(rng)], 0.02)


def bench(rng: Random) -> Mono:
    """A bench is pushed back."""
    scrape = hiss(rng, 0.7, 1000, 4000) * swell(len(time_of(0.7)), 0.08, 0.3)
    scrape *= 0.6 + 0.4 * np.sin(2 * np.pi * 38 * time_of(0.7))
    return series(rng, [0.5 * scrape, knock(rng, 110)], 0.72, loose=0.0)


def dice(rng: Random) -> Mono:
    """Dice on a board."""
    return series(
        rng,
        [knock(rng, 1300, hard=1.0) * size for size in (1, 0.8, 0.9, 0.5, 0.4, 0.25, 0.15)],
        0.07,
        loose=0.6,
    )


def chains(rng: Random) -> Mono:
    """A chain moves."""
    return chain(rng)


def pool(rng: Random) -> Mono:
    """A large drop into a deep pool."""
    return series(
        rng, [drop(rng, 520), 0.4 * drop(rng, 830), 0.2 * drop(rng, 1100)], 0.13, loose=0.3
    )


def stones(rng: Random) -> Mono:
    """Rubble comes down."""
    falls = [
        knock(rng, rng.uniform(1300, 3400), hard=1.1) * rng.uniform(0.2, 1.0) for _ in range(14)
    ]
    return series(rng, falls, 0.12, loose=0.8)


def boom(rng: Random) -> Mono:
    """Something heavy, far below."""
    return struck(rng, (48.0, 71.0, 96.0, 143.0), (0.35, 0.25, 0.18, 0.1), attack_s=0.006)


def log(rng: Random) -> Mono:
    """A log shifts in the fire, and sparks."""
    sparks = [crackle(rng) * rng.uniform(0.3, 1.6) for _ in range(20)]
    embers = 0.15 * hiss(rng, 1.2, 2500, 9000) * swell(len(time_of(1.2)), 0.04, 1.1) ** 2
    shower = series(rng, [embers, *sparks], 0.05, loose=0.9)
    return series(rng, [0.3 * knock(rng, 130, hard=0.1), shower], 0.03)


def hoot(rng: Random) -> Mono:
    """An owl."""
    return owl(rng)


def splash(rng: Random) -> Mono:
    """A wave slaps against planks."""
    slap = hiss(rng, 0.9, 250, 5000) * swell(len(time_of(0.9)), 0.05, 0.8) ** 2
    return series(
        rng,
        [0.6 * slap, *[0.5 * drop(rng, rng.uniform(350, 1500)) for _ in range(14)]],
        0.06,
        loose=0.7,
    )


def planks(rng: Random) -> Mono:
    """The hull works."""
    return creak(rng, 1.6, 900)


def rope(rng: Random) -> Mono:
    """A rope that tightens."""
    return creak(rng, 1.1, 1400)


def gull(rng: Random) -> Mono:
    """A gull, three times."""
    cries = []
    for n in range(3):
        t = np.linspace(0, 1, len(time_of(0.34)))
        path = (2350 - 90 * n) * (1.0 + 0.22 * np.sin(np.pi * t) - 0.28 * t)
        cries.append(glide(path, overtones=(0.3, 1.0, 0.5)) * swell(len(t), 0.05, 0.16))
    return series(rng, cries, 0.52, loose=0.08)


def eagle(rng: Random) -> Mono:  # noqa: ARG001 - the same each time
    """A bird of prey, high up."""
    t = np.linspace(0, 1, len(time_of(0.9)))
    path = 3300 * (1.0 - 0.33 * t**1.5) + 70 * np.sin(2 * np.pi * 22 * t)
    return glide(path, overtones=(1.0, 0.2)) * swell(len(t), 0.06, 0.5)


def gust(rng: Random) -> Mono:
    """One hard gust around an edge."""
    gain = swell(len(time_of(3.2)), 1.2, 1.8) ** 2
    return hiss(rng, 3.2, 200, 4000) * gain + 0.2 * hiss(rng, 3.2, 2500, 7000) * gain**2


def footsteps(rng: Random) -> Mono:
    """Steps on stone, somewhere in the house."""
    return series(rng, [step(rng, stone=True) for _ in range(7)], 0.58, loose=0.04)


def armour(rng: Random) -> Mono:
    """A guard shifts his weight."""
    plates = []
    for _ in range(5):
        partials = (rng.uniform(1300, 2000), rng.uniform(3100, 4200), rng.uniform(6000, 8000))
        plate = struck(rng, partials, (0.012, 0.01, 0.01))
        click = 0.6 * hiss(rng, 0.02, 1500, 8000) * np.exp(-time_of(0.02) / 0.005)
        plate[: len(click)] += click[: len(plate)]
        plates.append(plate * rng.uniform(0.3, 1.0))
    return series(rng, plates, 0.07, loose=0.8)


def bowl(rng: Random) -> Mono:
    """A singing bowl."""
    return struck(
        rng, (262.0, 723.0, 1389.0), (1.9, 1.0, 0.4), sizes=(1, 0.4, 0.12), attack_s=0.02
    )


def chimes(rng: Random) -> Mono:
    """Chimes in a draught."""
    tones = [
        struck(rng, (hz, 2.76 * hz), (0.7, 0.2), sizes=(1, 0.2))
        for hz in (1568, 1760, 2093, 2349, 1760)
    ]
    return series(rng, [tone * rng.uniform(0.3, 1.0) for tone in tones], 0.32, loose=0.7)


def shop_bell(rng: Random) -> Mono:
    """The bell over the door."""
    one = struck(rng, (3520.0, 7180.0, 9500.0), (0.35, 0.2, 0.1), sizes=(1, 0.5, 0.3))
    return series(rng, [one, 0.6 * one, 0.35 * one], 0.16, loose=0.2)


def coins(rng: Random) -> Mono:
    """Coins are counted."""
    return series(
        rng,
        [struck(rng, (rng.uniform(5200, 6900), 8700.0), (0.05, 0.03)) for _ in range(7)],
        0.21,
        loose=0.3,
    )


def pages(rng: Random) -> Mono:
    """Somebody leafs through a book and puts it down."""
    leaves = [rustle(rng, 0.5, 1800, 9000) for _ in range(3)]
    return series(rng, [*leaves, 2.0 * knock(rng, 130)], 0.62, loose=0.2)


def crow(rng: Random) -> Mono:
    """A crow: rough, three times."""
    cries = []
    for _ in range(3):
        t = np.linspace(0, 1, len(time_of(0.3)))
        path = 1450 * (1.0 + 0.1 * np.sin(np.pi * t) - 0.1 * t)
        rough = 0.45 + 0.55 * np.sin(2 * np.pi * 96 * t * 0.3)
        cry = glide(path, overtones=(1.0, 0.8, 0.6, 0.3)) * rough + 0.6 * hiss(
            rng, 0.3, 1200, 4500
        )
        cries.append(cry * swell(len(t), 0.03, 0.12))
    return series(rng, cries, 0.55, loose=0.08)


def howl(rng: Random) -> Mono:  # noqa: ARG001 - the same each time
    """A wolf beyond the hills."""
    t = np.linspace(0, 1, len(time_of(3.6)))
    path = np.interp(t, (0, 0.14, 0.35, 0.75, 1.0), (390, 610, 640, 600, 430))
    path = path + 5 * np.sin(2 * np.pi * 5 * t * 3.6)
    return glide(path, overtones=(1.0, 0.12, 0.05)) * swell(len(t), 0.5, 1.4)


def bushes(rng: Random) -> Mono:
    """Something in the bushes."""
    return series(
        rng,
        [rustle(rng, 0.9, 1200, 7000), 2.0 * crackle(rng), rustle(rng, 0.6, 1200, 7000)],
        0.8,
        loose=0.3,
    )


def lid(rng: Random) -> Mono:
    """A pot and its lid."""
    ring = struck(rng, (870.0, 1930.0, 3110.0, 4800.0), (0.12, 0.1, 0.07, 0.04))
    return series(rng, [ring, 0.5 * ring, 0.3 * ring, 0.2 * ring], 0.09, loose=0.4)


def board(rng: Random) -> Mono:
    """A floor board, and a step."""
    return series(rng, [0.6 * creak(rng, 0.45, 950), step(rng, stone=False)], 0.5)


def shutter(rng: Random) -> Mono:
    """Wind at the shutter."""
    return series(
        rng, [knock(rng, 260, hard=0.6) * size for size in (1.0, 0.5, 0.7)], 0.3, loose=0.5
    )


SHOTS: dict[str, tuple[float, float, tuple[Shot, ...]]] = {
    "forest": (1.6, 5000, (woodpecker, twig, song)),
    "road": (0.8, 4000, (gravel_walk, axle, yellowhammer)),
    "village": (1.1, 3500, (hens, smith, chapel)),
    "city": (1.5, 3000, (hoofs, great_bell, door, crates)),
    "tavern": (0.7, 2500, (toast, mug, bench, dice)),
    "dungeon": (3.4, 2200, (chains, pool, stones, boom)),
    "camp": (1.8, 3500, (log, hoot, twig)),
    "water": (0.8, 3000, (splash, planks, rope, gull)),
    "mountain": (2.6, 2500, (gust, stones, eagle)),
    "castle": (2.8, 2600, (footsteps, door, armour)),
    "temple": (4.5, 2200, (bowl, chimes, footsteps)),
    "shop": (0.5, 3500, (shop_bell, coins, pages)),
    "wild": (2.0, 3500, (howl, crow, bushes)),
    "home": (0.5, 3000, (log, lid, board, shutter)),
}
"""Place to the ring of its room in seconds, how dark it is, and its sounds."""


def made(place: str, shot: Shot) -> Stereo:
    """The sound in the room of its place, with its ring, in stereo."""
    decay_s, dark_hz, _ = SHOTS[place]
    seed = zlib.crc32(f"{place} {shot.__name__}".encode())
    sound = shot(np.random.default_rng(seed))
    ring_s = min(0.8 * decay_s, 2.5)
    whole = np.concatenate((sound, np.zeros(round(ring_s * RATE_HZ))))
    dry = np.stack((whole, whole), axis=1)
    # As long again, so that what rings past the end does not come round to the beginning.
    roomy = np.concatenate((dry, np.zeros_like(dry)))
    wet = in_room(roomy, decay_s, dark_hz=dark_hz, seed=seed)[: len(whole)]
    mixed = 0.6 * dry + 0.4 * wet
    return mixed * swell(len(mixed), 0.002, 0.5 * ring_s)[:, np.newaxis]
