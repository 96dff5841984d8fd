"""Plays an evening through the real pipeline, our own music coming back into the microphone.

The loop is causal, as at a table: what is heard at one moment was decided before it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.signal import fftconvolve

from dndmood import assembly
from dndmood.events import (
    RATE_HZ,
    AudioChunk,
    Balance,
    EmotionEstimate,
    Event,
    MoodState,
    Samples,
)
from dndmood.hearing.emotion import EmotionModel
from dndmood.hearing.speech import VoiceDetector
from dndmood.mood.book import Mood
from dndmood.music.shelf import Shelf
from dndmood.pipeline import Stage, connect
from dndmood.players._playback import Playback
from dndmood.reference_tap import ReferenceTap
from dndmood.settings import Settings
from dndmood.sources._reference import ReferenceAligner
from dndmood_train.audio import loading
from tests.benchmarks.night.composer import VOICE_RMS, Evening

BLOCK = RATE_HZ // 2
"""Our music is rendered for so long at once: a decision is heard at most this much later."""
CHUNK = RATE_HZ // 10
_SLIDE_S = 0.02
"""How far a drifting clock moves the music before a live tap is aligned anew."""
_LATE_S = (0.02, 0.16)
_DRIFT_PPM = (20.0, 100.0)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of an evening: numbers only."""

    estimates: tuple[EmotionEstimate, ...]
    moods: tuple[tuple[float, str], ...]
    """When which mood began."""
    length_s: float
    over_music_db: tuple[float | None, ...] = ()
    """For each estimate how far the talk stood above our music; None while none was heard."""


class Loudspeaker:
    """Renders the program's music block by block and lets it reach the microphone, late."""

    def __init__(
        self, evening: Evening, *, level_db: float | None, music_rms: float, known: bool = True
    ) -> None:
        """`known` False keeps what is played from the listener, as without an echo canceller."""
        chance = np.random.default_rng([evening.seed, 4])
        self._late_s = float(chance.uniform(*_LATE_S))
        self._drift = float(chance.uniform(*_DRIFT_PPM)) * 1e-6
        self._room = evening.room
        self._gain = 0.0 if level_db is None else VOICE_RMS / music_rms * 10 ** (level_db / 20)
        self._silent = level_db is None
        self._known = known
        self._playback = Playback(RATE_HZ, prefetch=False)
        self._tap = ReferenceTap()
        self._aligner = ReferenceAligner(self._tap)
        self._past = np.zeros(RATE_HZ + len(evening.room), np.float32)

    def hear(self, event: Event) -> None:
        """Obey cues."""
        if not self._silent:
            self._playback(event)

    def beside(self, heard: Samples, sent: Samples | None) -> Samples | None:
        """What live playback lays beside a chunk; None while it does not know."""
        if sent is None or not self._known:
            return None
        self._tap.pour(sent[:, np.newaxis], RATE_HZ)
        played = self._aligner.draw(heard)
        return played and played[0]

    def block(self, start: int) -> tuple[Samples, Samples | None]:
        """The next block as the microphone hears it, and as it was sent out."""
        if self._silent:
            return np.zeros(BLOCK, np.float32), None
        sent = self._playback.render(BLOCK).mean(axis=1).astype(np.float32)
        self._past = np.concatenate((self._past[BLOCK:], sent))
        tail = len(self._room) - 1
        # Positions in the past of what arrives now, the clock's drift and its corrections in it.
        now = np.arange(-tail, BLOCK)
        slid_s = ((start + now) / RATE_HZ * self._drift) % _SLIDE_S
        back = len(self._past) - BLOCK + now - (self._late_s + slid_s) * RATE_HZ
        dry = np.interp(back, np.arange(len(self._past)), self._past)
        wet = fftconvolve(dry, self._room, mode="valid")
        return (wet * self._gain).astype(np.float32), sent


def chunks(evening: Evening, loudspeaker: Loudspeaker) -> Iterator[AudioChunk]:
    """The evening as the microphone gives it, with the reference that live playback would give."""
    table = evening.table  # a kept evening reads it from the disk
    for start in range(0, len(table) - BLOCK + 1, BLOCK):
        music, sent = loudspeaker.block(start)
        heard = np.clip(table[start : start + BLOCK] + music, -1.0, 1.0)
        for at in range(0, BLOCK, CHUNK):
            part = heard[at : at + CHUNK].astype(np.float32)
            played = None if sent is None else sent[at : at + CHUNK]
            yield AudioChunk(part, start + at, reference=loudspeaker.beside(part, played))


def play(
    evening: Evening,
    *,
    settings: Settings,
    moods: Mapping[str, Mood],
    shelves: Mapping[str, Shelf],
    voice: VoiceDetector,
    model: EmotionModel,
    level_db: float | None,
    known: bool = True,
    stages: Callable[..., tuple[Stage, ...]] = assembly.stages,
) -> Played:
    """The whole pipeline over one evening; `level_db` is our music over the voice, None is none.

    Where the listener knows what plays, the program also steps back under talk: the level is that
    before it does.
    """
    rms = 1.0 if level_db is None else music_rms(shelves)
    loudspeaker = Loudspeaker(evening, level_db=level_db, music_rms=rms, known=known)
    tape = connect(
        chunks(evening, loudspeaker),
        *stages(
            settings, voice=voice, model=model, moods=moods, shelves=shelves, seed=evening.seed
        ),
    )
    return gathered(tape, loudspeaker.hear, length_s=evening.length_s)


def gathered(
    tape: Iterable[Event], hear: Callable[[Event], None], *, length_s: float
) -> Played:
    """Pull the tape to its end and keep its numbers."""
    estimates: list[EmotionEstimate] = []
    moods: list[tuple[float, str]] = []
    over: list[float | None] = []
    now_over: float | None = None
    for event in tape:
        hear(event)
        if isinstance(event, Balance):
            now_over = event.over_music_db
        elif isinstance(event, EmotionEstimate):
            estimates.append(event)
            over.append(now_over)
        elif isinstance(event, MoodState) and (not moods or moods[-1][1] != event.mood):
            moods.append((event.at_s, event.mood))
    return Played(tuple(estimates), tuple(moods), length_s, tuple(over))


def music_rms(shelves: Mapping[str, Shelf]) -> float:
    """Level of the program's music as it is sent out, over all tracks."""
    tracks = sorted(track.path for shelf in shelves.values() for track in shelf.tracks)
    return float(np.sqrt(np.mean([_power(path) for path in tracks])))


@lru_cache
def _power(path: str) -> float:
    from dndmood.players._loudness import gain_db

    heard = loading.load(Path(path)) * 10 ** (gain_db(path) / 20)
    return float(np.mean(heard**2))


class EveryoneSpeaks:
    """No gate at all: every frame is voice."""

    def __call__(self, frame: Samples) -> bool:
        return True

    def reset(self) -> None:
        """There is nothing to forget."""


class TrueSpeech:
    """The perfect gate: exactly the frames in which a clip was placed are voice."""

    def __init__(self, evening: Evening) -> None:
        from dndmood.hearing.speech import FRAME

        self._said = np.zeros(len(evening.table) // FRAME + 1, np.bool_)
        for each in evening.spoken:
            self._said[
                round(each.start_s * RATE_HZ / FRAME) : round(each.end_s * RATE_HZ / FRAME)
            ] = True
        self._frame = -1

    def __call__(self, frame: Samples) -> bool:
        self._frame += 1
        return bool(self._said[min(self._frame, len(self._said) - 1)])

    def reset(self) -> None:
        """The evening has no gaps."""
