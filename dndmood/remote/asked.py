"""What a page may ask for: a few verbs with bounds, and never the name of a file."""

from collections.abc import Container
from typing import Annotated, Literal

import msgspec

from dndmood.events import Command

_NAME = 255
"""No mood's file has a longer name."""
_MOST_DB = 6.0


class NotAskable(ValueError):  # noqa: N818 - it says what was asked for
    """No page may ask for that; the message is one plain sentence."""


class Wish(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One press of a button."""

    do: Literal[
        "force", "release", "undo", "reject", "skip", "volume", "ambience", "place",
        "pause", "silence",
    ]  # fmt: skip
    mood: Annotated[str, msgspec.Meta(max_length=_NAME)] = ""
    place: Annotated[str, msgspec.Meta(max_length=_NAME)] = ""
    change_db: Annotated[float, msgspec.Meta(ge=-_MOST_DB, le=_MOST_DB)] = 0.0
    on: bool = True
    """For `pause` and `silence`: how it shall be, whatever it is now."""


_decoded = msgspec.json.Decoder(Wish).decode


def wish(body: bytes, *, moods: Container[str], places: Container[str]) -> Wish:
    """The wish that `body` is; raises `NotAskable` for everything else."""
    try:
        asked = _decoded(body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise NotAskable("That is no button of this page.") from error
    if asked.do == "force" and asked.mood not in moods:
        raise NotAskable("There is no such mood.")
    if asked.do == "place" and asked.place and asked.place not in places:
        raise NotAskable("There is no such place.")
    return asked


def command(asked: Wish) -> Command:
    """The command for a wish; `pause` and `silence` are switches, see `Desk.switch`."""
    match asked.do:
        case "force":
            return Command("force", mood=asked.mood)
        case "place":
            return Command("place", place=asked.place)
        case "volume" | "ambience":
            return Command(asked.do, change_db=asked.change_db)
        case _:
            return Command(asked.do)
