"""Triumph: the gate opens, the dragon is down. Brass, drums and a key that will not darken."""

# ruff: noqa: C901, PLR0915 (a score is as long and as branched as its music)

from __future__ import annotations

from scores.notation import Note, Part, Phrase, Room, Score, joined, line, rest
from scores.patterns import arpeggio, bass, hits, pad, roll, voices_apart
from scores.theory import progression

_BRASS_DB = ((80.0, 0.5), (300.0, 0.0), (1500.0, -1.0), (3000.0, -2.5), (7000.0, -1.0))


def gates_thrown_wide() -> Score:
    """A fanfare, a hymn for the strings between, and the fanfare home with bells."""
    bar = 4
    call = progression("Bb:4 | Eb/Bb | Bb | F", bar)
    a = progression("Bb:4 | Eb:2 F7 | Gm Eb | F:4 | Bb | Eb:2 Bb/D | Cm7 F7 | Bb:4", bar)
    b = progression("Eb:4 | Bb/D | Cm7 | Gm | Eb | Bb/D | C7 | F7sus4:2 F7", bar)
    breath = progression("Bb:4 | Gm7 | Ebadd9 | F7sus4", bar)
    theme = line(
        """Bb4:1.5! C5:.5 D5:1 F5 | G5:1.5! F5:.5 Eb5:1 C5 | D5 Bb4 G4 Bb4 | C5:3 F4:1 |
        Bb4:1.5! C5:.5 D5:1 F5 | G5! Eb5 F5 D5 | Eb5 D5:.5 C5 A4:1 C5 | Bb4:4""",
        bar,
        88,
    )
    fanfare = line(
        """F4:.75! F4:.25 Bb4:2 F4:.5 Bb4 | D5:.75! C5:.25 Bb4:2 -:1 |
        F4:.75! F4:.25 Bb4:1 D5:1.5 C5:.5 | C5:3 -:1""",
        bar,
        88,
    )
    reply = line(
        """-:4 | -:2 Bb3:.75 Bb3:.25 Eb4:1 | D4:2 -:2 | A3:.75 A3:.25 C4:1 F4:2""", bar, 84
    )
    hymn = line(
        """G4:2~ Bb4:1.5~ Eb5:.5 | D5:3 Bb4:1 | C5:1.5~ D5:.5 Eb5:1~ C5 | D5:3 -:1 |
        Eb5:2~ D5:1~ C5 | D5:1.5~ F5:.5 Bb4:2 | C5:1~ E4 G4 Bb4 | C5:2~ A4""",
        bar,
        76,
    )
    counter = line(
        """D4:2 F4 | G4 A4 | Bb4:1 A4 G4 F4 | A4:2 F4:1 Eb4 | D4:2 F4 | G4:1 Bb4 F4:2 |
        G4 F4 | F4:1 G4 F4:2""",
        bar,
        72,
    )
    starts = {"call": 0, "a": 16, "a2": 48, "b": 80, "breath": 112, "call2": 128, "a3": 144}
    length = 176.0
    trumpet = Part("trumpets", 56, -0.2, -5, "stage")
    trumpet2 = Part("second trumpets", 56, 0.15, -8, "stage", lag_ms=6, detune_cents=-5)
    horn = Part("horns", 60, 0.35, -3, "far", lag_ms=5)
    trombone = Part("trombones", 57, 0.25, -7, "stage")
    tuba = Part("tuba", 58, 0.1, -4, "stage")
    strings = Part("strings", 48, -0.25, -2, "stage")
    runs = Part("violins", 48, -0.45, 0, "stage", detune_cents=4)
    choir = Part("choir", 52, 0.0, -5, "far")
    bells = Part("tubular bells", 14, 0.5, -9, "far")
    timpani = Part("timpani", 47, 0.1, 3, "stage")
    field = Part("field drum and cymbals", 48, 0.05, 5, "far", kit=True)
    harp = Part("harp", 46, -0.5, -2, "stage")

    for name in ("call", "call2"):
        at = starts[name]
        trumpet.play(fanfare, at)
        trumpet2.play(fanfare.up(-5 if name == "call2" else 0).louder(-8), at)
        horn.play(reply, at)
        trombone.play(pad(call, 3, 46, 62, 70), at)
        tuba.play(bass(call, ((0.0, "root", 3.6),), 34, 74), at)
        timpani.play(hits("X.......x.x.x.x.", (46, 41), 0.25, 66) * 3, at)
        timpani.play(roll(41, 4, 0.125, 40, 92), at + 12)
        field.play(hits("X..,x.x.X..,x.x,", 38, 0.25, 46) * 4, at)
    for name in ("a", "a2", "a3"):
        at = starts[name]
        full = name != "a"
        inner = voices_apart(a, 3, 50, 67, 68)
        trumpet.play(theme.arched(6).held(0.95), at)
        trombone.play(inner[0] | inner[1], at)
        horn.play(counter if full else inner[2], at)
        tuba.play(bass(a, ((0.0, "root", 1.8), (2.0, "root", 1.8)), 34, 72), at)
        strings.play(pad(a, 4, 58, 77, 62), at)
        if full:
            trumpet2.play(pad(a, 1, 65, 74, 76), at)
            order = (0, 1, 2, 3, 2, 1, 2, 3)
            runs.play(arpeggio(a, order, 0.5, 4, 62, 82, 62, ring=0.8), at)
            choir.play(pad(a, 4, 55, 74, 66), at)
        beat = "X...x...x.x.x..." if full else "X.......x.....o."
        timpani.play(joined(hits(beat, (46, 41), 0.25, 62) for _ in range(8)), at)
        grid = "X..,x.x,X.x,x,xx" if full else "x..,o...x..,o.o."
        field.play(hits(grid, 38, 0.25, 44) * 8, at)
        field.play(hits("X", 49, 1, 66, 4) + rest(15) + hits("x", 49, 1, 62, 4), at)
    at = starts["b"]
    runs.play(hymn.arched(8), at)
    strings.play(pad(b, 4, 55, 72, 60), at)
    horn.play(hymn.up(-12).louder(-8), at)
    harp.play(arpeggio(b, (0, 1, 2, 3, 2, 1, 2, 3), 0.5, 4, 50, 74, 56), at)
    tuba.play(bass(b, ((0.0, "root", 3.8),), 34, 54), at)
    choir.play(pad(b, 4, 55, 74, 52).ramped(-10, 14), at)
    timpani.play(roll(41, 8, 0.125, 18, 64), at + 24)
    at = starts["breath"]
    strings.play(pad(breath, 4, 55, 74, 52), at)
    harp.play(arpeggio(breath, (0, 1, 2, 3, 2, 3, 2, 1), 0.5, 4, 53, 77, 56), at)
    horn.play(line("F4:3 D4:1 | D4:2~ F4 | G4:3 Bb4:1 | C5:2 Bb4:1 A4", bar, 62), at)
    timpani.play(roll(41, 4, 0.125, 20, 84), at + 12)
    bells.play(line("Bb4:4 | F4 | Bb4 | C5", bar, 66), starts["call2"])
    bells.play(line("Bb4:8 G4 Bb4 F4:4 Bb4", velocity=66), starts["a3"])
    strings.swell(
        (0, 0.9), (80, 0.9), (82, 0.7), (110, 1.0), (112, 0.6), (127, 0.9), (176, 1.0)
    )
    return Score(
        title="The Gates Thrown Wide",
        slug="the-gates-thrown-wide",
        mood="triumph",
        key="Bb major",
        bpm=108,
        length=length,
        parts=(
            *(trumpet, trumpet2, horn, trombone, tuba, strings, runs, choir, bells, timpani),
            *(field, harp),
        ),
        room=Room(2.4, 0.5, 0.8),
        tempo=((0, 1), (108, 1), (112, 0.94), (126, 0.92), (128, 1)),
        accents=(5, 0, 2, 0),
        tone_db=_BRASS_DB,
        squeeze=1.15,
        seed=61,
    )


def home_with_the_crown() -> Score:
    """A march in sixes: the road home is full of people."""
    bar = 6
    call = progression("D:6 | G/D | D | A", bar)
    a = progression("D:6 | A/C# | D | G | D/F# | G | G:3 A7 | D:6", bar)
    b = progression("G:6 | D/F# | G | D | G/B | D | E7 | A", bar)
    breath = progression("D:6 | D/F# | Gadd9 | A7sus4", bar)
    fanfare = line(
        """D4:1! F#4 A4 D5:2 A4:1 | B4:1! D5 B4 G4:3 | D4:1! F#4 A4 D5:2 F#5:1 |
        E5:3! C#5:1 B4 A4""",
        bar,
        86,
    )
    theme = line(
        """F#4:2! G4:1 A4:3 | C#5:2! B4:1 A4:2 E4:1 | D5:2! C#5:1 B4:2 F#4:1 | G4:3 B4:2 A4:1 |
        A4:2! B4:1 D5:3 | D5:2! C#5:1 B4:2 G4:1 | B4:2! A4:1 C#5:2 E5:1 | D5:6""",
        bar,
        86,
    )
    verse = line(
        """B4:2! C#5:1 D5:3 | C#5:2 B4:1 A4:3 | B4:2! A4:1 G4:2 B4:1 | A4:3 F#4 |
        G4:2! A4:1 B4:3 | D5:2! C#5:1 B4:2 F#4:1 | G#4:2 B4:1 E5:2 D5:1 | C#5:3 A4:2 G4:1""",
        bar,
        78,
    )
    counter = line(
        """D4:3 F#4 | E4 A4 | F#4 D4 | D4:2 E4:1 G4:3 | F#4:3 A4 | B4 G4 | G4 A4:2 G4:1 | F#4:6""",
        bar,
        74,
    )
    starts = {"call": 0, "a": 24, "a2": 72, "b": 120, "b2": 168, "breath": 216, "call2": 240}
    starts |= {"a3": 264, "a4": 312}
    trumpet = Part("trumpets", 56, -0.2, -5)
    trumpet2 = Part("second trumpets", 56, 0.15, -7, lag_ms=6, detune_cents=-5)
    horn = Part("horns", 60, 0.35, -3, "far")
    trombone = Part("trombones", 57, 0.25, -7)
    tuba = Part("tuba", 58, 0.1, -3)
    strings = Part("strings", 48, -0.25, 0)
    violins = Part("violins", 48, -0.45, 1, detune_cents=4)
    winds = Part("flutes", 73, -0.1, -2)
    choir = Part("choir", 52, 0.0, -6, "far")
    bells = Part("tubular bells", 14, 0.5, -4, "far")
    timpani = Part("timpani", 47, 0.1, 3)
    field_drum = Part("field drum and cymbals", 48, 0.05, 5, "far", kit=True)
    harp = Part("harp", 46, -0.5, 2)
    for name in ("call", "call2"):
        at = starts[name]
        trumpet.play(fanfare.held(0.9), at)
        horn.play(pad(call, 3, 54, 71, 74, tie=False).held(0.8), at)
        trombone.play(pad(call, 3, 45, 62, 70, tie=False).held(0.8), at)
        tuba.play(bass(call, ((0.0, "root", 4.0),), 38, 72), at)
        timpani.play(hits("X..x.x", (50, 45), 1, 66) * 3, at)
        timpani.play(roll(45, 6, 0.25, 40, 94), at + 18)
        field_drum.play(hits("X.,x,,", 38, 1, 46) * 4, at)
    for name in ("a", "a2", "a3", "a4"):
        at = starts[name]
        full = name != "a"
        trumpet.play(theme.arched(6).held(0.93), at) if name != "a3" else None
        if name in ("a", "a3"):
            horn.play(theme.louder(2).held(0.96), at)
        else:
            horn.play(counter, at)
        trombone.play(pad(a, 3, 45, 62, 70, tie=False).held(0.85), at)
        tuba.play(bass(a, ((0.0, "root", 2.2), (3.0, "fifth", 2.0)), 38, 72), at)
        strings.play(pad(a, 4, 57, 76, 64), at)
        if full:
            running = arpeggio(a, (0, 1, 2, 3, 2, 1), 1, 4, 62, 81, 64, ring=0.8)
            violins.play(running, at)
            choir.play(pad(a, 4, 54, 74, 66), at)
        if name == "a3":
            winds.play(counter.up(12).louder(-4), at)
        if name == "a4":
            trumpet2.play(counter.held(0.93), at)
            bells.play(line("D5:12 B4 D5 A4:6 D5", velocity=64), at)
        timpani.play(hits("X..x.." if not full else "X..x.xX..xxx", (50, 45), 1, 64) * 4, at)
        if not full:
            timpani.play(hits("X..x..", (50, 45), 1, 64) * 4, at + 24)
        field_drum.play(hits("x.,x,," if not full else "X,,x,xX,,xxx", 38, 1, 48) * 4, at)
        if not full:
            field_drum.play(hits("x.,x,,", 38, 1, 48) * 4, at + 24)
        field_drum.play(line("C#3:24 C#3", velocity=84), at)
    for name in ("b", "b2"):
        at = starts[name]
        second = name == "b2"
        violins.play(verse.arched(8), at)
        winds.play(verse.louder(-4) if second else rest(48), at)
        strings.play(pad(b, 4, 52, 71, 62), at)
        order = (0, 1, 2, 3, 2, 1)
        harp.play(arpeggio(b, order, 1, 4, 54, 76, 60), at)
        tuba.play(bass(b, ((0.0, "root", 2.4), (3.0, "root", 2.0)), 38, 60), at)
        if second:
            horn.play(voices_apart(b, 3, 52, 68, 70)[1], at)
            trombone.play(pad(b, 3, 45, 62, 60), at)
            trumpet.play(verse.louder(2).held(0.9), at)
            choir.play(pad(b, 4, 54, 74, 58), at)
        timpani.play(hits("x.....", (47, 42), 1, 46) * (7 if second else 8), at)
        field_drum.play(hits(",..,,," if not second else "x,,x,,", 38, 1, 48) * 8, at)
        if second:
            timpani.play(roll(45, 6, 0.25, 30, 88), at + 42)
    at = starts["breath"]
    strings.play(pad(breath, 4, 54, 74, 54), at)
    harp.play(arpeggio(breath, (0, 1, 2, 3, 2, 1), 1, 4, 54, 78, 58), at)
    horn.play(line("A4:4 F#4:2 | F#4:4~ A4:2 | B4:4 D5:2 | E5:4~ D5:2", bar, 62), at)
    timpani.play(roll(45, 6, 0.25, 20, 80), at + 18)
    strings.swell((0, 0.9), (120, 0.8), (160, 1.0), (216, 0.6), (240, 0.95), (360, 1.0))
    return Score(
        title="Home With the Crown",
        slug="home-with-the-crown",
        mood="triumph",
        key="D major",
        bpm=76,
        pulses_per_beat=3,
        length=360,
        parts=(
            *(trumpet, trumpet2, horn, trombone, tuba, strings, violins, winds, choir, bells),
            *(timpani, field_drum, harp),
        ),
        room=Room(2.2, 0.48, 0.8),
        tempo=((0, 1), (210, 1), (216, 0.95), (236, 0.94), (240, 1)),
        accents=(6, 0, 0, 4, 0, 0),
        tone_db=_BRASS_DB,
        squeeze=1.15,
        seed=62,
    )


def bells_over_the_valley() -> Score:
    """A horn calls across a valley, every bell answers; the raised fourth looks to the sky."""
    bar = 4
    a = progression("C:4 | D/C | F/C | C | Am | D/F# | Gsus4 | G", bar)
    home = progression("C:4 | D/C | F/C | C | Am | Dm7 | Gsus4:2 G | C:4", bar)
    b = progression("F:4 | G/F | Em7 | Am | Dm7 | G | C/E:2 F | G:4", bar)
    breath = progression("Cadd9:4 | Fadd9/C | Cadd9 | Gsus4", bar)
    theme = line(
        """G4:2! C5:1.5 D5:.5 | E5:1.5! F#5:.5 D5:2 | C5:1 A4 F4 A4 | G4:3 E4:1 |
        A4:2! C5:1.5 E5:.5 | D5:1 A4 F#4 A4 | C5:2! D5 | B4:1 D5 G4:2""",
        bar,
        86,
    )
    ending = line(
        """G4:2! C5:1.5 D5:.5 | E5:1.5! F#5:.5 D5:2 | C5:1 A4 F4 A4 | G4:3 E4:1 |
        A4:2! C5:1.5 E5:.5 | F5:1! E5 D5 A4 | C5:2 D5:1 B4 | C5:4""",
        bar,
        88,
    )
    song = line(
        """A4:1.5! G4:.5 A4:1 C5 | B4:2 D5 | G4:1.5! A4:.5 B4:1 D5 | C5:3 E4:1 |
        F4:1! A4 D5 C5 | B4:2 D5 | E5:1! C5 F5 A4 | B4:2 G4""",
        bar,
        76,
    )
    counter = line(
        "E4:2 G4 | F#4 A4 | A4 F4 | E4:4 | C4:2 E4 | A4 D4 | G4 G4 | G4:1 B4 D4:2", bar, 72
    )
    starts = {"breath": 0, "a": 16, "a2": 48, "b": 80, "a3": 112, "b2": 144, "home": 176}
    trumpet = Part("trumpets", 56, -0.2, -6)
    horn = Part("horns", 60, 0.3, -1, "far")
    trombone = Part("trombones", 57, 0.25, -7)
    tuba = Part("tuba", 58, 0.1, -3)
    strings = Part("strings", 48, -0.2, 0)
    violins = Part("violins", 48, -0.45, 3, detune_cents=4)
    choir = Part("choir", 52, 0.0, -5, "far")
    bells = Part("tubular bells", 14, 0.5, -2, "far")
    small = Part("small bells", 9, -0.5, -4, "far")
    timpani = Part("timpani", 47, 0.1, 3)
    drums = Part("field drum and cymbals", 48, 0.05, 5, "far", kit=True)
    harp = Part("harp", 46, -0.5, 3)
    at = starts["breath"]
    horn.play(line("G4:2! C5:2~ | A4:4 | G4:2! E5:2~ | D5:4", bar, 68), at)
    strings.play(pad(breath, 4, 55, 74, 54), at)
    harp.play(arpeggio(breath, (0, 1, 2, 3, 2, 3, 2, 1), 0.5, 4, 55, 79, 58), at)
    bells.play(line("C5:4 | - | G4:4 | -", bar, 60), at)
    timpani.play(roll(43, 4, 0.125, 20, 86), at + 12)
    for name in ("a", "a2", "a3", "home"):
        at = starts[name]
        spans, tune = (home, ending) if name == "home" else (a, theme)
        full = name in ("a3", "home")
        inner = voices_apart(spans, 3, 48, 66, 68)
        if name == "a":
            horn.play(tune.louder(2).arched(6), at)
        else:
            trumpet.play(tune.arched(6).held(0.95), at)
            horn.play(counter if name != "home" else inner[2], at)
        trombone.play(inner[0] | inner[1], at)
        tuba.play(bass(spans, ((0.0, "root", 1.8), (2.0, "root", 1.7)), 36, 70), at)
        strings.play(pad(spans, 4, 57, 76, 62), at)
        running = arpeggio(spans, (0, 1, 2, 3, 2, 1, 2, 3), 0.5, 4, 60, 81, 62, ring=0.85)
        violins.play(running if not full else _doubled(running), at)
        if full:
            choir.play(pad(spans, 4, 55, 74, 68), at)
            small.play(arpeggio(spans, (3, -1, 2, -1, 1, -1, 2, -1), 0.5, 4, 72, 91, 54), at)
        bells.play(line("C5:8 | G4:8 | C5:8 | G4:8", 8, 62 if full else 54), at)
        beat = "X...x...x.x.x.x." if full else "X.......x...x..."
        timpani.play(hits(beat, (48, 43), 0.25, 62) * 7, at)
        timpani.play(roll(43, 4, 0.125, 40, 92), at + 28)
        drums.play(
            hits("X.,x,.x,X.,x,xxx" if full else "x..,x.,.x..,x.x,", 38, 0.25, 46) * 8, at
        )
        drums.play(line("C#3:16 C#3", velocity=84), at)
    for name in ("b", "b2"):
        at = starts[name]
        second = name == "b2"
        violins.play(song.arched(8), at)
        horn.play(song.up(-12).arched(6), at)
        strings.play(pad(b, 4, 53, 72, 60), at)
        harp.play(arpeggio(b, (0, 1, 2, 3, 2, 3, 2, 1), 0.5, 4, 53, 77, 60), at)
        tuba.play(bass(b, ((0.0, "root", 3.6),), 36, 60), at)
        drums.play(hits("x..,x..," if not second else "x.,,x,x,", 38, 0.5, 44) * 8, at)
        timpani.play(hits("x...o...", (41, 43), 0.5, 48) * 7, at)
        timpani.play(roll(43, 4, 0.125, 26, 88), at + 28)
        if second:
            choir.play(pad(b, 4, 55, 74, 60), at)
            trumpet.play(voices_apart(b, 3, 55, 74, 74)[2].held(0.95), at)
            trombone.play(pad(b, 3, 48, 64, 64), at)
    strings.swell((0, 0.65), (16, 0.85), (80, 0.8), (110, 1.0), (208, 1.0))
    return Score(
        title="Bells Over the Valley",
        slug="bells-over-the-valley",
        mood="triumph",
        key="C major",
        bpm=116,
        length=208,
        parts=(
            *(trumpet, horn, trombone, tuba, strings, violins, choir, bells, small, timpani),
            *(drums, harp),
        ),
        room=Room(2.6, 0.5, 0.8),
        tempo=((0, 0.97), (14, 0.95), (16, 1), (204, 1), (208, 0.97)),
        accents=(5, 0, 2, 0),
        tone_db=_BRASS_DB,
        squeeze=1.15,
        seed=63,
    )


def _doubled(phrase: Phrase) -> Phrase:
    """Every note struck twice in its time, as violins do when a tune is not enough."""
    notes = [
        Note(n.at + k * n.length / 2, n.length * 0.45, n.pitch, n.velocity - 4 * k)
        for n in phrase.notes
        for k in (0, 1)
    ]
    return Phrase(tuple(notes), phrase.length)


PIECES = (gates_thrown_wide, home_with_the_crown, bells_over_the_valley)
