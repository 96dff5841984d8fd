"""Merry: the tavern on a good night. Dance metres, fiddle, flute, accordion and a hand drum."""

# ruff: noqa: C901, PLR0912, PLR0915 (a score is as long and as branched as its music)

from __future__ import annotations

from scores.notation import Part, Room, Score, line
from scores.patterns import arpeggio, bass, hits, pad, strum
from scores.theory import progression

_JIG_LILT = (0.0, 1.14, 2.06)  # the first quaver of three is held, the second hurries
_TAVERN_DB = ((120.0, 1.0), (300.0, 0.0), (2500.0, -1.0), (5000.0, -0.5), (12000.0, -3.0))


def copper_kettle() -> Score:
    """Two jigs, the second for the flute, then the first again with the whole house."""
    bar = 6
    a = line(
        """A4:1 (E5)D5! D5 F#5 E5 D5 | B4 D5 B4 A4! F#4 A4 | A4 (E5)D5! D5 F#5 G5 A5 |
        F#5! D5 F#5 E5:2 C#5:1 | A4 (E5)D5! D5 F#5 E5 D5 | B4! C#5 D5 B4 A4 G4 |
        F#4! A4 D5 G5! F#5 E5 | D5:2 C#5:1 D5:3""",
        bar,
        82,
    )
    b = line(
        """F#5:2! G5:1 F#5! E5 D5 | E5:2 F#5:1 E5! D5 B4 | D5:2! E5:1 D5 B4 G4 |
        A4! B4 C#5 (F#5)E5:3 | F#5:2! G5:1 F#5! E5 D5 | B4 D5 G5! F#5 E5 D5 |
        A4! D5 F#5 E5! D5 C#5 | D5:2 A4:1 D5:3""",
        bar,
        82,
    )
    c = line(
        """G4:1! B4 D5 G5:2! F#5:1 | E5 C5 E5 D5! B4 G4 | G4! B4 D5 G5:2! A5:1 |
        F#5! E5 D5 A4:3 | G5:1! F#5 G5 D5! B4 G4 | C5! E5 C5 B4 D5 B4 | C5! B4 A4 F#4! A4 C5 |
        B4 G4 F#4 G4:3""",
        bar,
        80,
    )
    d = line(
        """E5:1! G5 E5 D5! B4 G4 | E5! G5 E5 (E5)D5:3 | C5:1! E5 C5 B4! D5 B4 |
        A4 B4 C5 (E5)D5:3 | E5:1! G5 E5 D5! B4 G4 | C5! E5 G5 E5! C5 A4 |
        B4! D5 B4 A4 B4 F#4 | G4:2 B4:1 G4:3""",
        bar,
        80,
    )
    chords_a = progression("D:6 | G:3 D | D:6 | A | D | G | D:3 A7 | D:6", bar)
    chords_b = progression("Bm:6 | Em7 | G | A | Bm | G | D:3 A7 | D:6", bar)
    chords_c = progression("G:6 | C:3 G | G:6 | D | G:6 | C:3 G | Am7 D7 | G:6", bar)
    chords_d = progression("Em:6 | Em:3 Bm7 | C:3 G | D7:6 | Em:6 | C | G:3 D7 | G:6", bar)
    turn = progression("D:6 | D | G:3 D | A7:6", bar)
    under_a = line(
        """F#4:3 A4 | G4 F#4 | F#4 A4 | A4 G4 | F#4 A4 | G4 B4 | A4 A4:1 B4 C#5 | D5:3 A4""",
        bar,
        62,
    )
    under_b = line(
        """D5:3 B4 | G4:3 B4 | B4 D4 | E4 A4:1 G4 E4 | D4:3 F#4 | G4 B4 | F#4 G4 | F#4:6""",
        bar,
        62,
    )
    # the form, in order, with where each strain starts
    strains = [a, a, b, b, c, c, d, d, None, a, a, b, b]
    chords = [
        *(chords_a, chords_a, chords_b, chords_b, chords_c, chords_c, chords_d, chords_d),
        *(turn, chords_a, chords_a, chords_b, chords_b),
    ]
    starts = [0.0]
    for spans in chords:
        starts.append(starts[-1] + spans[-1].at + spans[-1].length)

    fiddle = Part("fiddle", 110, -0.25, 2, "stage", loose_ms=8)
    violin = Part("violin", 40, -0.3, -4, "stage", loose_ms=11, lag_ms=6, detune_cents=5)
    flute = Part("flute", 73, 0.3, -2, "stage", loose_ms=9)
    accordion = Part("accordion", 21, 0.35, 1, "stage", loose_ms=10)
    guitar = Part("guitar", 25, -0.4, -8, "near", loose_ms=8)
    upright = Part("upright bass", 32, 0.05, -3, "near", loose_ms=7)
    bodhran = Part("bodhran", 117, 0.1, -7, "near", loose_ms=6)
    table = Part("tambourine and claps", 0, 0.2, -3, "stage", loose_ms=9, kit=True)

    for i, (strain, spans) in enumerate(zip(strains, chords, strict=True)):
        at = starts[i]
        last_round = i >= 9
        if strain is not None:
            if i in (0, 1, 2, 3, 9, 10, 11, 12):
                fiddle.play(strain.held(0.9), at)
            if i in (3, 11, 12):
                violin.play(strain.held(0.92).louder(-6), at)
            if i in (4, 5, 6, 7):
                flute.play(strain.held(0.97), at)
            if i in (5, 7):
                fiddle.play(pad(spans, 1, 62, 71, 66).held(0.9), at)
            if last_round:
                flute.play((under_a if i in (9, 10) else under_b).up(0), at)
            if i in (1, 10):
                accordion.play(under_a, at)
            if i in (2, 3, 12):
                accordion.play(under_b, at)
            if i in (6, 7, 11, 12):
                accordion.play(strum(spans, "o.xo.x", 1, 3, 57, 72, 60, 0.0, 0.6), at)
        guitar.play(strum(spans, "X.ox.o" if i else "X..x..", 1, 4, 50, 71, 66, 0.045), at)
        if i >= 1 and i != 8:
            figure = (
                ((0.0, "root", 1.6), (3.0, "fifth", 1.6)) if i % 2 else ((0.0, "root", 2.4),)
            )
            upright.play(bass(spans, figure, 40, 76), at)
        skin = hits("X.,x,o" if i % 4 != 3 else "X,ox,x", (43, 43, 46, 43), 1, 74)
        bodhran.play(skin * round((starts[i + 1] - at) / bar), at)
        if last_round or i in (3, 7):
            table.play(hits("..x..x", 54, 1, 52) * 8, at)
        if i in (8, 11, 12):
            bars = round((starts[i + 1] - at) / bar)
            table.play(hits("...x..", 39, 1, 62) * bars, at)
    fiddle.play(line("-:6 | -:6 | -:3 D5:1 C#5 B4 | A4! B4 C#5 E5 D5 C#5", bar, 74), starts[8])
    phrase = [(s + 24.0 * k, v) for s in starts[:-1] for k, v in ((0, 0.86), (1, 1.0))]
    fiddle.swell(*phrase)
    flute.swell(*phrase)
    accordion.swell(*phrase)
    return Score(
        title="The Copper Kettle",
        slug="the-copper-kettle",
        mood="merry",
        key="D major",
        bpm=116,
        pulses_per_beat=3,
        length=starts[-1],
        parts=(fiddle, violin, flute, accordion, guitar, upright, bodhran, table),
        room=Room(0.9, 0.4, 0.7),
        lilt=_JIG_LILT,
        accents=(7, 0, 0, 4, 0, 0),
        tone_db=_TAVERN_DB,
        squeeze=1.15,
        seed=21,
    )


def seven_mugs() -> Score:
    """A reel that will not sit down: fiddle and whistle in turn, feet on the boards."""
    bar = 8
    a = line(
        """G4:2! B4:1 G4 D5! G4 B4 G4 | E5! C5 G4 C5 E5! D5 C5 B4 | A4:2! F#4:1 A4 D5! A4 F#4 A4 |
        G4! B4 A4 G4 F#4! G4 A4 F#4 | G4:2! B4:1 G4 D5! G4 B4 D5 | E5! G5 E5 C5 G4! C5 E5 C5 |
        D5! C5 B4 A4 F#4! G4 A4 C5 | B4! G4 A4 F#4 G4:4""",
        bar,
        80,
    )
    b = line(
        """E5:2! B4:1 E5 G5! E5 B4 E5 | D5:2! A4:1 D5 F#5! D5 A4 D5 | C5! E5 G5 E5 C5! D5 E5 C5 |
        B4! D5 G5 D5 A4! D5 F#5 D5 | E5:2! B4:1 E5 G5! F#5 E5 D5 | B4! D5 G5 D5 B4! A4 G4 B4 |
        C5! B4 A4 C5 F#4! A4 D5 C5 | B4! G4 A4 F#4 G4:4""",
        bar,
        80,
    )
    c = line(
        """F#5:2! D5:1 F#5 A5! F#5 D5 F#5 | G5! F#5 E5 D5 B4! D5 E5 G5 |
        F#5:2! D5:1 F#5 A5! F#5 D5 F#5 | E5! C#5 A4 C#5 E5! F#5 G5 E5 |
        F#5:2! D5:1 F#5 A5! G5 F#5 E5 | D5! B4 G4 B4 D5! E5 D5 B4 |
        A4! D5 F#5 D5 E5! C#5 A4 C#5 | D5! F#5 E5 C#5 D5:4""",
        bar,
        78,
    )
    chords_a = progression("G:8 | C | D | G:4 D | G:8 | C | D7 | G", bar)
    chords_b = progression("Em:8 | D | C | G:4 D | Em:8 | G | Am7:4 D7 | G:8", bar)
    chords_c = progression("D:8 | G | D | A | D | G | D:4 A7 | D:8", bar)
    turn = progression("G:8 | C/G | G | D7", bar)
    under = line(
        """B4:4 D5:4 | C5:4 E5 | D5 A4 | B4 A4 | B4 D5 | C5 E5 | D5:2 C5 A4 F#4 | G4:4 B4""",
        bar,
        60,
    )
    strains = [a, a, b, b, c, c, None, a, a, b, b]
    chords = [chords_a, chords_a, chords_b, chords_b, chords_c, chords_c, turn]
    chords += [chords_a, chords_a, chords_b, chords_b]
    starts = [0.0]
    for spans in chords:
        starts.append(starts[-1] + spans[-1].at + spans[-1].length)
    fiddle = Part("fiddle", 110, 0.25, 2, "stage", loose_ms=8)
    violin = Part("violin", 40, 0.35, -5, "stage", loose_ms=11, lag_ms=7, detune_cents=-5)
    whistle = Part("wooden flute", 73, -0.3, -1, "stage", loose_ms=8)
    accordion = Part("accordion", 21, -0.35, 0, "stage", loose_ms=10)
    guitar = Part("guitar", 25, 0.4, -7, "near", loose_ms=8)
    banjo = Part("lute", 24, -0.45, -5, "near", loose_ms=8)
    upright = Part("upright bass", 32, -0.05, -2, "near", loose_ms=7)
    bodhran = Part("bodhran", 117, -0.1, -7, "near", loose_ms=6)
    feet = Part("feet and claps", 0, 0.1, -4, "stage", loose_ms=9, kit=True)
    for i, (strain, spans) in enumerate(zip(strains, chords, strict=True)):
        at = starts[i]
        bars = round((starts[i + 1] - at) / bar)
        if strain is not None:
            if i in (0, 1, 3, 7, 8, 9, 10):
                fiddle.play(strain.held(0.88), at)
            if i in (2, 3, 4, 5):
                whistle.play(strain.held(0.95), at)
            if i in (5, 9, 10):
                violin.play(strain.held(0.9).louder(-6), at)
            if i in (1, 8):
                accordion.play(under, at)
            if i in (7, 8):
                whistle.play(under.louder(6), at)
            if i in (4, 5, 9, 10):
                accordion.play(strum(spans, "..x...x.", 1, 3, 57, 72, 58, spread=0.0), at)
            if i >= 4:
                banjo.play(arpeggio(spans, (0, 2, 3, 1), 1, 4, 55, 74, 62, ring=1.2), at)
        if i:
            guitar.play(strum(spans, "X.o,x.o,", 1, 4, 50, 71, 64, spread=0.06), at)
            figure = ((0.0, "root", 1.8), (4.0, "fifth", 1.8))
            upright.play(bass(spans, figure, 40, 76), at)
        skin = "X.o,x,o," if i % 2 == 0 else "X,ox.,xo"
        bodhran.play(hits(skin, (43, 46, 43), 1, 72 if i else 60) * bars, at)
        if i in (3, 5, 9, 10):
            feet.play(hits("..x...x.", 39, 1, 56) * bars, at)
        if i >= 4:
            feet.play(hits("x.,ox.,o", 54, 1, 50) * bars, at)
    fiddle.play(
        line("-:8 | -:8 | -:4 D5:2 B4:2 | A4:1! B4 C5 D5 E5! D5 C5 A4", bar, 72), starts[6]
    )
    for part in (fiddle, whistle, accordion):
        part.swell(*((s + 32.0 * k, v) for s in starts[:-1] for k, v in ((0, 0.86), (1, 1.0))))
    return Score(
        title="Seven Mugs on the Table",
        slug="seven-mugs-on-the-table",
        mood="merry",
        key="G major",
        bpm=92,
        pulses_per_beat=4,
        length=starts[-1],
        parts=(fiddle, violin, whistle, accordion, guitar, banjo, upright, bodhran, feet),
        room=Room(0.9, 0.4, 0.7),
        lilt=(0.0, 1.08),
        accents=(7, 0, 1, 0, 5, 0, 1, 0),
        tone_db=_TAVERN_DB,
        squeeze=1.15,
        seed=22,
    )


def millers_wager() -> Score:
    """A polka for clarinet, accordion and a tuba that has had two already."""
    bar = 4
    a = line(
        """G4:1! C5 E5 C5 | D5! B4 G4:2 | G4:1! B4 D5 B4 | E5! C5 G4:2 | A4:1! C5 F5:2 |
        G4:1! C5 E5:2 | D5:1! E5 F5 D5 | G5:2! G4 | G4:1! C5 E5 C5 | D5! B4 G4:2 |
        G4:1! B4 D5 B4 | E5! C5 G4:2 | A4:1! C5 F5 E5 | D5! B4 G4 B4 | C5! E5 D5 B4 | C5:2! -""",
        bar,
        78,
    )
    b = line(
        """B4:1.5! C5:.5 D5:1 B4 | G4 B4 D5:2 | C5:1.5! D5:.5 E5:1 C5 | G4 C5 E5:2 |
        F#5:1.5! E5:.5 D5:1 C5 | A4 C5 F#4:2 | G4:1! B4 D5 G5 | F5:2! D5 | E5:1! G5 E5 C5 |
        G4! C5 E5:2 | F5:1! E5 D5 C5 | A4! C5 F5:2 | E5:1! G5 E5 C5 | D5! B4 G4 B4 |
        C5! G4 E4 G4 | C5:2! -""",
        bar,
        78,
    )
    trio = line(
        """A4:2~ C5:1 A4 | F4:2 A4 | Bb4:1 D5 F5 D5 | C5:3 -:1 | E4 G4 Bb4 G4 | E5:2~ D5 |
        C5:1 A4 F4 A4 | C5:4 | A4:2~ C5:1 A4 | F4 A4 C5 Eb5 | D5:2~ Bb4 | F4:1 Bb4 D5 F5 |
        C5:2~ A4 | G4:1 A4 Bb4 G4 | F4:2 A4 | B4 G4""",
        bar,
        70,
    )
    chords_a = progression(
        "C:4|G|G|C|F|C|G7|G7|C|G|G|C|F|G7|C:2 G7|C:4".replace("|", " | "), bar
    )
    chords_b = progression("G:4|G|C|C|D7|D7|G|G7|C|C|F|F|C|G7|C|C".replace("|", " | "), bar)
    chords_t = progression("F:4|F|Bb|F|C7|C7|F|F|F|F7|Bb|Bb|F|C7|F|G7".replace("|", " | "), bar)
    vamp = progression("C:4 | G7 | C | G7", bar)
    descant = line(
        """E5:2 G5 | F5 D5 | D5 F5 | G5 E5 | C5 A4 | E5 C5 | F5:1 G5 F5 D5 | B4:2 D5 |
        E5 G5 | F5 D5 | D5 F5 | G5 E5 | C5:1 A4 C5 A4 | B4! D5 B4 D5 | E5:2 F5 | E5 -""",
        bar,
        62,
    )
    strains = [None, a, b, trio, a, b, a]
    chords = [vamp, chords_a, chords_b, chords_t, chords_a, chords_b, chords_a]
    starts = [0.0]
    for spans in chords:
        starts.append(starts[-1] + spans[-1].at + spans[-1].length)
    clarinet = Part("clarinet", 71, -0.2, -6, "stage", loose_ms=9)
    accordion = Part("accordion", 21, 0.3, 0, "stage", loose_ms=9)
    fiddle = Part("fiddle", 110, -0.35, -1, "stage", loose_ms=9)
    lute = Part("lute", 25, 0.45, -6, "near", loose_ms=9)
    tuba = Part("tuba", 58, 0.05, -3, "near", loose_ms=9)
    drum = Part("hand drum", 117, -0.1, -8, "near", loose_ms=6)
    jingle = Part("tambourine", 0, 0.2, -4, "stage", loose_ms=8, kit=True)
    for i, (strain, spans) in enumerate(zip(strains, chords, strict=True)):
        at = starts[i]
        bars = round((starts[i + 1] - at) / bar)
        soft = -10.0 if i == 3 else 0.0
        tuba.play(bass(spans, ((0.0, "root", 0.9), (2.0, "fifth", 0.8)), 41, 74 + soft), at)
        lute.play(strum(spans, ".x.x", 1, 4, 55, 74, 64 + soft, spread=0.04, held=0.6), at)
        drum.play(hits("X,x,", (43, 46), 1, 66 + soft) * bars, at)
        if i >= 4:
            jingle.play(hits(".x.x" if i < 6 else "oxox", 54, 1, 50) * bars, at)
        if strain is None:
            continue
        if i in (1, 2, 4, 6):
            clarinet.play(strain.held(0.85), at)
        if i in (3, 5, 6):
            accordion.play(strain.held(0.92), at)
        if i in (2, 4):
            accordion.play(strum(spans, ".o.o", 1, 3, 57, 72, 62, spread=0.0, held=0.5), at)
        if i == 5:
            fiddle.play(strain.held(0.88), at)
        if i in (4, 6):
            fiddle.play(descant.held(0.9), at)
        if i == 3:
            clarinet.play(pad(spans, 1, 57, 68, 58).held(0.9), at)
    accordion.swell(*((s + 32.0 * k, v) for s in starts[:-1] for k, v in ((0, 0.84), (1, 1.0))))
    return Score(
        title="The Miller's Wager",
        slug="the-millers-wager",
        mood="merry",
        key="C major",
        bpm=122,
        pulses_per_beat=2,
        length=starts[-1],
        parts=(clarinet, accordion, fiddle, lute, tuba, drum, jingle),
        room=Room(1.0, 0.4, 0.75),
        lilt=(0.0, 1.05),
        accents=(7, 0, 3, 0),
        tone_db=_TAVERN_DB,
        squeeze=1.15,
        seed=23,
    )


PIECES = (copper_kettle, seven_mugs, millers_wager)
