"""A small evening on a real terminal, for the tests of the live part.

    python -m tests.dashboard.stage LOG [crash|over]

Every command that a key gives is written to LOG, one a line.
"""

import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Flag
from threading import Thread

from dndmood.clock import SystemClock
from dndmood.dashboard import live
from dndmood.dashboard.state import fold
from dndmood.ending import signals_obeyed
from dndmood.events import Command
from dndmood.threads import Cell
from tests.dashboard.scenes import PLACES, calm, screen, sound


def main(log: Path, ending: str = "") -> None:
    """Show the evening until a key or `ending` ends it."""
    if why_not := live.usable(sys.stdout):
        sys.exit(why_not)
    cell, over = Cell(screen(*calm())), Flag()
    asked = SimpleQueue[Command]()  # only one thread folds

    def put(command: Command) -> None:
        asked.put(command)
        with log.open("a") as file:
            file.write(said(command) + "\n")

    def hear() -> None:
        at_s = cell.value.ear.heard_s
        while not over.wait(0.02):
            at_s += 0.02
            while not asked.empty():
                cell.value = fold(cell.value, asked.get())
            cell.value = fold(cell.value, sound(at_s, 0.05))

    def alive() -> bool:
        begun = cell.value.ear.heard_s > 2281.5
        if begun and ending == "crash":
            raise RuntimeError("something that nobody thought of")
        return not (begun and ending == "over")

    Thread(target=hear, daemon=True).start()
    try:
        with signals_obeyed():
            live.show(cell, put, places=PLACES, alive=alive, clock=SystemClock())
    finally:
        over.set()
    print("the evening is over")


def said(command: Command) -> str:
    """`command` in a few words."""
    change = f"{command.change_db:+g}" if command.change_db else ""
    return f"{command.verb} {command.mood}{change}".strip()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
