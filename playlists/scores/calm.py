"""Calm: the open road, the fire, the long rest. Major, slow, soft, with room to talk over."""

from __future__ import annotations

from scores.notation import Part, Room, Score, line
from scores.patterns import arpeggio, bass, pad
from scores.theory import progression

# a wide, shallow valley where consonants live: players talk over this music for hours
_TALK_OVER_DB = ((150.0, 0.0), (700.0, 0.0), (1500.0, -2.5), (3500.0, -3.0), (6000.0, -1.0))


def barley_road() -> Score:
    """A walk between fields: harp and guitar, a low flute, a cello that answers."""
    bar = 4
    intro = progression("G:4 | C/G", bar)
    a = progression("G:4 | D/F# | Em7 | C | G/B | Am7 | C:2 D | G:4", bar)
    b = progression("Em:4 | Bm7 | C | G/B | Am7 | Em/G | C | Dsus4:2 D", bar)
    breath = progression("Cadd9:4 | Dsus4", bar)
    close = progression("G/B:4 | Am7 | C:2 D | G:4", bar)
    theme = line(
        """-:1 D4 G4 B4 | A4:3 F#4:1 | G4:1.5 A4:.5 B4:1~ D5 | C5:2 G4 |
        B4:1.5 C5:.5 D5:1~ B4 | C5:1~ A4:3 | G4:1 E4 F#4~ A4 | G4:4""",
        bar,
        66,
    )
    middle = line(
        """E5:2 D5:1~ B4 | D5:2~ B4:1 A4 | G4:1.5~ A4:.5 B4:1~ C5 | B4:3 -:1 |
        C5:1.5~ B4:.5 A4:1 E4 | G4:2~ B4 | C5:1~ B4 A4~ G4 | A4:4""",
        bar,
        66,
    )
    closing = line("B4:1.5 C5:.5 D5:1~ B4 | C5:1~ A4:3 | G4:1 E4 F#4~ A4 | G4:4", bar, 60)
    answer = line(
        """-:4 | -:2 A3:1 B3 | B3:3 A3:1 | G3:2~ E3 | -:2 D3:1 F#3 | E3:2~ A3 |
        G3:2 F#3:1~ A3 | B3:4""",
        bar,
        62,
    )
    hum = line(
        """D5:4 | -:2 A4:2 | -:4 | E4:2 G4:1 E4 | D4:4 | -:2 E4:1 G4 | E4:2 D4 | D4:4""",
        bar,
        50,
    )
    starts = {"intro": 0, "a": 8, "a2": 40, "b": 72, "breath": 104, "close": 112}

    harp = Part("harp", 46, -0.35, 0, "stage")
    guitar = Part("guitar", 24, 0.3, 0, "near", loose_ms=11)
    flute = Part("flute", 73, 0.12, -4, "stage", lag_ms=12)
    cello = Part("cello", 42, 0.25, -3, "stage", lag_ms=10)
    strings = Part("strings", 49, 0.0, -3, "far")
    low = Part("bass", 32, -0.05, 1, "stage")

    rolling, picked = (0, 1, 2, 3, 2, 3, 2, 1), (0, 2, 1, 3, 2, -1, 1, 2)
    for name, spans in (("intro", intro), ("a", a), ("breath", breath), ("close", close)):
        harp.play(arpeggio(spans, rolling, 0.5, 4, 50, 74, 50).arched(8), starts[name])
    for name, spans in (("a2", a), ("b", b)):
        guitar.play(arpeggio(spans, picked, 0.5, 4, 50, 71, 56).arched(8), starts[name])
        harp.play(arpeggio(spans, (3, -1, -1, 2), 1.0, 4, 60, 81, 42, ring=3), starts[name])
    guitar.play(arpeggio(close, picked, 0.5, 4, 50, 71, 52), starts["close"])
    flute.play(theme.arched(8), starts["a"])
    cello.play(theme.up(-12).arched(10), starts["a2"])
    flute.play(hum.arched(6), starts["a2"])
    flute.play(middle.arched(10), starts["b"])
    cello.play(answer, starts["a"])
    cello.play(pad(b, 1, 47, 60, 58).held(0.95), starts["b"])
    flute.play(closing, starts["close"])
    cello.play(line("D4:4 | E4:2 C4 | E4:2 D4:1 C4 | B3:4", bar, 54), starts["close"])
    for name, spans, loud in (("a", a, 46), ("a2", a, 50), ("b", b, 54), ("close", close, 46)):
        strings.play(pad(spans, 4, 52, 71, loud), starts[name])
        figure = (
            ((0.0, "root", 2.8), (3.0, "fifth", 0.9)) if name != "b" else ((0.0, "root", 3.8),)
        )
        low.play(bass(spans, figure, 40, 58), starts[name])
    strings.play(pad(breath, 4, 55, 74, 50), starts["breath"])
    strings.swell(
        (0, 0.5), (8, 0.55), (38, 0.75), (72, 0.75), (90, 0.95), (104, 0.8), (128, 0.5)
    )
    cello.swell((0, 0.8), (40, 0.8), (56, 1.0), (72, 0.75), (104, 0.85), (128, 0.7))
    return Score(
        title="Barley Road",
        slug="barley-road",
        mood="calm",
        key="G major",
        bpm=66,
        length=128,
        parts=(harp, guitar, flute, cello, strings, low),
        room=Room(2.2, 0.5, 0.7),
        tempo=((0, 1), (100, 1), (104, 0.92), (110, 0.92), (112, 1), (124, 1), (128, 0.93)),
        accents=(4, 0, 2, 0),
        tone_db=_TALK_OVER_DB,
        seed=11,
    )


def lanterns() -> Score:
    """A slow waltz by a lake: clarinet, then flute over the strings, with harp and celesta."""
    bar = 3
    intro = progression("F:3 | C/F | F | C/F", bar)
    a = progression(
        "F:3 | C/E | Dm | Am | Bb | F/A | Gm7 | C7 | F | C/E | Dm | Am/C | Bb | C7 | F | F", bar
    )
    b = progression(
        """Dm:3 | Dm/C | Bb | F/A | Gm | Gm/F | C/E | C | Am7 | Dm7 | Gm7 | C7 | F | Bb |
        C7sus4 | C7""",
        bar,
    )
    theme = line(
        """A4:2~ G4:1 | G4:2~ E4:1 | F4 G4~ A4 | C5:2~ A4:1 | D5:2~ C5:1 | A4:2~ F4:1 |
        G4 A4~ Bb4 | G4:3 | A4:2~ G4:1 | G4 E4~ C4 | D4 E4~ F4 | E4:2~ C4:1 | D4 F4~ Bb4 |
        A4~ G4 E4 | F4:3 | -""",
        bar,
        64,
    )
    middle = line(
        """F4:1 A4~ D5 | C5:2~ A4:1 | Bb4:2~ A4:1 | F4:3 | G4:1 Bb4~ D5 | D5:2~ Bb4:1 |
        C5:2~ G4:1 | E4:3 | C5:2~ A4:1 | D5:2~ C5:1 | Bb4~ A4 G4 | E4:3 | A4:2~ C5:1 |
        D5~ Bb4 F4 | G4:3 | G4:2~ E4:1""",
        bar,
        62,
    )
    tenor = line(
        """F3:3 | G3 | A3 | E3:2~ F3:1 | F3:3 | C4:2~ A3:1 | Bb3:3 | Bb3:2 A3:1 | A3:3 |
        G3 | F3 | E3 | F3:2~ D3:1 | E3:3 | F3 | A3:2~ C4:1""",
        bar,
        56,
    )
    clarinet = Part("clarinet", 71, 0.15, -7, "stage", loose_ms=11, lag_ms=10)
    flute = Part("flute", 73, -0.15, -4, "stage", loose_ms=11, lag_ms=10)
    viola = Part("violas", 41, 0.3, -6, "stage", lag_ms=12)
    strings = Part("strings", 49, 0.0, -4, "far")
    harp = Part("harp", 46, -0.4, -1, "stage", loose_ms=12)
    celesta = Part("celesta", 8, 0.45, -5, "far", loose_ms=13)
    low = Part("cello pizzicato", 45, 0.2, -1, "stage")

    waltz, rocking = (0, 2, 3), (0, 1, 2, 3, 2, 1)
    harp.play(arpeggio(intro, rocking, 0.5, 4, 50, 72, 48), 0)
    harp.play(arpeggio(a, waltz, 1.0, 4, 50, 72, 52).arched(6), 12)
    harp.play(arpeggio(b, rocking, 0.5, 4, 50, 74, 48).arched(8), 60)
    harp.play(arpeggio(intro, waltz, 1.0, 4, 52, 76, 46), 108)
    harp.play(arpeggio(a, (0, 1, 2, 3, 2, 3), 0.5, 4, 50, 74, 46).arched(6), 120)
    clarinet.play(theme.arched(8), 12)
    flute.play(middle.arched(8), 60)
    clarinet.play(line("A4:3 | G4 | F4:2~ E4:1 | C4:3", bar, 60), 108)
    flute.play(theme.louder(-2).arched(8), 120)
    clarinet.play(tenor.up(0).louder(2), 120)
    viola.play(tenor, 60 - 48)
    viola.play(pad(b, 1, 52, 64, 52).held(0.96), 60)
    strings.play(pad(a, 4, 53, 72, 42), 12)
    strings.play(pad(b, 4, 53, 72, 50), 60)
    strings.play(pad(a, 4, 53, 72, 48), 120)
    strings.swell((0, 0.5), (12, 0.5), (60, 0.7), (90, 1.0), (108, 0.4), (120, 0.6), (168, 0.5))
    celesta.play(arpeggio(a, (3, -1, -1, -1, -1, 2), 1.0, 4, 65, 84, 44, ring=4), 120)
    celesta.play(line("C5:3 | G4 | A4 | E4", bar, 44), 0)
    for start, spans in ((12, a), (60, b), (120, a)):
        low.play(bass(spans, ((0.0, "root", 1.4),), 41, 56), start)
    return Score(
        title="Lanterns on Still Water",
        slug="lanterns-on-still-water",
        mood="calm",
        key="F major",
        bpm=88,
        length=168,
        parts=(clarinet, flute, viola, strings, harp, celesta, low),
        room=Room(2.6, 0.5, 0.65),
        tempo=(
            *((0, 0.96), (12, 1), (56, 1), (60, 0.95), (63, 1), (104, 1), (108, 0.92)),
            *((119, 0.92), (122, 1), (160, 1), (168, 0.94)),
        ),
        accents=(5, 0, 0),
        tone_db=_TALK_OVER_DB,
        seed=12,
    )


def long_rest() -> Score:
    """Boots off, fire low: a guitar that thinks aloud and an English horn that agrees."""
    bar = 4
    a = progression("Dadd9:4 | Bm7 | Gadd9 | A7sus4 | D/F# | G | Em7 | A", bar)
    b = progression("Bm:4 | F#m7/A | G | D/F# | Em7 | F#m7 | G | A7sus4:2 A", bar)
    breath = progression("Gadd9:4 | D/F# | Em7 | A7sus4", bar)
    theme = line(
        """F#4:2~ E4 | D4:3 A3:1 | B3:2~ D4 | E4:4 | F#4:1.5 G4:.5 A4:2 | B4:2~ A4:1 G4 |
        F#4~ G4 E4 D4 | E4:4""",
        bar,
        62,
    )
    middle = line(
        """D5:3~ C#5:1 | A4:4 | B4:1.5~ A4:.5 G4:1 D4 | F#4:3 -:1 | G4:2~ B4 |
        A4:1 F#4~ E4 C#4 | D4:2~ G4 | E4:4""",
        bar,
        60,
    )
    tenor = line(
        "-:4 | -:2 F#3:2 | G3:3 B3:1 | A3:4 | -:4 | D4:3~ B3:1 | B3:2~ G3 | C#4:4", bar, 54
    )
    guitar = Part("guitar", 24, -0.15, 0, "near", loose_ms=13)
    second = Part("second guitar", 24, 0.4, -2, "stage", loose_ms=14, detune_cents=3)
    reed = Part("english horn", 69, 0.2, -8, "stage", lag_ms=14)
    cello = Part("cello", 42, 0.1, -6, "stage", lag_ms=14)
    hum = Part("humming", 53, 0.0, -4, "far")
    strings = Part("strings", 49, -0.1, -6, "far")
    picked = (0, 2, 1, 3, 2, 1, 3, 2)
    sparse = (0, -1, 2, 3, -1, 2, 1, -1)
    guitar.play(arpeggio(a, picked, 0.5, 4, 45, 67, 58, ring=4).arched(6), 0)
    guitar.play(theme.louder(-2), 0)
    guitar.play(arpeggio(a, sparse, 0.5, 4, 45, 67, 54, ring=4).arched(6), 32)
    reed.play(theme.arched(8), 32)
    second.play(arpeggio(b, (3, -1, 2, -1, 1, -1, 2, -1), 0.5, 4, 57, 76, 48, ring=4), 64)
    guitar.play(arpeggio(b, picked, 0.5, 4, 45, 67, 56, ring=4).arched(8), 64)
    cello.play(middle.up(-12).louder(-6).arched(6), 64)
    reed.play(
        line("-:4 | -:2 C#5:1 A4 | G4:4 | -:4 | -:2 D5:1 B4 | A4:4 | -:4 | -:4", bar, 50), 64
    )
    guitar.play(arpeggio(breath, (0, -1, 1, -1, 2, -1, 3, -1), 0.5, 4, 45, 69, 50, ring=5), 96)
    cello.play(tenor, 32)
    hum.play(pad(b, 3, 50, 66, 50), 64)
    hum.play(pad(breath, 3, 50, 66, 50), 96)
    strings.play(pad(a, 4, 50, 69, 44), 32)
    strings.play(pad(b, 4, 50, 69, 46), 64)
    strings.swell((0, 0.4), (32, 0.4), (56, 0.8), (64, 0.65), (84, 0.85), (96, 0.2), (112, 0.2))
    hum.swell((64, 0.4), (80, 1.0), (96, 0.7), (104, 0.8), (112, 0.1))
    return Score(
        title="The Long Rest",
        slug="the-long-rest",
        mood="calm",
        key="D major",
        bpm=62,
        length=112,
        parts=(guitar, second, reed, cello, hum, strings),
        room=Room(1.8, 0.5, 0.6),
        tempo=((0, 1), (92, 1), (96, 0.93), (108, 0.9), (112, 0.97)),
        accents=(4, 0, 2, 0),
        tone_db=_TALK_OVER_DB,
        seed=13,
    )


PIECES = (barley_road, lanterns, long_rest)
