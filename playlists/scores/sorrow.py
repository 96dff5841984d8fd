"""Sorrow: a grave, a letter, an empty chair. Minor and slow, one voice and little else."""

from __future__ import annotations

from scores.notation import Part, Room, Score, line
from scores.patterns import arpeggio, bass, pad
from scores.theory import progression

_GREY_DB = ((150.0, 0.5), (600.0, 0.0), (1500.0, -2.5), (3500.0, -4.0), (8000.0, -4.0))


def ash_then_snow() -> Score:
    """A cello alone with a piano; an English horn takes the word when it cannot go on."""
    bar = 4
    a = progression("Cm:4 | Ab/C | Fm | Gsus4:2 G | Cm/Eb:4 | Eb/Bb | Ab | G7", bar)
    b = progression("Ab:4 | Bb/Ab | Gm7 | Cm | Fm | Cm/Eb | Dm7b5 | G7sus4:2 G7", bar)
    breath = progression("Cm:4 | Fm/C", bar)
    close = progression("Cm:4 | Ab | Fm | Gsus4", bar)
    theme = line(
        """G3:2~ C4 | Eb4:3~ D4:1 | C4:1.5~ Bb3:.5 Ab3:2 | D4:1~ C4 B3:2 |
        C4:2~ G4 | G4:1~ F4 Eb4:2 | Eb4:1~ D4 C4 Ab3 | B3:3 -:1""",
        bar,
        74,
    )
    answer = line(
        """-:1 C5 Bb4~ Ab4 | D5:2~ Bb4:1 Ab4 | Bb4:2~ F4:1 G4 | Eb4:3 -:1 |
        Ab4:1.5~ G4:.5 F4:1 Ab4 | G4:2~ Eb4 | F4:1~ Eb4 D4 F4 | C4:2~ B3""",
        bar,
        64,
    )
    far_voice = line(
        """-:4 | C5:4 | Ab4:2~ F4 | G4:4 | -:2 G4:2 | Bb4:3~ Ab4:1 | C5:2~ Ab4 | G4:4""",
        bar,
        48,
    )
    last = line("G3:2~ C4 | Eb4:3~ D4:1 | C4:2~ Ab3 | G3:4", bar, 62)
    cello = Part("cello", 42, -0.1, 1, "stage", loose_ms=14, lag_ms=18)
    horn = Part("english horn", 69, 0.25, -5, "stage", loose_ms=14, lag_ms=15)
    piano = Part("piano", 0, 0.1, 1, "stage", loose_ms=12)
    strings = Part("strings", 49, 0.0, -4, "far")
    violin = Part("far violins", 48, -0.35, -5, "far", lag_ms=15)
    low = Part("contrabass", 43, 0.15, -6, "stage")

    piano.play(arpeggio(breath, (0, 1, 2, 1), 1, 4, 48, 68, 62, ring=3.5), 0)
    piano.play(arpeggio(a, (0, 1, 2, 3), 1, 4, 48, 68, 46, ring=3.5).arched(6), 8)
    piano.play(arpeggio(b, (0, -1, 2, 1), 1, 4, 48, 70, 48, ring=3.5).arched(8), 40)
    piano.play(arpeggio(a, (0, 2, 1, 3, 2, 3, 1, 2), 0.5, 4, 48, 70, 44, ring=5).arched(8), 72)
    piano.play(arpeggio(close, (0, 1, 2, -1), 1, 4, 48, 68, 42, ring=3.5), 104)
    cello.play(theme.arched(10), 8)
    horn.play(answer.arched(8), 40)
    cello.play(bass(b, ((0.0, "root", 3.9),), 48, 54), 40)
    cello.play(theme.louder(4).arched(12), 72)
    violin.play(far_voice.arched(8), 72)
    cello.play(last, 104)
    strings.play(pad(b, 4, 51, 70, 48), 40)
    strings.play(pad(a, 4, 51, 70, 52), 72)
    strings.play(pad(close, 3, 51, 67, 44), 104)
    low.play(bass(b, ((0.0, "root", 3.9),), 36, 54), 40)
    low.play(bass(a, ((0.0, "root", 3.9),), 36, 58), 72)
    strings.swell((0, 0.3), (40, 0.3), (60, 0.85), (71, 0.5), (72, 0.5), (90, 1.0), (104, 0.6))
    strings.swell((120, 0.1))
    for start in (8, 24, 72, 88):
        cello.swell((start, 0.72), (start + 7, 1.0), (start + 15, 0.68))
    cello.swell((104, 0.7), (110, 0.85), (120, 0.4))
    horn.swell((40, 0.7), (52, 1.0), (56, 0.75), (64, 1.0), (72, 0.6))
    return Score(
        title="Ash, Then Snow",
        slug="ash-then-snow",
        mood="sorrow",
        key="C minor",
        bpm=56,
        length=120,
        parts=(cello, horn, piano, strings, violin, low),
        room=Room(3.0, 0.55, 0.6),
        tempo=(
            *((0, 0.97), (8, 1), (36, 1), (39, 0.9), (41, 1), (68, 1), (71, 0.88), (73, 1)),
            *((100, 1), (104, 0.94), (116, 0.9), (120, 0.95)),
        ),
        tone_db=_GREY_DB,
        seed=41,
    )


def letter_unread() -> Score:
    """A piano that plays the tune once alone, then for a violin in its low strings."""
    bar = 3
    intro = progression("Em:3 | Em | Am/E | Em", bar)
    a = progression("Em:3 | D/F# | G | C | Am | Em/B | Bsus4 | B7", bar)
    b = progression("C:3 | G/B | Am7 | Em | C | D | G | B7/D#", bar)
    close = progression("Em:3 | Am6 | Em/B | B7sus4", bar)
    theme = line(
        """B4:2~ A4:1 | F#4:3 | G4:1 B4~ D5 | E5:2~ D5:1 | C5:2~ B4:1 | G4:3 |
        F#4:1 E4~ F#4 | D#4:3""",
        bar,
        64,
    )
    middle = line(
        """E5:2~ D5:1 | D5:2~ B4:1 | C5~ B4 A4 | G4:3 | E4:1 G4~ C5 | A4:2~ F#4:1 |
        B4:2~ G4:1 | A4 F#4~ D#4""",
        bar,
        66,
    )
    cello_line = line(
        "G3:3 | A3 | B3:2~ A3:1 | G3:3 | E3:2~ A3:1 | B3:3 | B3:2~ A3:1 | F#3:3", bar, 60
    )
    piano = Part("piano", 0, -0.1, 0, "stage", loose_ms=13)
    violin = Part("violin", 40, 0.2, -5, "stage", loose_ms=14, lag_ms=16)
    cello = Part("cello", 42, -0.25, -4, "stage", loose_ms=14, lag_ms=16)
    strings = Part("strings", 49, 0.0, -9, "far")
    rocking, open_hand = (0, 1, 2, 3, 2, 1), (0, 2, 3)
    piano.play(arpeggio(intro, (0, 1, 2), 1, 3, 43, 62, 58, ring=3), 0)
    piano.play(arpeggio(a, open_hand, 1, 4, 43, 64, 55, ring=3).arched(4), 12)
    piano.play(theme.louder(8).arched(8), 12)
    piano.play(arpeggio(a, rocking, 0.5, 4, 43, 64, 44, ring=4).arched(6), 36)
    violin.play(theme.arched(8), 36)
    piano.play(arpeggio(b, rocking, 0.5, 4, 43, 67, 47, ring=4).arched(10), 60)
    violin.play(middle.arched(10), 60)
    cello.play(bass(b, ((0.0, "root", 2.9),), 45, 56), 60)
    piano.play(arpeggio(a, open_hand, 1, 4, 43, 64, 44, ring=3), 84)
    cello.play(theme.up(-12).louder(4).arched(8), 84)
    violin.play(cello_line.up(12).louder(-6), 84)
    piano.play(arpeggio(close, (0, 1, 2), 1, 3, 43, 64, 54, ring=3), 108)
    violin.play(line("-:3 | F#4:2~ E4:1 | G4:3 | E4:2~ F#4:1", bar, 52), 108)
    cello.play(cello_line, 36)
    strings.play(pad(a, 3, 52, 67, 42), 36)
    strings.play(pad(b, 4, 52, 71, 50), 60)
    strings.play(pad(a, 4, 52, 69, 48), 84)
    strings.swell((0, 0.2), (36, 0.3), (60, 0.6), (76, 1.0), (84, 0.7), (96, 0.8), (108, 0.1))
    violin.swell(
        (36, 0.7), (48, 0.95), (59, 0.7), (60, 0.75), (72, 1.0), (84, 0.6), (120, 0.45)
    )
    cello.swell((36, 0.65), (60, 0.75), (84, 0.8), (94, 1.0), (108, 0.55))
    return Score(
        title="A Letter Unread",
        slug="a-letter-unread",
        mood="sorrow",
        key="E minor",
        bpm=63,
        length=120,
        parts=(piano, violin, cello, strings),
        room=Room(2.4, 0.5, 0.6),
        tempo=(
            *((0, 0.94), (11, 0.9), (14, 1), (32, 1), (35, 0.9), (38, 1), (80, 1), (83, 0.86)),
            *((86, 0.97), (104, 0.97), (108, 0.9), (120, 0.9)),
        ),
        accents=(4, 0, 0),
        tone_db=_GREY_DB,
        seed=42,
    )


def last_watchfire() -> Score:
    """A drone, a viola, a harp: what is played when the others have gone to sleep."""
    bar = 4
    a = progression("Gm:4 | Bb/F | Eb | Dsus4:2 D | Gm:4 | Cm | Gm/D | D", bar)
    b = progression("Eb:4 | Bb/D | Cm | Gm | Eb | F | D7sus4 | D7", bar)
    breath = progression("Gm:4 | Cm/G", bar)
    theme = line(
        """G3:2~ Bb3:1 D4 | D4:3~ C4:1 | Bb3~ C4 Bb3 G3 | A3:4 | Bb3:1 D4 G4:2 |
        Eb4:2~ D4:1 C4 | Bb3:2~ A3:1 G3 | F#3:4""",
        bar,
        70,
    )
    middle = line(
        """Eb4:2 G4:1~ Bb4 | F4:3~ D4:1 | Eb4:1.5~ D4:.5 C4:1 Eb4 | D4:4 | G4:2 Bb4:1~ Eb5 |
        C5:3~ A4:1 | G4:2~ A4:1 C5 | A4:2~ F#4""",
        bar,
        62,
    )
    viola = Part("viola", 41, -0.15, 0, "stage", loose_ms=15, lag_ms=18)
    oboe = Part("oboe", 68, 0.25, -10, "stage", loose_ms=14, lag_ms=14)
    harp = Part("harp", 46, 0.35, 1, "stage", loose_ms=14)
    drone = Part("drone", 49, 0.0, -2, "far")
    strings = Part("strings", 48, 0.0, -4, "far")
    voices = Part("voices", 53, -0.1, 2, "far")
    low = Part("contrabass", 43, 0.1, -3, "stage")
    slow = (0, -1, 2, 3)
    harp.play(arpeggio(breath, slow, 1, 4, 48, 70, 48, ring=3), 0)
    harp.play(arpeggio(a, slow, 1, 4, 48, 70, 50, ring=3), 8)
    harp.play(arpeggio(b, (0, 1, 2, 3, 2, 1, 2, -1), 0.5, 4, 48, 72, 46, ring=5).arched(6), 40)
    harp.play(arpeggio(a, (0, 2, 1, -1, 3, -1, 2, -1), 0.5, 4, 48, 72, 46, ring=5), 72)
    viola.play(theme.arched(8), 8)
    oboe.play(middle.arched(8), 40)
    viola.play(pad(b, 1, 52, 62, 54).held(0.95), 40)
    viola.play(theme.louder(4).arched(10), 72)
    oboe.play(
        line("-:4 | -:4 | -:2 G4:2 | F#4:4 | -:4 | -:2 G4:2 | D5:3~ Bb4:1 | A4:4", bar, 46), 72
    )
    drone.play(line("G2+D3:40", velocity=50), 0)
    strings.play(pad(b, 4, 51, 70, 50), 40)
    strings.play(pad(a, 4, 50, 69, 50), 72)
    voices.play(pad(a, 3, 50, 66, 46), 72)
    low.play(bass(b, ((0.0, "root", 3.9),), 38, 54), 40)
    low.play(bass(a, ((0.0, "root", 3.9),), 38, 56), 72)
    drone.swell((0, 0.35), (16, 0.8), (36, 0.7), (40, 0.1))
    strings.swell((40, 0.3), (58, 0.9), (70, 0.6), (72, 0.5), (90, 1.0), (104, 0.2))
    voices.swell((72, 0.2), (90, 0.9), (104, 0.1))
    viola.swell((8, 0.75), (20, 1.0), (39, 0.6), (40, 0.5), (71, 0.6), (72, 0.75), (88, 1.0))
    viola.swell((104, 0.5))
    oboe.swell((40, 0.75), (60, 1.0), (72, 0.6), (104, 0.5))
    return Score(
        title="The Last Watchfire",
        slug="the-last-watchfire",
        mood="sorrow",
        key="G minor",
        bpm=54,
        length=104,
        parts=(viola, oboe, harp, drone, strings, voices, low),
        room=Room(3.2, 0.55, 0.55),
        tempo=(
            *((0, 0.95), (8, 1), (36, 1), (39, 0.9), (42, 1), (68, 1), (71, 0.88), (74, 1)),
            *((98, 1), (104, 0.88)),
        ),
        accents=(3, 0, 2, 0),
        tone_db=_GREY_DB,
        seed=43,
    )


PIECES = (ash_then_snow, letter_unread, last_watchfire)
