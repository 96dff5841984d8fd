"""Prints what the dashboard costs: share of one core at ten frames a second, and per fact."""

import io
import os
import time

import numpy as np

from dndmood.dashboard.paint import Painter
from dndmood.dashboard.state import Screen, fold
from dndmood.dashboard.view import render
from dndmood.events import AudioChunk, Cue, EmotionEstimate, MoodState, SpeechWindow, Track
from dndmood.mood_places import Place

_FRAMES_A_SECOND = 10
_SECONDS = 60
_CHUNK = 320
_SIZES = ((80, 24), (120, 40), (200, 60))
_LABELS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgusted", "surprised")
_PLACES = (
    Place("calm", "Calm", "1", 0.32, 0.60),
    Place("merry", "Merry", "2", 0.65, 0.80),
    Place("suspense", "Suspense", "3", 0.48, 0.38),
    Place("battle", "Battle", "4", 0.82, 0.25),
    Place("sorrow", "Sorrow", "5", 0.25, 0.25),
    Place("triumph", "Triumph", "6", 0.85, 0.85),
)


class _Nowhere(io.StringIO):
    """A terminal that shows nothing and counts what it is sent."""

    sent = 0

    def write(self, text: str) -> int:
        self.sent += len(text)
        return len(text)

    def isatty(self) -> bool:
        return True


def main() -> None:
    """Play a minute of a lively evening at each size and print the table."""
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    print("| size | ms a frame | share of a core at 10 frames/s | bytes a frame |")
    print("|---|---|---|---|")
    for width, height in _SIZES:
        frame_s, sent = _drawn(width, height)
        print(
            f"| {width}x{height} | {frame_s * 1e3:.2f} | {frame_s * _FRAMES_A_SECOND:.2%} "
            f"| {sent:.0f} |"
        )
    print(f"\nfold: {_folded_s() * 1e6:.1f} µs per chunk of sound")


def _drawn(width: int, height: int) -> tuple[float, float]:
    """Processor seconds and characters per frame, averaged over a minute."""
    rng = np.random.default_rng(7)
    stream = _Nowhere()
    painter, screen, spent_s, at_s = Painter(stream), _begun(), 0.0, 2400.0
    frames = _SECONDS * _FRAMES_A_SECOND
    for frame in range(frames):
        for _ in range(50 // _FRAMES_A_SECOND):
            at_s += _CHUNK / 16_000
            screen = fold(screen, _chunk(at_s, rng))
        if frame % _FRAMES_A_SECOND == 0:
            for event in _second(at_s, rng):
                screen = fold(screen, event)
        began_s = time.process_time()
        painter.paint(render(screen, _PLACES, width=width, height=height).rows)
        spent_s += time.process_time() - began_s
    return spent_s / frames, stream.sent / frames


def _folded_s() -> float:
    rng = np.random.default_rng(7)
    screen, chunks = _begun(), [_chunk(2400.0 + 0.02 * n, rng) for n in range(5000)]
    began_s = time.process_time()
    for chunk in chunks:
        screen = fold(screen, chunk)
    return (time.process_time() - began_s) / len(chunks)


def _begun() -> Screen:
    """The screen after forty minutes with ten moods."""
    screen = Screen()
    for number in range(10):
        at_s, name = 240.0 * number, _PLACES[number % 6].name
        tracks = tuple(Track(f"{name}-{n}.ogg", f"{name} {n}", 150.0) for n in range(3))
        screen = fold(screen, MoodState(at_s, name, at_s, f"{name}: ahead for 9 s"))
        screen = fold(screen, Cue(at_s, name, tracks, 6.0, f"plays {name} 0"))
    return screen


def _chunk(at_s: float, rng: np.random.Generator) -> AudioChunk:
    samples = rng.normal(scale=rng.uniform(0.01, 0.2), size=_CHUNK).astype(np.float32)
    return AudioChunk(samples, round(at_s * 16_000) - _CHUNK)


def _second(
    at_s: float, rng: np.random.Generator
) -> tuple[SpeechWindow, EmotionEstimate, MoodState]:
    """What one second of talk brings."""
    shares = rng.dirichlet(np.ones(len(_LABELS)))
    scores = dict(zip(_LABELS, shares.tolist(), strict=True))
    arousal, valence = rng.uniform(0.2, 0.9, 2).tolist()
    return (
        SpeechWindow(np.zeros(1, dtype=np.float32), at_s, 0.8),
        EmotionEstimate(at_s, arousal, valence, scores, 0.9, 0.8),
        MoodState(
            at_s,
            "battle",
            2160.0,
            f"stays Battle: four angry sentences in the last 20 s; nine to one ({arousal:.0%})",
        ),
    )


if __name__ == "__main__":
    main()
