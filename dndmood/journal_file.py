"""What is kept of an evening: where its journal lies, and which evenings there are."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from dndmood import journal, paths, private_files
from dndmood.background import in_background
from dndmood.errors import UserError
from dndmood.events import AudioChunk, Event, Problem
from dndmood.inbox import Inbox
from dndmood.line_file import LineFile
from dndmood.pipeline import Sink
from dndmood.settings import Settings

Say = Callable[[str], None]

_NAME = "%Y-%m-%dT%H-%M-%S.jsonl"
_ABOUT = "the journal"
_CLOCK = timedelta(hours=1)
"""So much a clock is put back where summer ends."""


def journal_path(settings: Settings) -> Path:
    """The journal that was asked for, else one named after this second among the user's own.

    Raises `UserError` when the one asked for is a file with something else in it.
    """
    if settings.journal:
        journal.check_content(path := paths.expanded(settings.journal))
        return path
    return paths.journals() / f"{datetime.now():{_NAME}}"  # noqa: DTZ005 - the user's own evening


def demo_path() -> Path:
    """A journal for the scene that comes along, apart from the user's evenings."""
    return paths.demo_journals() / f"{datetime.now():{_NAME}}"  # noqa: DTZ005 - as above


def evenings(folder: Path) -> Iterator[Path]:
    """The journals in `folder` that have an evening in them, the newest first; never raises."""
    yield from filter(journal.holds_evening, _by_age(folder))


def _by_age(folder: Path) -> list[Path]:
    """What is called like a journal in `folder`, the newest first."""
    try:
        every = [path for path in folder.iterdir() if path.suffix == ".jsonl"]
    except OSError:
        return []
    # By name, which is the time; one that somebody named otherwise is older than all of these,
    # and one from a day to come was named by a clock that was wrong.
    latest = datetime.now() + _CLOCK  # noqa: DTZ005 - the user's own evening

    def order(path: Path) -> tuple[int, str]:
        began = _began(path)
        return (0 if began is None else 1 if began > latest else 2), path.name

    return sorted(every, key=order, reverse=True)


def make_private() -> None:
    """Take what the program keeps, older files as well, from every other user; never raises."""
    private_files.tighten_one(paths.state())
    private_files.tighten(
        paths.journals(), paths.profiles(), paths.heard_music().parent, *paths.log_files()
    )


def recording(
    stack: ExitStack, record: Path, inbox: Inbox, say: Say, *, asked: bool = False
) -> list[Sink]:
    """The journal as a sink; none when it cannot be written, which is reported.

    The file is made when the first sound was heard. One that was `asked` for is gone on with;
    where we named it ourselves, another evening's is left alone and a later name taken. When `stack` is left, `say` is given where
    the numbers are and how many of them are missing.
    """
    make_private()
    stack.enter_context(
        private_files.locked(paths.state(), shared=True)
    )  # nobody shall erase it

    def report(sentence: str) -> None:
        inbox.put(Problem(at_s=0.0, text=sentence, about=_ABOUT))

    def over(sentence: str) -> None:
        inbox.put(Problem(at_s=0.0, text=sentence, solved=True, about=_ABOUT))

    try:
        journal.check_place(record)
    except UserError as error:
        say(str(error))
        report(str(error))
        return []
    names = _names(record) if _ours(record) and not asked else record
    file = journal.line_file(names, report, over)

    def keep(line: tuple[str, float]) -> None:
        text, at_s = line
        if text:
            file.write(text, at_s)
        file.tick(at_s)

    def close() -> None:
        if not leave.hangs:
            file.close()
        for sentence in _left_behind(file, hangs=leave.hangs):
            say(sentence)

    stack.callback(close)
    leave = stack.enter_context(in_background(keep, name="journal"))
    return [_once_begun(leave)]


def _once_begun(leave: Callable[[tuple[str, float]], None]) -> Sink:
    """A sink that gives `leave` lines and their times, and nothing before the first sound.

    A time without a line is given every second, to try again by.
    """
    early: list[tuple[str, float]] = []
    begun, next_s = False, 0.0

    def shown(event: Event) -> None:
        nonlocal begun, next_s
        line, at_s = journal.line(event), journal.time_of(event)
        if isinstance(event, AudioChunk) and not begun:
            begun = True
            for one in early:
                leave(one)
        if not begun:
            early.extend([(line, at_s)] if line else [])
        elif line or at_s >= next_s:
            next_s = at_s + 1.0
            leave((line, at_s))

    return shown


def _left_behind(file: LineFile, *, hangs: bool) -> Iterator[str]:
    if hangs:
        yield f"The journal {file.path} may not be whole: its disk does not answer."
        return
    if file.kept and os.path.exists(file.path):  # noqa: PTH110 - never raises
        newest = next(evenings(paths.journals()), None)  # another may have begun meanwhile
        which = "--last" if file.path == newest else file.path
        yield f"The evening's numbers are in {file.path}; 'dndmood report {which}' tells its story."
    if loss := file.loss():
        yield loss


def _ours(record: Path) -> bool:
    """Whether `record` was named by us, so that it may be named otherwise."""
    return record.parent in (paths.journals(), paths.demo_journals()) and bool(_began(record))


def _names(record: Path) -> Iterator[Path]:
    """`record`, and later seconds for when another evening began in the same one."""
    began = _began(record) or datetime.now()  # noqa: DTZ005 - the user's own evening
    while True:
        yield record.with_name(f"{began:{_NAME}}")
        began += timedelta(seconds=1)


def _began(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name, _NAME)  # noqa: DTZ007 - the user's own evening
    except ValueError:
        return None
