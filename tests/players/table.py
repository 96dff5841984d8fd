"""Playback for nobody: what it gives and what it says, block by block."""

from threading import Event as Flag

import numpy as np

from dndmood.events import Cue, Heard, NowPlaying, Problem, Track
from dndmood.players._playback import Playback

RATE_HZ = 8000
BLOCK = RATE_HZ // 10
TONE_HZ = 200


class Table:
    """Renders a tenth of a second at a time, each as soon as the decoders have done their part."""

    def __init__(self, *, prefetch: bool = False) -> None:
        self.said: list[Problem | NowPlaying | Heard] = []
        self.playback = Playback(RATE_HZ, prefetch=prefetch, report=self.said.append)
        self._prefetch = prefetch
        self.hanging: set[int | None] = set()
        """Threads that wait for a disk which gives no answer."""

    def cue(self, mood: str, tracks, spare=(), *, fade_s: float = 0.5, **more) -> None:
        self.playback(Cue(0.0, mood, tuple(tracks), fade_s, "so", spare=tuple(spare), **more))

    def hear(self, seconds: float) -> np.ndarray:
        """The sound of so many seconds, shape `(frames, 2)`."""
        blocks = []
        for _ in range(round(seconds * 10)):
            if self._prefetch:
                self._settle()
            blocks.append(self.playback.render(BLOCK))
        return np.concatenate(blocks)

    def number(self, seconds: float) -> int:
        """Number of the track that sounds at the end of so many seconds."""
        sound = self.hear(seconds)[-RATE_HZ // 4 :, 0]
        assert np.abs(sound).max() > 1e-3, "silence"
        return round(int(np.abs(np.fft.rfft(sound)).argmax()) * 4 / TONE_HZ)

    def problems(self) -> list[str]:
        return [fact.text for fact in self.said if isinstance(fact, Problem)]

    def playing(self) -> list[str | None]:
        """Titles in the order in which they were reported."""
        found = [fact.track for fact in self.said if isinstance(fact, NowPlaying)]
        return [track.title if track else None for track in found]

    def heard(self) -> list[tuple[str, float]]:
        return [(f.track.title, f.for_s) for f in self.said if isinstance(f, Heard)]

    def _settle(self) -> None:
        """Wait until the playback's thread and every decoder have nothing to do."""
        done = Flag()
        self.playback._jobs.put(done.set)
        assert done.wait(20.0)
        playback = self.playback
        for deck in (*playback._decoders._decks, *playback._bed_decoders._decks):
            while not (deck.ended() or deck.full()):
                if deck._thread.ident in self.hanging:
                    break
                deck._thread.join(0.001)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.playback.close()


def longest_silence(sound: np.ndarray) -> float:
    """Seconds of the longest stretch in `sound` that nobody would hear."""
    heard = np.abs(sound).max(axis=1) > 10 ** (-70 / 20)
    edges = np.flatnonzero(np.concatenate(([True], heard, [True])))
    return float(np.diff(edges).max() - 1) / RATE_HZ


def garbage(track: Track) -> None:
    """Write noise over a file, in place."""
    from pathlib import Path

    size = Path(track.path).stat().st_size
    with Path(track.path).open("r+b") as file:
        file.write(np.random.default_rng(0).bytes(size))
