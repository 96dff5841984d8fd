"""The ambience that comes along as it is heard, and whether the program takes it for talk.

    python tests/benchmarks/ambience_table.py [--beds FOLDER] [--shots] [--markdown] [place ...]

For each bed: its length, loudness, peak, mean and size; how much sharper the sharpest corner is
where it begins again than the sharpest elsewhere (by the player's own loop); and what the hearing
makes of it in a room, three times: with what is played known (as in an evening), without (as from
another program), and the most voice that the model hears in any window that the voice detector
lets through without. Talk is a window with a voice of .5 or more. `--shots` asks the same of
the single sounds.
"""

import argparse
from pathlib import Path

import numpy as np
import pyloudnorm
import soundfile
import soxr

from dndmood import paths
from dndmood.events import RATE_HZ, AudioChunk, Samples, SpeechWindow
from dndmood.hearing import shipped
from dndmood.hearing.model import open_model
from dndmood.hearing.speech import find_speech
from dndmood.hearing.webrtc import WebRtcEcho, WebRtcVoice
from dndmood.players._bed import OVERLAP_S, bed_sound
from dndmood.players._playlist import Progress
from dndmood.scene import AmbienceCue
from tests.fakes import room

TALK = 0.5
LEVELS_DB = (-25.0, -40.0)
"""How loud it is at the microphone, in dB below full scale."""


def mono(path: Path) -> Samples:
    """The whole file at the rate that is listened to."""
    sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(sound.mean(axis=1), rate_hz, RATE_HZ).astype(np.float32)


def windows(heard: Samples, played: Samples | None) -> list[SpeechWindow]:
    """What the ear would give the model to judge."""
    tape = (
        AudioChunk(heard[i : i + 480], i, None if played is None else played[i : i + 480])
        for i in range(0, len(heard), 480)
    )
    echo = WebRtcEcho() if played is not None else None
    found = find_speech(tape, voice=WebRtcVoice(), behind=WebRtcVoice(), echo=echo)
    return [event for event in found if isinstance(event, SpeechWindow)]


def hearing(path: Path, model, levels_db) -> tuple[int, int, int, float]:
    """Windows of talk with the reference and without, windows at all, and the most voice in them."""
    played = mono(path)
    counts, most = [0, 0, 0], 0.0
    for level_db in levels_db:
        heard = room(played)
        heard *= 10.0 ** (level_db / 20.0) / (np.sqrt(np.square(heard).mean()) + 1e-9)
        heard += np.random.default_rng(1).normal(0, 3e-4, len(heard)).astype(np.float32)
        voices = [model(w.samples).voice for w in windows(heard, None)]
        counts[0] += sum(model(w.samples).voice >= TALK for w in windows(heard, played))
        counts[1] += sum(voice >= TALK for voice in voices)
        counts[2] += len(voices)
        most = max([most, *voices])
    return (*counts, most)


def seam(path: Path) -> float:
    """The sharpest corner where the loop turns, over the sharpest one elsewhere."""
    info = soundfile.info(path)
    rate_hz, turn = info.samplerate, info.frames - round(OVERLAP_S * info.samplerate)
    parts, frames = [], 0
    for block in bed_sound(AmbienceCue(0.0, "", (str(path),)), rate_hz, Progress()):
        parts.append(block)
        frames += len(block)
        if frames > turn + 4 * rate_hz:
            break
    corners = np.abs(np.diff(np.concatenate(parts), 2, axis=0)).max(axis=1)
    here = corners[turn - rate_hz // 20 : turn + round((OVERLAP_S + 0.05) * rate_hz)]
    return float(here.max() / corners[rate_hz : turn - rate_hz].max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("places", nargs="*")
    parser.add_argument("--beds", type=Path, default=paths.data("playlists") / "ambience")
    parser.add_argument("--shots", action="store_true")
    parser.add_argument("--levels", type=float, nargs="+", default=LEVELS_DB)
    parser.add_argument("--markdown", action="store_true")
    chosen = parser.parse_args()
    pattern = "*/shots/*.ogg" if chosen.shots else "*/*.ogg"
    edge = "| " if chosen.markdown else ""
    between = " | " if chosen.markdown else "  "
    titles = (
        "bed",
        "s",
        "LUFS",
        "peak",
        "mean",
        "MB",
        "seam",
        "talk",
        "unknown",
        "of",
        "voice",
    )
    print(edge + between.join(f"{title:>9}" for title in titles))
    with open_model(shipped.folder("")) as model:
        for path in sorted(chosen.beds.glob(pattern)):
            if chosen.places and path.relative_to(chosen.beds).parts[0] not in chosen.places:
                continue
            sound, rate_hz = soundfile.read(path, always_2d=True)
            long = len(sound) > 0.5 * rate_hz
            known, unknown, of, voice = hearing(path, model, chosen.levels)
            row = (
                path.stem,
                f"{len(sound) / rate_hz:.1f}",
                f"{pyloudnorm.Meter(rate_hz).integrated_loudness(sound):.1f}" if long else "-",
                f"{20 * np.log10(np.abs(sound).max()):.1f}",
                f"{np.abs(sound.mean(axis=0)).max():.0e}",
                f"{path.stat().st_size / 1e6:.2f}",
                "-" if chosen.shots else f"{seam(path):.2f}",
                known,
                unknown,
                of,
                f"{voice:.2f}",
            )
            print(edge + between.join(f"{value:>9}" for value in row), flush=True)


if __name__ == "__main__":
    main()
