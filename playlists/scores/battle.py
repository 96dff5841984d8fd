"""Battle: steel, weight, no time to think. Ostinato, brass, drums and bars of uneven length."""

# ruff: noqa: C901, PLR0915 (a score is as long and as branched as its music)

from __future__ import annotations

from dataclasses import dataclass, field

from scores.notation import Note, Part, Phrase, Room, Score, joined, line, rest
from scores.patterns import bass, hits, pad, roll
from scores.theory import Span, progression

_WAR_DB = (
    *((40.0, -10.0), (80.0, -6.0), (160.0, -3.0), (400.0, 0.0), (1000.0, 1.5), (2000.0, 3.5)),
    *((5000.0, 5.0), (9000.0, 5.0), (14000.0, 1.0)),
)
_CRASH, _SNARE, _BASS_DRUM = 49, 38, 36


@dataclass(slots=True)
class _Host:
    """The players every battle has, where they sit and how loud they are."""

    cello: Part = field(default_factory=lambda: Part("celli", 42, 0.35, 6, "near", loose_ms=6))
    viola: Part = field(default_factory=lambda: Part("violas", 41, 0.1, 6, "near", loose_ms=6))
    section: Part = field(
        default_factory=lambda: Part("string section", 48, -0.2, 6, loose_ms=7)
    )
    plucked: Part = field(
        default_factory=lambda: Part("plucked strings", 45, -0.3, 6, "near", loose_ms=5)
    )
    seconds: Part = field(
        default_factory=lambda: Part("second violins", 48, -0.3, 3, loose_ms=7, detune_cents=-4)
    )
    violins: Part = field(
        default_factory=lambda: Part("violins", 48, -0.4, 4, loose_ms=8, detune_cents=4)
    )
    basses: Part = field(default_factory=lambda: Part("basses", 43, 0.4, 3, loose_ms=7))
    horns: Part = field(default_factory=lambda: Part("horns", 60, 0.3, -1))
    trombones: Part = field(default_factory=lambda: Part("trombones", 57, 0.2, -6))
    trumpets: Part = field(default_factory=lambda: Part("trumpets", 56, -0.15, 2))
    tuba: Part = field(default_factory=lambda: Part("tuba", 58, 0.1, 0))
    choir: Part = field(default_factory=lambda: Part("choir", 52, 0.0, -5, "far"))
    taiko: Part = field(
        default_factory=lambda: Part("taiko", 116, -0.1, -5, "near", loose_ms=6)
    )
    timpani: Part = field(default_factory=lambda: Part("timpani", 47, 0.15, 0, loose_ms=6))
    kit: Part = field(
        default_factory=lambda: Part(
            "snare and cymbals", 48, 0.0, 8, "near", loose_ms=6, kit=True
        )
    )

    @property
    def parts(self) -> tuple[Part, ...]:
        """All of them."""
        return (
            *(
                self.cello,
                self.viola,
                self.section,
                self.plucked,
                self.seconds,
                self.violins,
                self.basses,
                self.horns,
            ),
            *(self.trombones, self.trumpets, self.tuba, self.choir),
            *(self.taiko, self.timpani, self.kit),
        )

    def drive(
        self,
        spans: list[Span],
        grid: tuple[int, ...],
        step: float,
        at: float,
        push: float = 0.0,
    ) -> None:
        """Running strings: violas and the section on every step, celli on every other one."""
        run = _driving(spans, grid, step, 84 + push)
        self.viola.play(run, at)
        self.section.play(run.louder(-2), at)
        self.plucked.play(run.louder(4), at)  # the bow hitting the string
        self.seconds.play(run.up(12).louder(-8), at)
        self.cello.play(_driving(spans, grid[::2], 2 * step, 94 + push).up(-12), at)

    def growl(self, spans: list[Span], grid: tuple[int, ...], step: float, at: float) -> None:
        """What the strings do while the drums have the word: low, rough and swelling."""
        low = _driving(spans, grid, step, 92).ramped(-10, 14)
        self.cello.play(low.up(-12), at)
        self.viola.play(low, at)
        self.plucked.play(low.up(-12), at)

    def beat(
        self, bars: int, at: float, skins: str, kettles: str, snare: str, step: float
    ) -> None:
        """A drum pattern of one bar, so many times; an empty grid leaves that drum out."""
        self.taiko.play(hits(skins, (45, 41, 43), step, 88) * bars, at)
        self.timpani.play(hits(kettles, (38, 45), step, 78) * bars, at)
        self.kit.play(hits(snare, _SNARE, step, 66) * bars, at)

    def crash(self, at: float, velocity: float = 90) -> None:
        """One pair of cymbals."""
        self.kit.play(line("C#3:8", velocity=velocity), at)


def _driving(spans: list[Span], grid: tuple[int, ...], step: float, velocity: float) -> Phrase:
    """Repeated notes under a chord: 0 root, 1 third, 2 fifth, 3 root above, 4 upper neighbour."""
    notes: list[Note] = []
    for span in spans:
        root = 50 + (span.chord.root - 2) % 12
        root -= 12 if root > 57 else 0
        third = (span.chord.tones[1] - span.chord.root) % 12
        fifth = (span.chord.fifth - span.chord.root) % 12
        steps = (0, third, fifth, 12, fifth + 1)
        for k in range(round(span.length / step)):
            at = span.at + k * step
            which = grid[round(at / step) % len(grid)]
            if which >= 0:
                loud = velocity + (16 if which == 3 or k == 0 else 0)
                notes.append(Note(at, step * 0.75, root + steps[which], loud))
    return Phrase(tuple(notes), spans[-1].at + spans[-1].length)


def shields_at_the_ford() -> Score:
    """Four against seven: a horn tune over running strings, and a riff that is a quaver short."""
    bar, odd = 8, 7
    a = progression("Dm:8 | C | Dm/F | Bb:4 F/A | Dm:8 | Gm | A | Dm", bar)
    b = progression("Dm:7 | Dm | Eb | Dm | Bb | C | Eb | A", odd)
    c = progression("Bb:8 | F/A | Gm | Dm | Bb | C | A7sus4 | A", bar)
    pedal = progression("Dm:8 | Dm | Dm | Dm", bar)
    turn = progression("Gm:7 | Bb | Eb | A", odd)
    theme = line(
        """D4:3! F4:1 A4:4 | G4:3! F4:1 E4:4 | F4:3! G4:1 A4:2 C5 | Bb4:4! A4 |
        D4:3! F4:1 A4:4 | Bb4:2! A4 G4 F4 | E4:3! F4:1 G4:2 E4 | D4:6 -:2""",
        bar,
        94,
    )
    over = line(
        """-:4 A4:1 D5 E5 F5 | E5:4 C5:2 G4 | A4:4 -:1 C5 D5 F5 | D5:4 C5 | -:2 A4:1 D5 F5:4 |
        D5:2 G5 F5 D5 | C#5:4 E5 | D5:6 -:2""",
        bar,
        84,
    )
    stabs = line(
        """D4+A4:2! -:2 D4+A4:1! -:2 | D4+A4:1! -:1 D4+A4:1! -:1 F4+A4:2! E4+A4:1 |
        Eb4+Bb4:2! -:2 Eb4+G4:3! | D4+A4:2! -:2 C4+G4:1! -:2 | D4+Bb4:2! -:2 F4+Bb4:3! |
        E4+G4:2! -:2 C4+G4:1! -:2 | Eb4+Bb4:2! G4+Bb4 Eb4+Bb4:3! | E4+A4:2! C#4+A4 E4+A4:3!""",
        odd,
        96,
    )
    lament = line(
        """D5:6~ C5:2 | C5:8 | Bb4:6~ A4:2 | A4:8 | D5:6~ F5:2 | E5:6 C5:2 | D5:8~ | C#5""",
        bar,
        80,
    )
    form: list[tuple[str, list[Span]]] = [
        *(("pedal", pedal), ("a", a), ("a", a), ("b", b), ("c", c), ("drums", pedal)),
        *(("a", a), ("b", b), ("a", a), ("turn", turn)),
    ]
    host = _Host()
    push = {"pedal": -18.0, "a": -4.0, "b": 4.0, "c": -12.0, "drums": -6.0, "turn": 8.0}
    run = (0, 0, 3, 0, 2, 0, 3, 0, 4, 2, 3, 0, 2, 0, 1, 0)
    limp = (3, 0, 2, 0, 3, 0, 1, 0, 3, 0, 2, 0, 4, 2)
    at = 0.0
    for i, (name, spans) in enumerate(form):
        length = spans[-1].at + spans[-1].length
        seven = name in ("b", "turn")
        bars = round(length / (odd if seven else bar))
        late = i >= 6
        if name != "drums":
            host.drive(spans, limp if seven else run, 0.5, at, push[name])
            figure = ((0.0, "root", 0.8), (2.0, "root", 0.8), (4.0, "root", 1.6))
            host.basses.play(bass(spans, (*figure, (6.0, "root", 0.8)), 38, 92), at)
            host.tuba.play(bass(spans, ((0.0, "root", 2.6), (4.0, "fifth", 1.8)), 34, 78), at)
        if name == "a":
            host.horns.play(theme.held(0.92), at)
            host.trombones.play(theme.up(-12).held(0.85).louder(-6), at)
            if i > 1:
                host.violins.play(over, at)
                host.trumpets.play(pad(spans, 2, 60, 74, 78, tie=False).held(0.3), at)
            if late:
                host.choir.play(pad(spans, 4, 53, 72, 84), at)
        if name == "b":
            host.horns.play(stabs.held(0.7), at)
            host.trombones.play(stabs.up(-12).held(0.7), at)
            host.trumpets.play(stabs.held(0.6).louder(-8), at)
            host.violins.play(pad(spans, 2, 62, 77, 82, tie=False), at)
        if name == "c":
            host.choir.play(pad(spans, 4, 53, 74, 92), at)
            host.violins.play(lament.arched(8), at)
            host.horns.play(lament.up(-12).louder(6), at)
            host.trombones.play(pad(spans, 3, 46, 62, 78), at)
        if name == "turn":
            host.horns.play(pad(spans, 3, 53, 70, 96, tie=False).held(0.5), at)
            host.trombones.play(pad(spans, 3, 46, 62, 92, tie=False).held(0.5), at)
            host.violins.play(pad(spans, 2, 62, 79, 84).ramped(-10, 12), at)
        if seven:
            host.beat(bars, at, "X.x.x.X.,xX,x.", "X...x...x..x..", "X,,,X,,,X,,x,,", 0.5)
        elif name == "drums":
            host.beat(bars, at, "X.xX.xX.x,x,XxXx", "X.....x.x...x.x.", "x,,,X,,,x,,,X,x,", 0.5)
            host.kit.play(hits("X.......X.....X.", _BASS_DRUM, 0.5, 92) * bars, at)
            host.kit.play(hits("x,x,X,x,x,x,X,xx", _SNARE, 0.5, 84) * bars, at)
            host.growl(spans, run, 0.5, at)
            host.section.play(joined([rest(16), roll(50, 16, 0.5, 50, 96, 0.7)]), at)
        elif name == "c":
            host.beat(bars, at, "X...,,x.....x,x.", "X.......x...x.x.", "x..,x,..x..,X,x,", 0.5)
        else:
            host.beat(bars, at, "X..x.,x.X.x,x.x.", "X.....x.x...x.x.", "x,,,X,,,x,,,X,x,", 0.5)
        host.crash(at)
        host.timpani.play(roll(38, 4, 0.25, 60, 112), at + length - 4)
        at += length
    return Score(
        title="Shields at the Ford",
        slug="shields-at-the-ford",
        mood="battle",
        key="D minor",
        bpm=150,
        pulses_per_beat=2,
        length=at,
        parts=host.parts,
        room=Room(1.7, 0.34, 0.9),
        tone_db=_WAR_DB,
        squeeze=1.3,
        seed=51,
    )


def iron_weather() -> Score:
    """A gallop in twelves that trips into nines; the second of the scale hangs low."""
    bar, odd = 12, 9
    a = progression("Em:12 | D | C | B | Em | Am | F | B7", bar)
    b = progression("Em:9 | F | Em | D | Em | F | C | B", odd)
    c = progression("Am:12 | Em/G | F | C/E | Dm | Am/C | F | B", bar)
    pedal = progression("Em:12 | Em | F/E | Em", bar)
    theme = line(
        """E4:3! G4 B4:6 | A4:3! F#4 D4:6 | G4:3! E4 C5 B4 | B4:9 -:3 | E4:3! G4 B4 E5 |
        E5:3! D5 C5:6 | C5:3! A4 F4 A4 | B4:6! F#4:3 -""",
        bar,
        92,
    )
    answer = line(
        """-:6 E5:1 D5 E5 B4:3 | -:6 D5:1 C5 D5 A4:3 | -:6 C5:1 B4 C5 G4:3 | D#5:6 F#5:3 B4 |
        -:6 G5:1 F#5 G5 E5:3 | -:6 E5:1 D5 E5 C5:3 | F5:6 C5:3 F5 | D#5:6 B4""",
        bar,
        82,
    )
    blows = line(
        """E4+B4:2! -:1 E4+B4:1! -:2 D4+A4:2! -:1 | F4+C5:2! -:1 F4+C5:1! -:2 F4+A4:3! |
        E4+B4:2! -:1 G4+B4:1! -:2 E4+B4:2! -:1 | D4+A4:2! F#4+A4 -:2 D4+A4:3! |
        E4+B4:2! -:1 E4+B4:1! -:2 D4+A4:2! -:1 | F4+C5:2! -:1 F4+C5:1! -:2 A4+C5:3! |
        G4+C5:3! E4+C5 G4+E5 | F#4+B4:3! D#4+B4 F#4+D#5""",
        odd,
        94,
    )
    hymn = line(
        "C5:9~ B4:3 | B4:12 | A4:9~ G4:3 | G4:12 | F4:6~ A4 | C5:9~ E5:3 | F5:12~ | D#5",
        bar,
        82,
    )
    form: list[tuple[str, list[Span]]] = [
        *(("pedal", pedal), ("a", a), ("a", a), ("b", b), ("c", c), ("drums", pedal)),
        *(("a", a), ("b", b), ("a", a)),
    ]
    host = _Host()
    push = {"pedal": -18.0, "a": -4.0, "b": 4.0, "c": -12.0, "drums": -6.0, "turn": 8.0}
    gallop = (0, 0, 0, 3, 0, 0, 2, 0, 0, 3, 2, 1)
    stumble = (3, 0, 0, 2, 0, 0, 4, 2, 0)
    at = 0.0
    for i, (name, spans) in enumerate(form):
        length = spans[-1].at + spans[-1].length
        nine = name == "b"
        bars = round(length / (odd if nine else bar))
        host.drive(spans, stumble if nine else gallop, 1.0, at, push[name])
        if name != "drums":
            figure = tuple((3.0 * k, "root", 2.0) for k in range(4))
            host.basses.play(bass(spans, figure, 40, 92), at)
            host.tuba.play(bass(spans, ((0.0, "root", 4.0), (6.0, "fifth", 2.5)), 36, 76), at)
        if name == "a":
            host.horns.play(theme.held(0.95), at)
            host.trombones.play(theme.up(-12).held(0.9).louder(-6), at)
            if i >= 2:
                host.violins.play(answer, at)
                host.trumpets.play(answer.held(0.6).louder(-6), at)
            if i >= 6:
                host.choir.play(pad(spans, 4, 53, 72, 86), at)
        if nine:
            host.horns.play(blows.held(0.8), at)
            host.trombones.play(blows.up(-12).held(0.7), at)
            host.trumpets.play(blows.held(0.6).louder(-8), at)
            host.violins.play(pad(spans, 2, 62, 79, 82, tie=False), at)
        if name == "c":
            host.choir.play(pad(spans, 4, 53, 74, 92), at)
            host.violins.play(hymn.arched(8), at)
            host.horns.play(hymn.up(-12).louder(4), at)
            host.trombones.play(pad(spans, 3, 46, 62, 76), at)
        if nine:
            host.beat(bars, at, "X.xx,.X,x", "X..x..x.x", "x,,X,,Xxx", 1.0)
        elif name == "drums":
            host.beat(bars, at, "X.xX,xX,xXxx", "X..x..X.xx.x", "x,xX,,x,xX,x", 1.0)
            host.kit.play(hits("X..x..X..x.x", _BASS_DRUM, 1, 82) * bars, at)
        elif name == "pedal":
            host.beat(bars, at, "X..x..X.,x.x", "X.....x.....", ",..,..,..x,x", 1.0)
        else:
            host.beat(bars, at, "X.,x.,X.xx,x", "X.....x..x..", "x,,X,,x,,X,x", 1.0)
        host.crash(at)
        host.timpani.play(roll(40, 6, 0.375, 55, 112), at + length - 6)
        at += length
    return Score(
        title="Iron Weather",
        slug="iron-weather",
        mood="battle",
        key="E minor",
        bpm=144,
        pulses_per_beat=3,
        length=at,
        parts=host.parts,
        room=Room(1.8, 0.34, 0.9),
        lilt=(0.0, 1.0, 2.0),
        accents=(4, 0, 0),
        tone_db=_WAR_DB,
        squeeze=1.3,
        seed=52,
    )


def hold_the_bridge() -> Score:
    """Five to the bar until the line breaks into four; every bar someone steps back, and holds."""
    bar, even = 10, 8
    a = progression("Cm:10 | Ab | Dm7b5 | G | Cm | Fm | Db | G", bar)
    b = progression("Ab:8 | Bb | Cm | Cm | Fm | Gm | Ab | G", even)
    pedal = progression("Cm:10 | Cm | Db/C | Cm", bar)
    turn = progression("Fm:8 | Db | Ab/C | G", even)
    theme = line(
        """C4:3! Eb4 G4:4 | Ab4:3! G4 F4:2 Eb4 | D4:3! F4 Ab4:4 | G4:6! -:4 |
        C4:3! Eb4 C5:4 | C5:3! Bb4 Ab4:4 | F4:3! Ab4 Db5:4 | B4:6! G4:4""",
        bar,
        94,
    )
    descant = line(
        """-:6 G4:1 C5 D5 Eb5 | -:6 Eb5:1 D5 C5 Ab4 | -:6 D5:1 C5 Ab4 F4 | D5:4! -:2 B4:1 D5 F5 D5 |
        -:6 C5:1 D5 Eb5 G5 | F5:6 Eb5:2 C5 | Db5:6 Ab4:2 F5 | D5:6 B4:4""",
        bar,
        82,
    )
    tune = line(
        """Eb5:4! C5:2 Eb5 | F5:4 D5:2 Bb4 | Eb5:6 D5:1 C5 | G4:6 -:2 | Ab4:3! C5:1 F5:4 |
        Bb4:3! D5:1 G5:4 | F5:2! Eb5 C5 Ab4 | B4:4 D5""",
        even,
        86,
    )
    form: list[tuple[str, list[Span]]] = [
        *(("pedal", pedal), ("a", a), ("a", a), ("b", b), ("drums", pedal), ("a", a), ("b", b)),
        *(("a", a), ("turn", turn)),
    ]
    host = _Host()
    push = {"pedal": -18.0, "a": -4.0, "b": 4.0, "c": -12.0, "drums": -6.0, "turn": 8.0}
    five = (3, 0, 0, 0, 2, 0, 3, 0, 0, 0, 4, 2, 3, 0, 2, 0, 3, 0, 1, 0)
    four = (0, 0, 3, 0, 2, 0, 3, 0, 0, 0, 3, 0, 4, 2, 1, 0)
    at = 0.0
    for i, (name, spans) in enumerate(form):
        length = spans[-1].at + spans[-1].length
        evenly = name in ("b", "turn")
        bars = round(length / (even if evenly else bar))
        if name != "drums":
            host.drive(spans, four if evenly else five, 0.5, at, push[name])
            figure = ((0.0, "root", 2.0), (3.0, "root", 2.0), (6.0, "root", 1.2))
            last = () if evenly else ((8.0, "fifth", 1.2),)
            host.basses.play(bass(spans, (*figure, *last), 36, 92), at)
            host.tuba.play(bass(spans, ((0.0, "root", 2.6), (6.0, "fifth", 1.6)), 36, 76), at)
        if name == "a":
            host.horns.play(theme.held(0.92), at)
            host.trombones.play(theme.up(-12).held(0.85).louder(-6), at)
            if i > 1:
                host.violins.play(descant, at)
            if i >= 5:
                host.choir.play(pad(spans, 4, 53, 72, 84), at)
                host.trumpets.play(pad(spans, 2, 60, 75, 80, tie=False).held(0.28), at)
        if name == "b":
            host.violins.play(tune.arched(6), at)
            host.horns.play(tune.up(-12).louder(4), at)
            host.choir.play(pad(spans, 4, 53, 74, 86), at)
            host.trombones.play(pad(spans, 3, 46, 62, 80, tie=False).held(0.6), at)
            if i == 6:
                host.trumpets.play(tune.held(0.9).louder(-6), at)
        if name == "turn":
            host.horns.play(pad(spans, 3, 53, 70, 94, tie=False).held(0.5), at)
            host.trombones.play(pad(spans, 3, 46, 62, 92, tie=False).held(0.5), at)
            host.violins.play(pad(spans, 2, 62, 79, 82).ramped(-8, 14), at)
        if evenly:
            host.beat(bars, at, "X..x..X.x.X.x,x.", "X.......x...x.x.", "x,,,X,,,x,x,X,,x", 0.5)
        else:
            skins = "X.,x,.X.,x.,X.x.X,xx" if name == "drums" else "X.,.x.X.,.x.X.x.x.x,"
            host.beat(bars, at, skins, "X.....x.....X...x.x.", "x,,,,,X,,,,,x,,,X,x,", 0.5)
        if name == "drums":
            host.kit.play(hits("X.....X.....X...X...", _BASS_DRUM, 0.5, 92) * bars, at)
            host.kit.play(hits("x,x,x,X,x,x,X,x,X,xx", _SNARE, 0.5, 84) * bars, at)
            host.growl(spans, five, 0.5, at)
            host.section.play(joined([rest(20), roll(48, 20, 0.5, 46, 98, 0.7)]), at)
        host.crash(at)
        host.timpani.play(roll(43, 4, 0.25, 58, 112), at + length - 4)
        at += length
    return Score(
        title="Hold the Bridge",
        slug="hold-the-bridge",
        mood="battle",
        key="C minor",
        bpm=160,
        pulses_per_beat=2,
        length=at,
        parts=host.parts,
        room=Room(1.6, 0.32, 0.9),
        tone_db=_WAR_DB,
        squeeze=1.3,
        seed=53,
    )


PIECES = (shields_at_the_ford, iron_weather, hold_the_bridge)
