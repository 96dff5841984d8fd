"""Files listened to by several processes, each file by itself: one that ends its process ends no scan."""

import os
import signal
import time
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

from dndmood.library.index import Index
from dndmood.library.track import Track

_AHEAD = 2
"""So many files wait for each worker."""
_POLITE = 10
_MOMENT_S = 1.0

_index: Index | None = None


def listened_to(
    paths: Sequence[str], *, workers: int, index: Path
) -> Generator[Track, None, None]:
    """What is in each of `paths`, as soon as it is known, in no order.

    `index` is the index file, in which the workers look for a track that was only moved. A file
    that brings its worker down is tried once more alone, and then is a track with a `problem`.
    """
    waiting = list(reversed(paths))
    while waiting:
        suspects: list[str] = []
        yield from _round(waiting, workers, index, suspects)
        for path in suspects:
            alone: list[str] = []
            yield from _round([path], 1, index, alone)
            if alone:
                yield _fatal(path)


def _round(
    waiting: list[str], workers: int, index: Path, suspects: list[str]
) -> Generator[Track, None, None]:
    """Tracks until all are done or a worker died; then `suspects` are what was in work."""
    running: dict[Future[Track], str] = {}
    pool = ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(index, os.getpid()),
    )
    try:
        while waiting or running:
            while waiting and len(running) < _AHEAD * workers:
                path = waiting.pop()
                try:
                    running[pool.submit(_listen, path)] = path
                except BrokenProcessPool:
                    waiting.append(path)
                    break
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for one in done:
                path = running.pop(one)
                try:
                    yield one.result()
                except BrokenProcessPool:
                    suspects.append(path)
            if suspects:
                suspects += running.values()
                return
    finally:
        _let_go(pool)


def _let_go(pool: ProcessPoolExecutor) -> None:
    """End the workers at once: what they have not finished is listened to the next time."""
    processes = list((pool._processes or {}).values())  # noqa: SLF001 - there is no other way to end them before 3.14
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with suppress(OSError, ValueError):
            process.terminate()


def _begin(index: Path, parent: int) -> None:
    """In a new worker."""
    global _index  # noqa: PLW0603 - one per process
    _silence_libraries()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked
    with suppress(OSError, AttributeError):
        os.nice(_POLITE)
    if os.name != "nt":
        Thread(target=_leave_with, args=(parent,), daemon=True).start()
    _index = Index(index)


def _silence_libraries() -> None:
    """What a decoder writes about a damaged file from C would stand in the progress bar."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def _leave_with(parent: int) -> None:
    """End with the program that began us, also when it was killed."""
    while os.getppid() == parent:
        time.sleep(_MOMENT_S)
    os._exit(0)


def _listen(path: str) -> Track:
    from dndmood.library import measuring, reading

    track = reading.read(Path(path))
    known = _index.same_sound(track.fingerprint) if _index and track.fingerprint else None
    if known and known.analysis >= measuring.ANALYSIS and not known.problem:
        return _moved(track, known)
    return measuring.measured(track)


def _moved(track: Track, known: Track) -> Track:
    """`track` with what was measured of the same sound in another place."""
    names = (
        "duration_s", "lufs", "peak_dbtp", "gain_db", "clips", "silence_start_s", "silence_end_s", "loudest_s",
        "arousal_odds", "valence_odds", "tempo_bpm", "key", "key_strength", "analysis", "problem",
    )  # fmt: skip
    return replace(track, **{name: getattr(known, name) for name in names})


def _fatal(path: str) -> Track:
    try:
        state = Path(path).stat()
        size, mtime_ns = state.st_size, state.st_mtime_ns
    except (OSError, ValueError):
        size = mtime_ns = 0
    from dndmood.library import measuring

    problem = "brings its decoder down: save it again"
    return Track(path, size, mtime_ns, problem=problem, analysis=measuring.ANALYSIS)
