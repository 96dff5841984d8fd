"""What is kept of an evening: where its journal lies, and what happens when a disk is full."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from dndmood import journal, paths
from dndmood.errors import UserError
from dndmood.events import Event, Problem
from dndmood.inbox import Inbox
from dndmood.pipeline import Sink
from dndmood.settings import Settings

_log = logging.getLogger(__name__)

Say = Callable[[str], None]


def journal_path(settings: Settings) -> Path:
    """The journal that was asked for, else one named after this minute among the user's own."""
    if settings.journal:
        return Path(settings.journal).expanduser()
    return paths.journals() / f"{datetime.now():%Y-%m-%dT%H-%M-%S}.jsonl"  # noqa: DTZ005 - the user's own evening


def heard_lately(record: Path) -> frozenset[str]:
    """Titles that opened a mood in the evening before `record`."""
    earlier = sorted(p for p in record.parent.glob("*.jsonl") if p != record)
    if not earlier:
        return frozenset()
    cues = (fact for fact in journal.read(earlier[-1]) if fact.get("event") == "cue")
    return frozenset(fact["tracks"][0] for fact in cues if fact.get("tracks"))


def recording(house: ExitStack, record: Path, inbox: Inbox, say: Say) -> list[Sink]:
    """The journal as a sink; none when it cannot be written, which is told."""
    try:
        write = house.enter_context(journal.opened(record))
    except UserError as error:
        say(str(error))
        inbox.put(Problem(at_s=0.0, text=str(error)))
        return []
    which = "--last" if record.parent == paths.journals() else record
    told = f"The evening's numbers are in {record}; 'dndmood report {which}' tells its story."
    house.callback(say, told)
    return [forgiving(write, inbox, f"The journal {record}")]


def forgiving(sink: Sink, inbox: Inbox, what: str) -> Sink:
    """`sink`, until it fails for the first time: that is told once, and the evening goes on."""
    broken = False

    def forgiving(event: Event) -> None:
        nonlocal broken
        if broken:
            return
        try:
            sink(event)
        except OSError as error:
            broken = True
            _log.exception("%s failed", what)
            reason = error.strerror or str(error)
            inbox.put(Problem(at_s=0.0, text=f"{what} is no longer written: {reason}."))

    return forgiving
