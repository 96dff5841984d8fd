"""Accompaniment: pads, arpeggios, strums, basses and drum grids made from chords."""

from __future__ import annotations

from collections.abc import Sequence

from scores.notation import Note, Phrase
from scores.theory import Span, nearest, voice_led

_STROKES = {"X": 26.0, "x": 8.0, "o": -12.0, ",": -30.0}


def _length(spans: Sequence[Span]) -> float:
    return spans[-1].at + spans[-1].length


def pad(
    spans: Sequence[Span],
    voices: int = 4,
    low: int = 50,
    high: int = 72,
    velocity: float = 70,
    *,
    tie: bool = True,
) -> Phrase:
    """Sustained chords, voice-led; a voice that stays on its pitch is tied, not struck again."""
    led = voice_led([s.chord for s in spans], voices, low, high)
    notes: list[Note] = []
    for index in range(voices):
        held: Note | None = None
        for span, voicing in zip(spans, led, strict=True):
            if held is not None and tie and voicing[index] == held.pitch:
                held = Note(held.at, held.length + span.length, held.pitch, velocity)
                continue
            if held is not None:
                notes.append(held)
            held = Note(span.at, span.length, voicing[index], velocity)
        if held is not None:
            notes.append(held)
    return Phrase(tuple(notes), _length(spans))


def voices_apart(
    spans: Sequence[Span], voices: int = 4, low: int = 50, high: int = 72, velocity: float = 70
) -> list[Phrase]:
    """The pad as one phrase per voice, lowest first, to be given to different players."""
    whole = pad(spans, voices, low, high, velocity)
    led = voice_led([s.chord for s in spans], voices, low, high)
    apart: list[Phrase] = []
    for index in range(voices):
        mine = {
            (n.at, n.pitch)
            for span, voicing in zip(spans, led, strict=True)
            for n in whole.notes
            if n.at <= span.at < n.at + n.length and n.pitch == voicing[index]
        }
        notes = {(n.at, n.pitch): n for n in whole.notes if (n.at, n.pitch) in mine}
        apart.append(Phrase(tuple(notes.values()), whole.length))
    return apart


def arpeggio(
    spans: Sequence[Span],
    order: Sequence[int],
    step: float,
    voices: int = 4,
    low: int = 52,
    high: int = 76,
    velocity: float = 66,
    ring: float = 2.5,
) -> Phrase:
    """Broken chords: one voice of the voicing every `step` pulses in the given order, ringing on.

    A negative entry in `order` is a rest.
    """
    led = voice_led([s.chord for s in spans], voices, low, high)
    notes: list[Note] = []
    for span, voicing in zip(spans, led, strict=True):
        for k in range(round(span.length / step)):
            index = order[k % len(order)]
            if index < 0:
                continue
            held = min(step * ring, span.length - k * step + 0.4 * step)
            loud = velocity + (10, 0, 4, 0)[k % 4]
            notes.append(Note(span.at + k * step, held, voicing[index], loud))
    return Phrase(tuple(notes), _length(spans))


def strum(  # noqa: PLR0913, PLR0917 (there are as many ways to strum)
    spans: Sequence[Span],
    grid: str,
    step: float,
    voices: int = 4,
    low: int = 50,
    high: int = 74,
    velocity: float = 70,
    spread: float = 0.05,
    held: float = 0.9,
) -> Phrase:
    """Chords struck on a grid (`X` loud, `x`, `o` soft, `,` ghost, `.` rest), string after string.

    Down strokes fall on even places, up strokes on odd ones. `spread` is pulses between strings.
    """
    led = voice_led([s.chord for s in spans], voices, low, high)
    notes: list[Note] = []
    for span, voicing in zip(spans, led, strict=True):
        for k in range(round(span.length / step)):
            at = span.at + k * step
            stroke = grid[round(at / step) % len(grid)]
            if stroke == ".":
                continue
            strings = voicing if k % 2 == 0 else voicing[::-1][:3]
            for j, p in enumerate(strings):
                loud = velocity + _STROKES[stroke] - 2 * j
                notes.append(Note(at + spread * j, step * held, p, loud))
    return Phrase(tuple(notes), _length(spans))


def bass(
    spans: Sequence[Span],
    figure: Sequence[tuple[float, str, float]],
    around: int,
    velocity: float,
) -> Phrase:
    """A bass line: each chord plays `figure`, (offset, `root`, `fifth`, `low` or `third`, length).

    `root` is the bass note of the chord near `around`; figures longer than the chord are cut.
    """
    notes: list[Note] = []
    for span in spans:
        root = nearest(span.chord.bass, around)
        pitches = {
            "root": root,
            "low": root - 12,
            "octave": root + 12,
            "fifth": nearest(span.chord.fifth, root + 5 if root < around else root - 5),
            "third": nearest(span.chord.tones[1], root + 4),
        }
        for offset, which, length in figure:
            if offset < span.length - 1e-6:
                loud = velocity + (6 if offset == 0 else 0)
                held = min(length, span.length - offset)
                notes.append(Note(span.at + offset, held * 0.96, pitches[which], loud))
    return Phrase(tuple(notes), _length(spans))


def hits(
    grid: str, drum: int | Sequence[int], step: float, velocity: float = 80, held: float = 0.6
) -> Phrase:
    """A drum part on a grid: `X` accent, `x` stroke, `o` soft, `,` ghost, `.` or space nothing.

    Bar lines and blanks in the grid are for the reader. Several drums are struck in turn, as the
    two hands of a player would.
    """
    drums = (drum,) if isinstance(drum, int) else tuple(drum)
    notes: list[Note] = []
    strokes = [c for c in grid if c not in "| "]
    struck = 0
    for k, stroke in enumerate(strokes):
        if stroke != ".":
            loud = velocity + _STROKES[stroke]
            notes.append(Note(k * step, step * held, drums[struck % len(drums)], loud))
            struck += 1
    return Phrase(tuple(notes), len(strokes) * step)


def roll(
    drum: int, length: float, step: float, first: float, last: float, held: float = 0.9
) -> Phrase:
    """A roll from velocity `first` to `last`, alternate strokes a little weaker."""
    count = max(1, round(length / step))
    notes = tuple(
        Note(
            k * step,
            step * held,
            drum,
            first + (last - first) * (k / count) ** 1.5 - (5 if k % 2 else 0),
        )
        for k in range(count)
    )
    return Phrase(notes, length)
