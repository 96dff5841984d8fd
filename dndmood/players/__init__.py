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
def open_player(
    wanted: str, report: Report, *, live: bool = False, missing_ok: bool = False
) -> Iterator[Opened]:
    """The player `wanted`, with one sentence that says which it is and why.

    `wanted` is "name" or "name:argument", or "" for the best there is: the speaker, else pygame,
    else silence. With `live` no call of it waits, as somebody listens on the same thread; without,
    all it does is done when the call returns. Raises `UserError` when a player that was asked
    for by name cannot be opened; with `missing_ok` it is waited for, or where it is no device the
    best there is takes its place. What it has to say later goes to `report`.
    """
    with ExitStack() as stack:
        if wanted:
            try:
                opened = _asked_for(stack, wanted, report)
            except UserError as error:
                if not missing_ok:
                    raise
                opened = _awaited(stack, wanted, report, str(error)) or _best(
                    stack, report, f"{error} "
                )
        else:
            opened = _best(stack, report)
        if live and isinstance(opened.player, Blocking):
            opened.player.never_wait()
        yield opened


def _asked_for(stack: ExitStack, wanted: str, report: Report) -> Opened:
    name, _, argument = wanted.partition(":")
    if name not in names():
        raise UserError(f"There is no player {name!r}: use {', '.join(names())}.")
    player = stack.enter_context(_opened(name, argument, report))
    return Opened(player, f"Music goes to {wanted}, as asked.", second_best=False)


def _awaited(stack: ExitStack, wanted: str, report: Report, reason: str) -> Opened | None:
    """The player `wanted`, which plays as soon as its device is there; None where none can come."""
    name, _, argument = wanted.partition(":")
    if name not in names():
        return None
    awaited = getattr(import_module(f"{__name__}.{name}"), "awaited", None)
    if awaited is None:
        return None
    try:
        player = stack.enter_context(awaited(argument, report))
    except UserError:
        return None
    sentence = f"Music goes to {wanted} as soon as it works: {reason}"
    return Opened(player, sentence, second_best=False)  # it says itself what is missing


def _best(stack: ExitStack, report: Report, instead: str = "") -> Opened:
    """The first default player that works, and why the ones before it did not.

    `instead` is the sentence why the one that was asked for does not work.
    """
    reasons: list[str] = []
    for name in _BY_DEFAULT:
        try:
            player = stack.enter_context(_opened(name, "", report))
        except UserError as error:
            reasons.append(f"{name} does not work ({str(error).rstrip('.')})")
        else:
            because = f" because {' and '.join(reasons)}" if reasons else ""
            second_best = bool(reasons or instead)
            return Opened(player, f"{instead}Music goes to {name}{because}.", second_best)
    reason = " and ".join(reasons)
    for name in _BY_DEFAULT:
        if opened := _awaited(stack, name, report, f"{reason}."):
            sentence = f"{instead}{opened.sentence}"
            return opened._replace(sentence=sentence, second_best=bool(instead))
    silent = import_module(f"{__name__}.silent")
    sentence = f"{instead}Music goes to silent because {' and '.join(reasons)}."
    return Opened(silent.Unheard(report), sentence, second_best=True)


def _opened(name: str, argument: str, report: Report) -> AbstractContextManager[Player]:
    module = import_module(f"{__name__}.{name}")
    opened: AbstractContextManager[Player] = module.opened(argument, report)
    return opened
