"""What was heard of the music, kept from one evening to the next: a small file, written whole.

Tracks are kept by the fingerprint of their sound where the index knows it, so that a folder may
be moved.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from dndmood import paths, private_files
from dndmood.background import in_background
from dndmood.events import Cue, Event, Heard, NowPlaying, Track
from dndmood.library import Index
from dndmood.library import Track as Known
from dndmood.music import Rounds
from dndmood.pipeline import Sink

_MOST = 20_000
"""So many tracks of a mood are remembered, those heard last."""


def place() -> Path:
    """The file; it need not exist."""
    return paths.heard_music()


def heard_before(tracks: Iterable[Known]) -> Rounds:
    """The rounds of the evenings before, by path of `tracks`; empty where nothing can be read."""
    kept = _read(place())
    by_sound: dict[str, list[str]] = {}
    for track in tracks:
        if track.fingerprint:
            by_sound.setdefault(track.fingerprint, []).append(track.path)
    return Rounds(
        {
            mood: {
                path: number
                for track, number in rounds.items()
                for path in by_sound.get(track, [track])
            }
            for mood, rounds in kept.moods.items()
        }
    )


@contextmanager
def opened() -> Iterator[Sink]:
    """A sink that keeps what is heard, on a thread of its own; never raises for the disk.

    What cannot be written is tried again with the next track.
    """
    keeper = _Keeper(Index())
    with in_background(keeper.take, name="heard") as leave:

        def sink(event: Event) -> None:
            if isinstance(event, Cue | NowPlaying | Heard):
                leave(event)

        yield sink


class _Keeper:
    """Runs on the background thread."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._mood = ""
        self._tracks: frozenset[str] = frozenset()
        self._waiting: list[Callable[[Rounds], bool]] = []

    def take(self, event: Cue | NowPlaying | Heard) -> None:
        """Keep what `event` says was heard."""
        match event:
            case Cue(mood=mood, tracks=tracks):
                self._mood = mood
                self._tracks = frozenset(track.path for track in tracks)
            case NowPlaying(track=Track(path=path)) if path in self._tracks:
                self._keep(path, again=True)
            case Heard(track=Track(path=path)) if path in self._tracks:
                self._keep(path, again=False)

    def _keep(self, path: str, *, again: bool) -> None:
        known = self._index.track(path)
        track, mood = (known.fingerprint if known else "") or path, self._mood
        self._waiting.append(lambda rounds: rounds.hear(mood, track, again=again))
        try:
            self._write()
        except OSError:
            return  # what was heard is a nicety; the journal says it too
        self._waiting.clear()

    def _write(self) -> None:
        """Into what the file holds now: another program may have written it meanwhile."""
        private_files.make_folder(place().parent)
        with private_files.locked(place().parent):
            rounds = _read(place())
            changes = [hear(rounds) for hear in self._waiting]
            if not any(changes):
                return
            moods = {
                mood: dict(list(heard.items())[-_MOST:]) for mood, heard in rounds.moods.items()
            }
            private_files.replace(place(), json.dumps({"moods": moods}).encode())


def _read(path: Path) -> Rounds:
    """What `path` holds; nothing when it is missing or damaged, which only costs the order."""
    try:
        found = json.loads(path.read_bytes())["moods"]
        return Rounds(msgspec.convert(found, dict[str, dict[str, int]]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Rounds()
