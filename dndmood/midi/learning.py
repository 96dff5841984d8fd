"""Learning by pressing: a pad is pressed, then chosen what it does."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from dndmood.events import Problem
from dndmood.midi import file
from dndmood.midi.actions import KNOB, PLAIN
from dndmood.midi.pads import Moved, Pad, moved
from dndmood.midi.ports import listening

Say = Callable[[str], None]
Ask = Callable[[str], str]

_NOTHING = "nothing"
_POLL_S = 0.2


def choices(moods: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    """What can be chosen: the words that are written, each with what people read."""
    return (
        {f"mood {name}": title for name, title in moods.items()}
        | {name: name for name in PLAIN if places or "place" not in name}
        | {KNOB: "volume, for a knob or fader"}
        | {f"place {name}": f"place {title}" for name, title in places.items()}
    )


def learn(
    path: Path,
    wanted: str,
    *,
    moods: Mapping[str, str],
    places: Mapping[str, str],
    say: Say,
    ask: Ask,
) -> int:
    """Learn pads until `ask` raises EOFError or KeyboardInterrupt; gives how many were learned.

    `moods` and `places` are titles by name. `ask` is given a question and gives the answer.
    Raises `UserError` when the file is no good or cannot be written.
    """
    known = file.read(path)
    offered = choices(moods, places)
    for number, title in enumerate(offered.values(), start=1):
        say(f"{number:>4}  {title}")
    heard: SimpleQueue[Moved] = SimpleQueue()

    def hear(_name: str, message: Any) -> None:
        if (movement := moved(message)) and movement.value:
            heard.put(movement)

    learned = 0
    try:
        with listening(wanted, hear, lambda problem: say(_told(problem))):
            while True:
                say("Press a pad or a key, or turn a knob; Ctrl-C ends.")
                pad = _next(heard)
                now = f", now {known[pad]}" if pad in known else ""
                words = _chosen(
                    ask, f"{pad}{now}. Which number (0 for nothing)? ", offered, say
                )
                _forget(heard)  # what was pressed meanwhile is no answer
                if words is None:
                    continue
                file.write(path, pad, "" if words == _NOTHING else words)
                known = file.read(path)
                learned += 1
                say(f"{pad}: {words}.")
    except (EOFError, KeyboardInterrupt):
        return learned


def lines(path: Path, names: list[str]) -> Iterator[str]:
    """What is plugged in, and what its pads do."""
    yield from (f"{name} is there." for name in names)
    if not names:
        yield "There is no MIDI device."
    known = file.read(path)
    if not known:
        yield "No pad has been learned: type 'dndmood midi learn'."
    yield from (f"  {pad!s:<24} {words}" for pad, words in known.items())


def _chosen(ask: Ask, question: str, offered: Mapping[str, str], say: Say) -> str | None:
    answer = ask(question).strip()
    if answer == "0":
        return _NOTHING
    if answer.isascii() and answer.isdecimal() and 1 <= int(answer[:4]) <= len(offered):
        return list(offered)[int(answer[:4]) - 1]
    if answer in offered:
        return answer
    if answer:
        say(f"That is none of 0 to {len(offered)}.")
    return None


def _next(heard: SimpleQueue[Moved]) -> Pad:
    """The next pad that is moved; waits in short steps, so that Ctrl-C is heard everywhere."""
    while True:
        try:
            return heard.get(timeout=_POLL_S).pad
        except Empty:
            continue


def _forget(heard: SimpleQueue[Moved]) -> None:
    try:
        while True:
            heard.get_nowait()
    except Empty:
        return


def _told(problem: Problem) -> str:
    return problem.text
