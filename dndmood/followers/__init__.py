"""What follows the evening without making our sound: one public module is one follower.

Its name is how you ask for it: `--tell mpd`, or `--tell mpd:192.168.1.5`. A follower module has
`opened(argument: str, places: Sequence[Place], report: Report)`, a context manager that gives a
`Follower`. The argument is what follows the colon, or "". Opening one reaches nobody: it raises
`UserError` for an argument that makes no sense and a library that is missing. Each runs on a
thread of its own, so whatever it waits for, the tape goes on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, TypeAlias

from dndmood.errors import UserError
from dndmood.events import Command, Problem
from dndmood.followers._following import Following
from dndmood.followers._now import Now
from dndmood.mood_places import Place
from dndmood.pipeline import Sink
from dndmood.scene import SceneCue
from dndmood.threads import running

Report: TypeAlias = Callable[[Problem | SceneCue | Command], None]
"""Takes what a follower has to say, from any thread, and returns at once. It enters at the head of
the tape: a problem, something that gives the scene away, or a key that was pressed elsewhere."""

_LEAVE_S = 3.0
"""Nobody who wants to end waits longer for a program elsewhere."""


class Follower(Protocol):
    """Makes one program elsewhere follow; used on one thread, but for `hurry`.

    Every method may wait for a few seconds and may raise anything: what it raises means that the
    other program cannot be reached just now, and it is tried again.
    """

    called: str
    """Who that is, as it begins a sentence: "Kenku FM at localhost:3333"."""
    remedy: str
    """What a person can do when it cannot be reached, as it follows a colon."""

    def follow(self, now: Now, *, afresh: bool) -> None:
        """Let it be as `now` says; with `afresh` it may have forgotten all that came before.

        Raises `RefusedError` for what another try would not mend.
        """
        ...

    def look(self) -> None:
        """See whether it is still there; called now and then while nothing changes."""
        ...

    def hurry(self) -> None:
        """The evening ends: whatever waits comes back soon. Called from another thread."""
        ...

    def end(self) -> None:
        """Let it go; the last call."""
        ...


def names() -> tuple[str, ...]:
    """Every follower there is: the public modules of this folder."""
    return tuple(sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_")))


@contextmanager
def open_follower(
    wanted: str,
    places: Sequence[Place],
    report: Report,
    locations: Mapping[str, str] | None = None,
) -> Iterator[Sink]:
    """A sink that lets `wanted`, as "name" or "name:argument", follow while the block lasts.

    It returns at once, whatever the other program does. `places` are the moods, `locations` the
    titles, by name, of the places where the party can be. Raises `UserError` when there is no such
    follower, or it cannot be opened.
    """
    name, _, argument = wanted.partition(":")
    if name not in names():
        raise UserError(f"Nobody called {name!r} can be told: use {', '.join(names())}.")
    module = import_module(f"{__name__}.{name}")
    opened: AbstractContextManager[Follower] = module.opened(argument, places, report)
    with opened as follower:
        titles = {place.name: place.title for place in places}
        following = Following(follower, report, titles, locations or {})
        with running(
            following.run, name=f"tell {name}", stop=following.stop, longest_s=_LEAVE_S
        ):
            yield following
