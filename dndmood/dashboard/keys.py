"""Which key asks for what: one table for the reader, the key line and the help."""

from collections.abc import Mapping

from dndmood.events import Command
from dndmood.mood_places import Place

_STEP_DB = 2.0
HELP, REPAINT = "?", "\x0c"
PLACE = "p"
"""Begins a choice of place: a letter, or this key again for automatic, comes next."""
LINK = "l"
"""The address of the page for phones, when there is one."""

_COMMANDS = {
    "a": Command("release"),
    "u": Command("undo"),
    "r": Command("reject"),
    " ": Command("pause"),
    "n": Command("skip"),
    "+": Command("volume", change_db=_STEP_DB),
    "=": Command("volume", change_db=_STEP_DB),  # the same key without shift
    "-": Command("volume", change_db=-_STEP_DB),
    "_": Command("volume", change_db=-_STEP_DB),
    # Beside each other and without shift on most keyboards; with shift where they are not.
    ".": Command("ambience", change_db=_STEP_DB),
    ">": Command("ambience", change_db=_STEP_DB),
    ",": Command("ambience", change_db=-_STEP_DB),
    "<": Command("ambience", change_db=-_STEP_DB),
    "x": Command("silence"),
    "q": Command("quit"),
}

SHOWN = (
    ("a", "auto", "let the voices choose again"),
    ("u", "undo", "take back the last change"),
    ("r", "no", "not now: undo, and learn"),
    ("space", "pause", "stop listening, hold the mood"),
    ("n", "next", "next track of this mood"),
    ("+ -", "vol", "music louder, softer"),
    (". ,", "amb", "ambience louder, softer"),
    ("x", "silence", "all sound off at once, and on"),
    ("p", "place", "and a letter: where; p p: auto"),
    ("?", "help", "this page; l: page for phones"),
    ("q", "quit", "twice: end the evening"),
)
"""Key, its name in the key line, and what it does."""
WHERE_ROOM = (". ,", PLACE)
"""Keys that the key line leaves out where it is too narrow; the help has them all."""


def command(key: str, places: tuple[Place, ...]) -> Command | None:
    """What `key` asks for; None when it means nothing. Capitals count as small letters."""
    for place in places:
        if key == place.key:
            return Command("force", mood=place.name)
    return _COMMANDS.get(key.lower())


def place(key: str, letters: Mapping[str, str]) -> Command | None:
    """What `key` asks for behind `PLACE`; `letters` to names of places. None for no place."""
    if key.lower() == PLACE:
        return Command("place")
    name = letters.get(key.lower())
    return Command("place", place=name) if name else None
