"""Suspense: something is behind the door. Pedals, semitones, silence; never loud, never quick."""

from __future__ import annotations

from scores.notation import Note, Part, Phrase, Room, Score, line
from scores.patterns import hits

_DARK_DB = (
    (60.0, 1.0),
    (250.0, 0.0),
    (900.0, -1.5),
    (2000.0, -4.0),
    (4000.0, -5.0),
    (9000.0, -6.0),
)


def _cluster(pitches: tuple[int, ...], length: float, velocity: float) -> Phrase:
    return Phrase(tuple(Note(0.0, length, p, velocity) for p in pitches), length)


def _floor(pitches: tuple[int, ...], length: float) -> tuple[Part, Part]:
    """A soft minor tenth under the whole piece: silence would sound as if the music had stopped.

    Two players overlap in the middle and across the seam, so that neither is heard to begin.
    """
    half = length / 2
    first, second = (
        Part("floor", 49, -0.2, -11, "far"),
        Part("floor below", 49, 0.2, -11, "far"),
    )
    first.play(_cluster(pitches, half + 3, 46), 0)
    second.play(_cluster(pitches, half + 3, 46), half)
    return first, second


def ninth_stair() -> Score:
    """A stair that goes down: a pedal, a half-remembered motif, a drum a long way off."""
    bar = 4
    motif = line("D3:3 Eb3:1~ | C#3:4 | -:4 | G#3:2.5~ A3:.5 Eb3:1~ | D3:4", bar, 58)
    drops = line(
        """-:2 A4:2 | -:4 | -:1 G#4:3 | -:4 | -:3 Eb5:1 | D5:4 | -:4 | -:2 C#5:2""", bar, 44
    )
    below = Part("contrabass", 43, 0.0, 0, "stage", loose_ms=14)
    haze = Part("string haze", 49, -0.15, -2, "far")
    shiver = Part("shiver", 44, 0.3, -8, "far")
    reed = Part("low clarinet", 71, 0.25, -7, "stage", lag_ms=15)
    bells = Part("celesta", 8, -0.4, -4, "far")
    harp = Part("harp", 46, 0.4, -3, "stage")
    drum = Part("far drum", 116, -0.1, -1, "far", loose_ms=18)
    voices = Part("voices", 53, 0.1, 1, "far")

    for start, root in ((0, 38), (32, 38), (64, 34), (80, 37), (88, 38)):
        end = {0: 30, 32: 30, 64: 15, 80: 7, 88: 14}[start]
        below.play(_cluster((root,), end, 66), start)
        below.swell((start, 0.35), (start + end / 2, 0.9), (start + end, 0.35))
    haze.play(_cluster((50, 51), 14, 52), 8)
    haze.play(_cluster((50, 51, 57), 14, 54), 24)
    haze.play(_cluster((49, 50, 56), 12, 56), 40)
    haze.play(_cluster((50, 53, 56, 59), 12, 56), 54)
    haze.play(_cluster((46, 53, 57, 64), 14, 56), 66)
    haze.play(_cluster((49, 50, 56), 10, 54), 82)
    haze.swell((8, 0.1), (16, 0.8), (22, 0.2), (24, 0.1), (33, 0.8), (38, 0.2), (40, 0.15))
    haze.swell((46, 0.8), (52, 0.2), (54, 0.1), (61, 0.8), (66, 0.3), (72, 0.6), (80, 0.1))
    haze.swell((82, 0.1), (87, 0.7), (92, 0.05))
    shiver.play(_cluster((69, 70), 10, 46), 46)
    shiver.play(_cluster((65, 68, 71), 8, 48), 56)
    shiver.swell((46, 0.05), (52, 0.8), (56, 0.1), (61, 0.9), (64, 0.05))
    reed.play(motif, 8)
    reed.play(motif.up(1).louder(-2), 40)
    reed.play(line("D3:2 Eb3:1~ C#3 | D3:4", bar, 52), 92)
    bells.play(drops, 16)
    bells.play(drops.up(-1), 62)
    harp.play(line("D2:4 | - | A2:2 G#2 | - | D2:4 | - | Eb2:2 D2", velocity=54), 4)
    harp.play(line("Bb1:4 | - | F2:2 E2 | - | Bb1:4", velocity=54), 64)
    drum.play((hits("x.............o.", 38, 0.5, 50, 2)) * 3, 16)
    drum.play(hits("x......o", 36, 0.5, 54, 2) * 5, 44)
    drum.play(hits("xo......", 36, 0.5, 42, 2) * 4, 84)
    voices.play(_cluster((62, 63), 10, 48), 50)
    voices.play(_cluster((57, 64), 12, 48), 66)
    voices.swell((50, 0.1), (56, 0.8), (62, 0.1), (66, 0.1), (72, 0.8), (79, 0.05))
    return Score(
        title="Below the Ninth Stair",
        slug="below-the-ninth-stair",
        mood="suspense",
        key="D minor",
        bpm=52,
        length=104,
        parts=(*_floor((38, 53), 104), below, haze, shiver, reed, bells, harp, drum, voices),
        room=Room(4.2, 0.75, 0.5),
        tone_db=_DARK_DB,
        seed=31,
    )


def thirteen_locks() -> Score:
    """Fingers on a mechanism: plucked ticks in fives, a bassoon that tries and stops."""
    bar = 5
    tick = line("E3:2 -:1 Bb2 - | E3:2 -:3 | E3:2 -:1 B2 - | -:5", bar, 50)
    shifted = line("Eb3:2 -:1 A2 - | Eb3:2 -:3 | C3:2 -:1 F#2 - | -:5", bar, 50)
    phrase = line("B2:3~ C3:1 A#2 | B2:5 | E3:2~ F3:1 D#3:2 | E3:5", bar, 56)
    lost = line("C3:3~ B2:2 | Bb2:5 | A2:3~ F3:2 | E3:5", bar, 52)
    keys = line(
        "-:2 E4:3 | -:3 F4:2 | -:5 | -:1 A#4:4 | -:5 | -:2 B4:1 D#4:2 | -:5 | -:5", bar, 46
    )
    tock = Part("plucked strings", 45, -0.25, 1, "stage", loose_ms=12)
    bassoon = Part("bassoon", 70, 0.25, -5, "stage", lag_ms=14)
    vibes = Part("vibraphone", 11, -0.4, -3, "far", loose_ms=14)
    low = Part("contrabass", 43, 0.05, 0, "stage", loose_ms=14)
    haze = Part("string haze", 49, 0.15, -7, "far")
    glass = Part("high haze", 49, -0.3, -9, "far")
    drum = Part("far drum", 116, 0.0, -3, "far", loose_ms=16)
    wood = Part("wood", 115, 0.5, -12, "far", loose_ms=14)
    tock.play(tick, 0)
    tock.play(tick.louder(2), 20)
    tock.play(shifted, 40)
    tock.play(tick.up(-2), 80)
    tock.play(line("E3:2 -:3 | -:5", bar, 46), 100)
    bassoon.play(phrase, 20)
    bassoon.play(lost, 60)
    bassoon.play(line("B2:3~ C3:2 | B2:5", bar, 48), 95)
    vibes.play(keys, 20)
    vibes.play(keys.up(-1), 65)
    beneath: list[tuple[float, float, tuple[int, ...]]] = [
        (10, 18, (28, 40)),
        (40, 18, (27, 39)),
        (60, 18, (29, 41)),
        (82, 20, (28, 40)),
    ]
    for start, length, pitches in beneath:
        low.play(_cluster(pitches, length, 60), start)
        low.swell((start, 0.15), (start + length / 2, 0.85), (start + length, 0.15))
    around: list[tuple[float, float, tuple[int, ...]]] = [
        (12, 14, (52, 58)),
        (40, 16, (51, 57, 58)),
        (60, 17, (48, 53, 57, 59)),
        (84, 14, (52, 53, 58)),
    ]
    for start, length, pitches in around:
        haze.play(_cluster(pitches, length, 54), start)
        haze.swell((start, 0.08), (start + length * 0.6, 0.95), (start + length, 0.08))
    glass.play(_cluster((76, 77), 12, 44), 64)
    glass.swell((64, 0.05), (71, 0.7), (76, 0.05))
    drum.play(hits("x.........o.........", 36, 0.5, 48, 2) * 3, 40)
    drum.play(hits("xo..................", 36, 0.5, 44, 2) * 2, 80)
    wood.play(line("-:4 A3:1 | -:5 | -:2 A3:1 G3:2 | -:5", bar, 46), 30)
    wood.play(line("-:1 G3:1 -:3 | -:5 | -:3 A3:2", bar, 46), 84)
    return Score(
        title="Thirteen Locks",
        slug="thirteen-locks",
        mood="suspense",
        key="E minor",
        bpm=58,
        length=110,
        parts=(*_floor((40, 55), 110), tock, bassoon, vibes, low, haze, glass, drum, wood),
        room=Room(3.4, 0.65, 0.5),
        tone_db=_DARK_DB,
        seed=32,
    )


def fog() -> Score:
    """Chords that should not follow one another, a bell without a church, a low flute."""
    chords = (
        (42, (54, 57, 61)),
        (41, (53, 56, 60)),
        (42, (54, 57, 61)),
        (36, (51, 55, 60)),
        (45, (52, 57, 60)),
        (39, (51, 54, 58)),
        (38, (50, 53, 57, 61)),
        (37, (49, 54, 56, 59)),
        (42, (54, 55, 61)),
        (41, (53, 57, 60)),
    )
    voices = Part("voices", 53, -0.1, 0, "far")
    strings = Part("low strings", 49, 0.1, -3, "far")
    low = Part("contrabass", 43, 0.05, 1, "stage", loose_ms=14)
    flute = Part("low flute", 73, 0.3, -3, "stage", lag_ms=16)
    bell = Part("bell", 14, -0.45, -9, "far")
    harp = Part("harp", 46, 0.4, -2, "far", loose_ms=16)
    drum = Part("far drum", 116, 0.0, -2, "far", loose_ms=18)
    shiver = Part("shiver", 44, -0.35, -9, "far")
    for k, (root, above) in enumerate(chords):
        start = 8.0 * k + (4.0 if k >= 5 else 0.0)  # a bar of almost nothing in the middle
        who, other = (voices, strings) if k % 2 else (strings, voices)
        top = start + (3.0, 5.0, 4.0)[k % 3]  # no two waves break alike
        who.play(_cluster(above, 8.2, 56), start)
        other.play(_cluster(above[:1], 6.5, 48), start + 1)
        low.play(_cluster((root,) if root < 41 else (root - 12, root), 7.8, 58), start)
        for part, peak in ((who, 0.85), (other, 0.6), (low, 0.75)):
            part.swell((start, 0.3), (top, peak - 0.1 * (k % 2)), (start + 7.9, 0.3))
        harp.play(
            Phrase((Note(2.5, 4, above[-1] + 12, 46), Note(3.25, 4, above[0] + 12, 42)), 8),
            start,
        )
    flute.play(line("-:2 C#4:4~ D4:2", velocity=54), 8)
    flute.play(line("C4:5~ B3:1 C4:2", velocity=54), 24)
    flute.play(line("F#4:3~ F4:1 C#4:4", velocity=54), 52)
    flute.play(line("D4:4~ C#4:2 B3:2", velocity=52), 60)
    flute.play(line("C#4:5~ D4:3", velocity=48), 72)
    for start, p in ((0, 54), (20, 53), (40, 54), (41.5, 53), (64, 49), (82, 54)):
        bell.play(Phrase((Note(0, 5, p, 46),), 5), start)
    drum.play(hits("x...............", 35, 0.5, 50, 2) * 5, 4)
    drum.play(hits("x..o............", 35, 0.5, 44, 2) * 5, 46)
    shiver.play(_cluster((66, 67), 9, 46), 28)
    shiver.play(_cluster((65, 68, 71), 10, 46), 58)
    shiver.swell((28, 0.05), (34, 0.8), (37, 0.05), (58, 0.05), (65, 0.9), (68, 0.05))
    return Score(
        title="What the Fog Keeps",
        slug="what-the-fog-keeps",
        mood="suspense",
        key="F# minor",
        bpm=48,
        length=86,
        parts=(*_floor((42, 57), 86), voices, strings, low, flute, bell, harp, drum, shiver),
        room=Room(4.6, 0.75, 0.45),
        tone_db=_DARK_DB,
        seed=33,
    )


PIECES = (ninth_stair, thirteen_locks, fog)
