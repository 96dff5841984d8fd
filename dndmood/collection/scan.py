"""Listening to a collection: in parallel, with a progress bar, and killed at any moment without loss."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from dndmood import console
from dndmood.collection.gathering import Collection, counted, gathered
from dndmood.collection.placing import kept, placed
from dndmood.collection.workers import listened_to
from dndmood.file_names import printable
from dndmood.library import Decisions, Index, Track
from dndmood.mood import Mood

_TOGETHER = 8
"""So many tracks are written at once..."""
_AT_MOST_S = 2.0
"""... and none waits longer to be written."""

Advance = Callable[[Track], None]


def scan(
    folders: Iterable[Path],
    moods: Mapping[str, Mood],
    *,
    workers: int = 0,
    say: Callable[[str], None],
) -> tuple[list[Track], list[str]]:
    """Every track in `folders`, listened to and in its mood, and what in the folders is not used.

    What was listened to before and has not changed is not read again. `workers` processes share
    the work, by default one for each processor. Whatever ends it, what is done is kept. No music
    file is ever written to. Raises `UserError` when a folder is none.
    """
    from dndmood.library.measuring import ANALYSIS

    collection = gathered(folders, moods.values())
    with Index() as index:
        known = {track.path: track for track in index.tracks()}
        new = [path for path in collection.paths if not _known(path, known, ANALYSIS)]
        new.sort(key=collection.given.__contains__)  # an evening waits for those without a mood
        if new:
            say(_begins(len(new), len(collection.paths)))
        try:
            _listen(new, index, known, workers or (os.cpu_count() or 1))
        except KeyboardInterrupt:
            _settle(collection, known, index, moods)
            say("Stopped: what was listened to is kept, and the next scan goes on from here.")
            raise
        tracks = _settle(collection, known, index, moods)
        _forget_gone(collection, known, index)
        if index.trouble:
            say(index.trouble)
    return tracks, collection.sentences


def sentences(
    tracks: Sequence[Track], moods: Mapping[str, Mood], collection_notes: Sequence[str] = ()
) -> Iterator[str]:
    """What a scan found, for people."""
    good = [track for track in tracks if not track.problem]
    yield f"{_tracks(len(good))}: {counted(moods, good)}."
    guessed = [
        track
        for track in good
        if track.mood and track.decided_by not in {"person", "folder", "playlist"}
    ]
    untold = sum(not track.mood and track.decided_by != "person" for track in good)
    if guessed:
        yield (
            f"{_tracks(len(guessed))} by sound and names alone: go through them with "
            "'dndmood library review'."
        )
    if untold:
        say = "says" if untold == 1 else "say"
        yield (
            f"{_tracks(untold)} {say} by nothing which mood fits: choose with 'dndmood library review'."
        )
    bad = [track for track in tracks if track.problem]
    if bad:
        name = printable(Path(bad[0].path).name)
        more = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
        yield f"Not used: {name} {bad[0].problem}{more}; 'dndmood library check' says all."
    for sentence in collection_notes:
        yield f"{printable(sentence).rstrip('.')}."


def _known(path: str, known: Mapping[str, Track], analysis: int) -> bool:
    track = known.get(path)
    if track is None or track.analysis < analysis:
        return False
    try:
        state = os.stat(path)  # noqa: PTH116 - a path object would not take all bytes
    except (OSError, ValueError):
        return False
    return (track.size, track.mtime_ns) == (state.st_size, state.st_mtime_ns)


def _listen(paths: Sequence[str], index: Index, known: dict[str, Track], workers: int) -> None:
    waiting: list[Track] = []
    since_s = time.monotonic()
    share = min(workers, max(1, len(paths)))
    with (
        _progress(paths) as advance,
        closing(listened_to(paths, workers=share, index=index.path)) as tracks,
    ):
        try:
            for track in tracks:
                known[track.path] = track
                waiting.append(track)
                advance(track)
                if len(waiting) >= _TOGETHER or time.monotonic() - since_s > _AT_MOST_S:
                    index.put(*waiting)
                    waiting.clear()
                    since_s = time.monotonic()
        finally:
            if waiting:
                index.put(*waiting)


def _settle(
    collection: Collection, known: Mapping[str, Track], index: Index, moods: Mapping[str, Mood]
) -> list[Track]:
    before = [known[path] for path in collection.paths if path in known]
    after = placed(before, moods.values(), Decisions(), collection.given)
    kept(index, before, after)
    return after


def _forget_gone(collection: Collection, known: Mapping[str, Track], index: Index) -> None:
    """Of files that are gone from a folder that is there nothing needs to be kept.

    One that is gone itself, or empty, may be a drive's that is unplugged; its tracks need not be
    listened to again.
    """
    above = tuple(os.path.join(os.path.abspath(one), "") for one in collection.folders)  # noqa: PTH100, PTH118
    holds_anything = cache(_holds_anything)
    gone = [
        path
        for path in known
        if path not in collection.paths
        and path.startswith(above)
        and not os.path.lexists(path)
        and holds_anything(os.path.dirname(path))  # noqa: PTH120 - any bytes
    ]
    if gone:
        index.forget(gone)


def _holds_anything(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entries)
    except OSError:
        return False


@contextmanager
def _progress(paths: Sequence[str]) -> Iterator[Advance]:
    """A bar in a terminal, nothing elsewhere."""
    if not paths or not console.is_terminal(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("Listening"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(paths), name="")

        def advance(track: Track) -> None:
            name = printable(os.path.basename(track.path))  # noqa: PTH119
            bar.update(task, advance=1, name=name[:40].replace("[", "\\["))

        yield advance


def _begins(new: int, all_: int) -> str:
    if new == all_:
        return f"Listening to {_tracks(new)}; Ctrl-C keeps what is done."
    return f"Listening to {_tracks(new)} that are new or changed, of {all_}; Ctrl-C keeps what is done."


def _tracks(count: int) -> str:
    return "1 track" if count == 1 else f"{count} tracks"
