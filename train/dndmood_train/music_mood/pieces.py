"""The pieces of EMOPIA: their notes, their quadrant, and who learns.

Hung et al., "EMOPIA: A Multi-Modal Pop Piano Dataset For Emotion Recognition and Emotion-based
Music Generation", ISMIR 2021, arXiv 2108.01374.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import mido

from dndmood.errors import UserError

_NAME = re.compile(r"Q([1-4])_(.{11})_(\d+)\.mid$")
_MIDDLE_S = 25.0

Side = Literal["learn", "judge"]


@dataclass(frozen=True, slots=True)
class Note:
    """One key of the piano."""

    start_s: float
    """From the beginning of the excerpt."""
    length_s: float
    pitch: int
    """MIDI note number."""
    velocity: int
    """1 to 127."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One excerpt of a song."""

    name: str
    song: str
    """The recording it was cut from; no song is on both sides."""
    high_arousal: bool
    high_valence: bool
    notes: tuple[Note, ...]

    @property
    def side(self) -> Side:
        """A fifth of the songs, by the hash of their name, judge and never teach."""
        return "judge" if zlib.crc32(self.song.encode()) % 5 == 0 else "learn"


def read(archive: Path) -> Iterator[Piece]:
    """Every piece of EMOPIA's zip of MIDI files, in the order of their names.

    Raises `UserError` when the archive is missing or is none.
    """
    try:
        with zipfile.ZipFile(archive) as files:
            for name in sorted(files.namelist()):
                if match := _NAME.search(name):
                    notes = _middle(_notes(files.read(name)))
                    quadrant = int(match[1])
                    yield Piece(
                        name=Path(name).stem,
                        song=match[2],
                        high_arousal=quadrant in {1, 2},
                        high_valence=quadrant in {1, 4},
                        notes=notes,
                    )
    except (OSError, zipfile.BadZipFile) as error:
        raise UserError(f"{archive} is no readable archive of EMOPIA: {error}.") from error


def _notes(data: bytes) -> list[Note]:
    """The notes as they sound, held by the pedal as long as it is down."""
    now, pedal = 0.0, False
    keys: dict[int, tuple[float, int]] = {}
    held: list[tuple[float, int, int]] = []
    notes: list[Note] = []

    def end(start: float, pitch: int, velocity: int) -> None:
        notes.append(Note(start, max(0.03, now - start), pitch, velocity))

    for message in mido.MidiFile(file=io.BytesIO(data)):
        now += message.time
        if message.type in {"note_on", "note_off"} and message.note in keys:
            start, velocity = keys.pop(message.note)
            if pedal:
                held.append((start, message.note, velocity))
            else:
                end(start, message.note, velocity)
        if message.type == "note_on" and message.velocity:
            keys[message.note] = (now, message.velocity)
        if message.type == "control_change" and message.control == 64:  # noqa: PLR2004 - the sustain pedal
            pedal = message.value >= 64  # noqa: PLR2004 - MIDI's border of a switch
            if not pedal:
                for note in held:
                    end(*note)
                held.clear()
    for start, pitch, velocity in [*held, *((s, p, v) for p, (s, v) in keys.items())]:
        end(start, pitch, velocity)
    return sorted(notes, key=lambda note: (note.start_s, note.pitch))


def _middle(notes: list[Note]) -> tuple[Note, ...]:
    """The middle 25 s, from the start of a note."""
    first = notes[0].start_s
    last = max(note.start_s for note in notes)
    begin = max(first, (first + last - _MIDDLE_S) / 2)
    begin = min(note.start_s for note in notes if note.start_s >= begin - 1e-6)
    return tuple(
        Note(note.start_s - begin, note.length_s, note.pitch, note.velocity)
        for note in notes
        if begin <= note.start_s < begin + _MIDDLE_S - 0.5
    )
