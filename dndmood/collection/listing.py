"""The collection as a list, for people and for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dndmood.collection.gathering import called
from dndmood.file_names import printable
from dndmood.library import Track
from dndmood.library.decisions import LEFT_OUT
from dndmood.mood import Mood
from dndmood.times import minutes_seconds

_KEYS = (
    "path", "mood", "confidence", "arousal", "valence", "duration_s", "lufs", "reason", "decided_by",
    "title", "tempo_bpm", "key", "peak_dbtp", "silence_start_s", "silence_end_s", "problem",
)  # fmt: skip


def as_json(tracks: Iterable[Track]) -> Iterator[str]:
    """One JSON object for each track, one a line.

    `path` keeps bytes that are no UTF-8 as lone surrogates, as Python's `os.fsdecode` does.
    """
    for track in tracks:
        yield json.dumps({key: getattr(track, key) for key in _KEYS})


def as_text(
    tracks: Sequence[Track], moods: Mapping[str, Mood], folders: Sequence[Path]
) -> Iterator[str]:
    """The tracks of each mood, the surest first, then those in none."""
    for name, mood in moods.items():
        mine = [track for track in tracks if track.mood == name]
        yield f"{printable(mood.title)}: {_count(len(mine))}"
        for track in sorted(mine, key=lambda one: -(one.confidence or 0.0)):
            yield f"  {_line(track, folders)}"
    left_out = [t for t in tracks if t.decided_by == "person" and t.mood == LEFT_OUT]
    broken = [track for track in tracks if track.problem]
    other = [t for t in tracks if t.mood not in moods and t not in left_out and not t.problem]
    for title, mine in (("Left out", left_out), ("In no mood yet", other)):
        if mine:
            yield f"{title}: {_count(len(mine))}"
            yield from (f"  {called(track.path, folders)}" for track in mine)
    if broken:
        yield f"Not used: {_count(len(broken))}"
        yield from (f"  {called(track.path, folders)} {track.problem}" for track in broken)


def _line(track: Track, folders: Sequence[Path]) -> str:
    length = minutes_seconds(round(track.duration_s)) if track.duration_s else "?"
    sure = f"{track.confidence:.0%}" if track.confidence is not None else ""
    return f"{called(track.path, folders)} ({length}, {sure}): {printable(track.reason)}"


def _count(count: int) -> str:
    return "1 track" if count == 1 else f"{count} tracks" if count else "none"
