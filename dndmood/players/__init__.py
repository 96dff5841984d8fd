"""Ways to make sound: one public module is one player, and its name is how you ask for it.

A player module has `opened(argument: str, report: Report)`, a context manager that gives a
sink. The argument is what follows the colon in `--player name:argument`, or "". What the player
has to say goes to `report`, which enters it at the head of the tape like a key.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, TypeAlias, runtime_checkable

from dndmood.errors import UserError
from dndmood.events import Event, Heard, NowPlaying, Problem
from dndmood.reference_tap import ReferenceTap

Report: TypeAlias = Callable[[Problem | NowPlaying | Heard], None]
"""Takes what a player has to say, from any thread, and returns at once."""

_BY_DEFAULT = ("speaker", "pygame", "silent")


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


def names() -> tuple[str, ...]:
    """Every player there is: the public modules of this folder."""
    return tuple(sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_")))


@contextmanager
def open_player(wanted: str, report: Report) -> Iterator[tuple[Player, str]]:
    """The player `wanted`, and one sentence that says which it is and why.

    `wanted` is "name" or "name:argument", or "" for the best there is. By default the speaker, else pygame, else silence. Raises `UserError` when a player that
    was asked for by name cannot be opened. What it has to say later goes to `report`.
    """
    with ExitStack() as stack:
        if wanted:
            name, _, argument = wanted.partition(":")
            if name not in names():
                raise UserError(f"There is no player {name!r}: use {', '.join(names())}.")
            yield (
                stack.enter_context(_opened(name, argument, report)),
                f"Music goes to {wanted}, as asked.",
            )
            return
        player, sentence = _best(stack, report)
        yield player, sentence


def _best(stack: ExitStack, report: Report) -> tuple[Player, str]:
    """The first default player that works, and why the ones before it did not."""
    reasons: list[str] = []
    for name in _BY_DEFAULT[:-1]:
        try:
            player = stack.enter_context(_opened(name, "", report))
        except UserError as error:
            reasons.append(f"{name} does not work ({str(error).rstrip('.')})")
        else:
            because = f" because {' and '.join(reasons)}" if reasons else ""
            return player, f"Music goes to {name}{because}."
    last = _BY_DEFAULT[-1]
    player = stack.enter_context(_opened(last, "", report))
    return player, f"Music goes to {last} because {' and '.join(reasons)}."


def _opened(name: str, argument: str, report: Report) -> AbstractContextManager[Player]:
    module = import_module(f"{__name__}.{name}")
    opened: AbstractContextManager[Player] = module.opened(argument, report)
    return opened
