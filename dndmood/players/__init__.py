"""Ways to make sound: one public module is one player, and its name is how you ask for it.

A player module has `opened(argument: str, report: Report)`, a context manager that gives a
sink. The argument is what follows the colon in `--player name:argument`, or "". What the player
has to say goes to `report`, which enters it at the head of the tape like a key.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from dndmood.errors import UserError
from dndmood.events import Event, Heard, NowPlaying, Problem
from dndmood.reference_tap import ReferenceTap

Report: TypeAlias = Callable[[Problem | NowPlaying | Heard], None]
"""Takes what a player has to say, from any thread, and returns at once."""

_BY_DEFAULT = ("speaker", "pygame")


class Player(Protocol):
    """A sink that makes sound of cues and obeys skip, volume and silence.

    It MUST return at once and MUST pass over events that it does not know.
    """

    def __call__(self, event: Event, /) -> None: ...


@runtime_checkable
class Tapped(Protocol):
    """A player that knows exactly what it plays, and shares it."""

    def pour_into(self, tap: ReferenceTap, /) -> None:
        """From now on `tap` gets all that is sent to the speaker."""
        ...


@runtime_checkable
class Blocking(Protocol):
    """A player whose calls wait for disks, unless it is told that somebody listens meanwhile."""

    def never_wait(self) -> None:
        """From now on every call returns at once, and the work is done a little later."""
        ...


class Opened(NamedTuple):
    """The player that was opened."""

    player: Player
    sentence: str
    """Which player it is and why."""
    second_best: bool
    """True when nobody asked for it and a better one does not work."""


def names() -> tuple[str, ...]:
    """Every player there is: the public modules of this folder."""
    return tuple(sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_")))


@contextmanager
def open_player(wanted: str, report: Report, *, live: bool = False) -> Iterator[Opened]:
    """The player `wanted`, with one sentence that says which it is and why.

    `wanted` is "name" or "name:argument", or "" for the best there is: the speaker, else pygame,
    else silence. With `live` no call of it waits, as somebody listens on the same thread; without,
    all it does is done when the call returns. Raises `UserError` when a player that was asked
    for by name cannot be opened. What it has to say later goes to `report`.
    """
    with ExitStack() as stack:
        if wanted:
            name, _, argument = wanted.partition(":")
            if name not in names():
                raise UserError(f"There is no player {name!r}: use {', '.join(names())}.")
            player = stack.enter_context(_opened(name, argument, report))
            opened = Opened(player, f"Music goes to {wanted}, as asked.", second_best=False)
        else:
            opened = _best(stack, report)
        if live and isinstance(opened.player, Blocking):
            opened.player.never_wait()
        yield opened


def _best(stack: ExitStack, report: Report) -> Opened:
    """The first default player that works, and why the ones before it did not."""
    reasons: list[str] = []
    for name in _BY_DEFAULT:
        try:
            player = stack.enter_context(_opened(name, "", report))
        except UserError as error:
            reasons.append(f"{name} does not work ({str(error).rstrip('.')})")
        else:
            because = f" because {' and '.join(reasons)}" if reasons else ""
            return Opened(player, f"Music goes to {name}{because}.", bool(reasons))
    reason = " and ".join(reasons)
    for name in _BY_DEFAULT:
        if awaited := getattr(import_module(f"{__name__}.{name}"), "awaited", None):
            try:
                player = stack.enter_context(awaited(report))
            except UserError:
                continue
            sentence = f"Music goes to {name} as soon as it works: {reason}."
            return Opened(player, sentence, second_best=False)  # it says itself what is missing
    silent = import_module(f"{__name__}.silent")
    sentence = f"Music goes to silent because {' and '.join(reasons)}."
    return Opened(silent.Unheard(report), sentence, second_best=True)


def _opened(name: str, argument: str, report: Report) -> AbstractContextManager[Player]:
    module = import_module(f"{__name__}.{name}")
    opened: AbstractContextManager[Player] = module.opened(argument, report)
    return opened
