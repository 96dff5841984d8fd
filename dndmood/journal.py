"""The tape as JSON lines: numbers and names, one object per fact, and never any sound.

Every line has `event` and `at_s` (audio time in seconds):

| event    | further keys                                                            |
|----------|-------------------------------------------------------------------------|
| estimate | `arousal`, `valence`, `voice`, `voiced` (0 to 1), `scores` (label: 0-1), |
|          | `heard_arousal`, `heard_valence` (what the model said, where that was put on the table's own scale), |
|          | `ear` (which further ear heard it), `weight` (how much it counts, where not 1) |
| mood     | `mood`, `since_s`, `why`, `outlook`, `forced`, `shares` (mood: its probability) |
| cue      | `mood`, `count` (of tracks), `tracks` (titles in playing order, the first |
|          | twenty), `lengths_s` (of each of them), `fade_s`, `resume` (true when an |
|          | undo brought it back), `goes_on` (true when the first of the tracks     |
|          | plays already, and only what comes after it is new), `why`              |
| correction | `kind`, `left`, `taken`, `wanted` (moods), `arousal`, `valence`, `scores`, `shares`, `refines` |
| command  | `verb`, `mood`, `change_db`, `place`                                      |
| level    | `gain_db`, `over_s`: how far the music stepped back under talk           |
| problem  | `text`, `solved` (true when it says that an earlier problem is over),    |
|          | `about` (what stands until a solved one about the same comes)            |
| playing  | `track` (title; null when nothing can be heard), `place_s` (how far into it) |
| heard    | `track` (title), `for_s`: a track that sounded, when it is over          |
| hint     | `what` (place, event or mood), `name`, `phrase` (from the lists), `strength`, `witness`, |
|          | `moods` (of plain talk: mood to what it says for it, as a power of two)  |
| place    | `place`, `since_s`, `why`, `forced`, `shares` (place: how much speaks for it) |
| ambience | `place`, `beds`, `shots` (titles), `fade_s`, `gain_db`, `why`            |
| scale    | `talk_s`, `arousal_shift`, `valence_shift`, `gain`, `tilts` (label: factor) |
"""

import codecs
import errno
import json
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from dndmood import private_files
from dndmood.errors import UserError
from dndmood.events import (
    AudioChunk,
    Command,
    Correction,
    Cue,
    Duck,
    EmotionEstimate,
    Event,
    Heard,
    MoodState,
    NowPlaying,
    Problem,
    TableScale,
)
from dndmood.fields import plain
from dndmood.line_file import LineFile
from dndmood.scene import AmbienceCue, PlaceState, SceneCue

_MOST_TRACKS = 20
_LONGEST_LINE = 4_000_000
_BEGINNING = 65_536
"""So much of a file is looked at to see whether it is a journal."""
_encoded = msgspec.json.Encoder(enc_hook=float).encode
_SURROGATES = re.compile("[\ud800-\udfff]")
"""Bytes of a file name that are no text, as Python keeps them; no file takes them as UTF-8."""
_NAMES: Mapping[type, str] = {
    EmotionEstimate: "estimate",
    MoodState: "mood",
    Cue: "cue",
    Correction: "correction",
    Command: "command",
    Duck: "level",
    Problem: "problem",
    NowPlaying: "playing",
    Heard: "heard",
    TableScale: "scale",
    SceneCue: "hint",
    PlaceState: "place",
    AmbienceCue: "ambience",
}
"""Facts that are written, with all their fields, and what a line calls them."""
_USUAL: Mapping[str, Any] = {"ear": "", "weight": 1.0, "moods": {}, "about": ""}
"""Fields that are left out where they say nothing: of an evening with one ear, of a phrase."""
_UNWRITTEN = frozenset({"features", "mean", "deviation", "evidence_s", "model", "levels"})
"""Fields that are not: voices could be told apart by them, they name places of this computer, and
nobody reads them again."""


def line(event: Event) -> str:
    """`event` as one line of the journal without its line end; empty for sound itself.

    A number that is none, as NaN, is null there.
    """
    if (name := _NAMES.get(type(event))) is None:
        return ""
    fact = {"event": name, "at_s": 0.0, **plain(event, without=_UNWRITTEN)}
    fact["at_s"] = round(time_of(event), 3)
    for name, usual in _USUAL.items():
        if fact.get(name) == usual:
            del fact[name]
    match event:
        case Cue(tracks=tracks):
            del fact["spare"], fact["wait_s"]
            first = tracks[:_MOST_TRACKS]
            fact["count"] = len(tracks)
            fact["tracks"] = [track.title for track in first]
            fact["lengths_s"] = [round(track.duration_s, 1) for track in first]
        case NowPlaying(track=track) | Heard(track=track):
            fact["track"] = track.title if track else None
        case AmbienceCue():
            for key in ("beds", "shots"):
                fact[key] = [Path(sound).stem for sound in fact[key]]
    try:
        content = _encoded(fact)
    except UnicodeEncodeError:
        content = _encoded(_printable(fact))
    return msgspec.json.format(content, indent=0).decode()


def line_file(
    names: Path | Iterable[Path],
    report: Callable[[str], None],
    over: Callable[[str], None] | None = None,
) -> LineFile:
    """The file of a journal; `names`, `report` and `over` are as `LineFile` has them."""
    return LineFile(names, what="The journal", report=report, over=over)


def time_of(event: Event) -> float:
    """The audio time at which `event` is known."""
    return event.end_s if isinstance(event, AudioChunk) else event.at_s


def check_place(path: Path) -> None:
    """Raise `UserError` when a journal at `path` cannot be written, as far as can be seen."""
    check_content(path)
    try:
        if path.exists():
            os.close(private_files.opened(path, os.O_APPEND))
        else:
            private_files.check_folder(_nearest(path))
    except OSError as error:
        raise UserError(
            f"The journal {path} cannot be written ({error.strerror}): choose another place "
            "with --journal."
        ) from error


def check_content(path: Path) -> None:
    """Raise `UserError` when `path` is a file with something else in it than a journal.

    A recording that was named by mistake must not grow by lines. One that cannot be read passes.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return
        with path.open("rb") as file:
            begin = file.read(_BEGINNING).removeprefix(codecs.BOM_UTF8).lstrip()
    except OSError:
        return
    if (
        begin
        and not begin.startswith(b'{"')
        and all(_fact_in(line) is None for line in begin.splitlines())
    ):
        raise UserError(
            f"{path} is no journal, and its content is kept as it is: name another file with "
            "--journal."
        )


@contextmanager
def opened(
    path: Path, report: Callable[[str], None] | None = None
) -> Iterator[Callable[[Event], None]]:
    """A sink that writes to `path`, each line at once; the file is made with the first.

    What the file already holds is kept: new lines go to its end. Raises `UserError` when the
    file cannot be written as it looks now and, where `report` does not know of it, at the end
    when lines are missing.
    """
    check_place(path)
    file = line_file(path, report or (lambda _: None))

    def write(event: Event) -> None:
        at_s = time_of(event)
        if text := line(event):
            file.write(text, at_s)
        file.tick(at_s)

    try:
        yield write
    finally:
        file.close()
    if report is None and (loss := file.loss()):
        raise UserError(loss)


def read(
    path: Path, *, about: Iterable[str] = (), last_bytes: int | None = None
) -> Iterator[dict[str, Any]]:
    """The facts in the journal `path`, all or those `about` certain events.

    With `last_bytes` only so much of its end is read.

    What is no fact is passed over: half lines, bytes that are no text, lines of more than 4 MB.
    Raises OSError for a file that cannot be opened or read, and for a pipe or a device, which
    may never end.
    """
    wanted = [f'"{name}"'.encode() for name in about]
    if not stat.S_ISREG(kind := path.stat().st_mode) and not stat.S_ISDIR(kind):
        raise OSError(errno.EINVAL, "it is no ordinary file")
    with path.open("rb") as file:
        if last_bytes is not None:
            file.seek(max(file.seek(0, os.SEEK_END) - last_bytes, 0))
        for content in _lines(file):
            if wanted and not any(name in content for name in wanted):
                continue
            if (fact := _fact_in(content)) is not None:
                yield _printable(fact) if b"\\ud" in content.lower() else fact


def _fact_in(content: bytes) -> dict[str, Any] | None:
    try:
        fact = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    return fact if isinstance(fact, dict) else None


def holds_evening(path: Path) -> bool:
    """Whether the file `path` is a journal in which somebody listened; never raises."""
    try:
        return path.is_file() and any(
            isinstance(fact.get("at_s"), (int, float))
            and fact.get("event") in ("mood", "estimate")
            for fact in read(path, about=("mood", "estimate"))
        )
    except OSError:
        return False


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of `file` that are not endless."""
    whole = True
    while content := file.readline(_LONGEST_LINE):
        if whole and (content.endswith(b"\n") or len(content) < _LONGEST_LINE):
            yield content
        whole = content.endswith(b"\n")


def _printable(value: Any) -> Any:
    """`value` of a fact without the halves of signs that JSON can spell and no file takes."""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_printable(one) for one in value]
    if isinstance(value, dict):
        return {_printable(key): _printable(one) for key, one in value.items()}
    return value


def _nearest(path: Path) -> Path:
    """The first folder above `path` that there is."""
    return next((above for above in path.parents if above.exists()), path)
