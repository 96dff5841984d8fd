"""What a pad can do, by the words that the file of pads has."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from dndmood.events import LOUDEST_DB, SOFTEST_DB, Command
from dndmood.midi.pads import Moved, Pad, Presses

STEP_DB = 2.0
KNOB = "volume"
"""What a knob or a fader does."""
_KNOB_DB = (LOUDEST_DB - SOFTEST_DB) / 127
"""One step of a knob: from one end to the other it goes through all of the volume."""

PLAIN: Mapping[str, Command] = {
    "automatic": Command("release"),
    "undo": Command("undo"),
    "not now": Command("reject"),
    "next": Command("skip"),
    "louder": Command("volume", change_db=STEP_DB),
    "softer": Command("volume", change_db=-STEP_DB),
    "silence": Command("silence"),
    "pause": Command("pause"),
    "place by the words": Command("place"),
}
"""What can be done in every evening."""


@dataclass(frozen=True, slots=True)
class Unknown(ValueError):  # noqa: N818 - it says what was not understood
    """No pad can do that."""

    words: str


def action(words: str, moods: Container[str], places: Container[str]) -> Command | None:
    """The command for `words`, as in "mood battle"; None for a knob. Raises `Unknown`."""
    text = " ".join(words.split())
    if text.lower() == KNOB:
        return None
    if (plain := PLAIN.get(text.lower())) is not None:
        return plain
    kind, _, name = text.partition(" ")
    if kind.lower() == "mood" and name in moods:
        return Command("force", mood=name)
    if kind.lower() == "place" and name in places:
        return Command("place", place=name)
    raise Unknown(text)


class Steering:
    """Turns movements into commands."""

    def __init__(self, does: Mapping[Pad, Command | None]) -> None:
        """`does` is what each pad does; None for a knob that turns the volume."""
        self._does = does
        self._presses = Presses()

    def command(self, movement: Moved) -> Command | None:
        """What a movement asks for; None when that is nothing."""
        if movement.pad not in self._does:
            return None
        asked = self._does[movement.pad]
        if asked is not None:
            return asked if self._presses.pressed(movement) else None
        steps = self._presses.turned(movement)
        return Command("volume", change_db=round(steps * _KNOB_DB, 2)) if steps else None
