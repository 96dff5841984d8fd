"""Pieces made sound by FluidSynth, kept as 16-bit samples, one file for each piece."""

import io
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import mido
import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood_train.files import draft_of, make_folder
from dndmood_train.music_mood.orchestras import Family, Voice
from dndmood_train.music_mood.pieces import Piece

Samples: TypeAlias = NDArray[np.int16]

RATE_HZ = 22_050
LENGTH_S = 25.0
"""Two of the stretches that the program describes at once."""
_SLOT_S = 27.0
_PIECES_AT_ONCE = 24
_TICKS_PER_S = 960  # of a MIDI file without a tempo: 480 to the quarter, 120 a minute


def rendered(
    pieces: Sequence[Piece],
    family: str,
    voices: Family,
    *,
    sound_fonts: Sequence[Path],
    into: Path,
) -> Iterator[Path]:
    """The files of 25 s, mono, 22.05 kHz, of all pieces; those already there are not made again.

    Font, room and instruments are drawn for each piece from its name and the family's, so that
    it sounds the same whatever is played beside it. Raises `UserError` without FluidSynth.
    """
    if shutil.which("fluidsynth") is None:
        raise UserError("FluidSynth is not installed: `sudo apt-get install fluidsynth`.")
    folder = into / family
    make_folder(folder)
    missing = [piece for piece in pieces if not (folder / f"{piece.name}.npy").exists()]
    kinds = [(font, room) for room in (False, True) for font in sound_fonts]
    for number, (font, room) in enumerate(kinds):
        mine = [p for p in missing if _seed(family, p) % len(kinds) == number]
        for first in range(0, len(mine), _PIECES_AT_ONCE):
            group = mine[first : first + _PIECES_AT_ONCE]
            drawn = [voices(np.random.default_rng(_seed(family, piece))) for piece in group]
            sounds = _played(group, drawn, font, room=room)
            for piece, sound in zip(group, sounds, strict=True):
                with draft_of(folder / f"{piece.name}.npy") as draft, draft.open("wb") as file:
                    np.save(file, sound)
                yield folder / f"{piece.name}.npy"


def _seed(family: str, piece: Piece) -> int:
    return zlib.crc32(f"{family}/{piece.name}".encode())


def _played(
    group: Iterable[Piece], drawn: Sequence[tuple[Voice, ...]], font: Path, *, room: bool
) -> list[Samples]:
    with tempfile.TemporaryDirectory() as folder:
        score, sound = Path(folder) / "score.mid", Path(folder) / "sound.raw"
        score.write_bytes(_score(group, drawn))
        command = [
            *("fluidsynth", "-q", "-n", "-i", "-R", str(int(room)), "-C", "0", "-g", "0.4"),
            *("-r", str(RATE_HZ), "-O", "s16", "-T", "raw", "-F", str(sound)),
            *("-o", "synth.dynamic-sample-loading=1", str(font), str(score)),
        ]
        # every word of the command is ours or a path we made
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        both = np.fromfile(sound, dtype="<i2").reshape(-1, 2).astype(np.int32)
    mono = (both.sum(axis=1) // 2).astype(np.int16)
    mono = np.pad(mono, (0, max(0, round(len(drawn) * _SLOT_S * RATE_HZ) - len(mono))))
    starts = (round(number * _SLOT_S * RATE_HZ) for number in range(len(drawn)))
    return [mono[start : start + round(LENGTH_S * RATE_HZ)] for start in starts]


def _score(group: Iterable[Piece], drawn: Sequence[tuple[Voice, ...]]) -> bytes:
    """The pieces one after the other, each in its slot."""
    events: list[tuple[float, int, Any]] = []
    for slot, (piece, voices) in enumerate(zip(group, drawn, strict=True)):
        begin = slot * _SLOT_S
        for channel, voice in enumerate(voices):
            set_up = (
                mido.Message("control_change", channel=channel, control=120, value=0),
                mido.Message("program_change", channel=channel, program=voice.program),
                mido.Message("control_change", channel=channel, control=7, value=voice.level),
            )
            events += [(max(0.0, begin - 0.2), order, m) for order, m in enumerate(set_up)]
            for note in piece.notes:
                if voice.low <= note.pitch <= voice.high and note.start_s < LENGTH_S - 0.5:
                    pitch = min(127, note.pitch + 12 * voice.octaves)
                    start = begin + note.start_s
                    end = min(start + note.length_s, begin + LENGTH_S)
                    events += [
                        (start, 5, _note("note_on", channel, pitch, note.velocity)),
                        (end, 4, _note("note_off", channel, pitch, 0)),
                    ]
    return _written(sorted(events, key=lambda event: event[:2]), len(drawn) * _SLOT_S)


def _note(kind: str, channel: int, pitch: int, velocity: int) -> Any:
    return mido.Message(kind, channel=channel, note=pitch, velocity=velocity)


def _written(events: Sequence[tuple[float, int, Any]], length_s: float) -> bytes:
    file = mido.MidiFile(type=0, ticks_per_beat=480)
    track = mido.MidiTrack()
    now = 0
    for at_s, _, message in events:
        tick = round(at_s * _TICKS_PER_S)
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(
        mido.MetaMessage("end_of_track", time=max(0, round(length_s * _TICKS_PER_S) - now))
    )
    file.tracks.append(track)
    target = io.BytesIO()
    file.save(file=target)
    return target.getvalue()
