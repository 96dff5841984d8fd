"""What a fault is, and the list of all of them."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.table import Table

Inject = Callable[[Table], None]


@dataclass(frozen=True)
class Fault:
    """One row of the table."""

    name: str
    """What --only knows it by."""
    what: str
    """What is done to the program, for people."""
    inject: Inject
    says: str = ""
    """Pattern that a sentence of the program must match; "" when nothing needs to be told."""
    lies: str = ""
    """Pattern that no sentence may match, as it would not be true."""
    needs: tuple[str, ...] = ()
    """Programs it cannot do without; "root" for what only root may do."""


FAULTS: list[Fault] = []


def fault(
    name: str, what: str, *, says: str = "", lies: str = "", needs: tuple[str, ...] = ()
) -> Callable[[Inject], Inject]:
    """Put a function that injects a fault on the list."""

    def listed(inject: Inject) -> Inject:
        FAULTS.append(Fault(name, what, inject, says, lies, needs))
        return inject

    return listed


def with_both_players(
    name: str, what: str, *, says: str = "", lies: str = "", needs: tuple[str, ...] = ()
) -> Callable[[Callable[[Table, str], None]], Callable[[Table, str], None]]:
    """The same fault once for each player that makes sound."""

    def listed(inject: Callable[[Table, str], None]) -> Callable[[Table, str], None]:
        for player in ("speaker", "pygame"):

            def one(table: Table, player: str = player) -> None:
                inject(table, player)

            told = f"{what}, player {player}"
            FAULTS.append(Fault(f"{name}-{player}", told, one, says, lies, needs))
        return inject

    return listed
