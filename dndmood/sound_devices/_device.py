"""What is known of a sound device, and which one is meant by a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dndmood.errors import UserError

Kind: TypeAlias = Literal["input", "output"]
"""Microphones are inputs, speakers are outputs."""

NOTHING_THERE: dict[Kind, str] = {
    "input": "There is no microphone: plug one in or choose one in the system's sound settings, "
    "then look with 'dndmood devices'.",
    "output": "There is no speaker: plug one in or choose one in the system's sound settings, "
    "then look with 'dndmood devices'.",
}
_CALLED: dict[Kind, str] = {"input": "microphone", "output": "speaker"}


@dataclass(frozen=True, slots=True)
class Device:
    """One sound device as PortAudio names it."""

    index: int
    name: str
    inputs: int
    """Most channels it can record; 0 when it cannot."""
    outputs: int
    """Most channels it can play; 0 when it cannot."""
    rate_hz: int
    """Its own sample rate."""
    default_input: bool = False
    default_output: bool = False

    def channels(self, kind: Kind) -> int:
        """Most channels of that kind; 0 when it has none."""
        return self.inputs if kind == "input" else self.outputs

    def default(self, kind: Kind) -> bool:
        """Whether the system uses it where nobody chooses."""
        return self.default_input if kind == "input" else self.default_output


def pick(every: Sequence[Device], wanted: str, kind: Kind = "input") -> Device:
    """The device called `wanted`: an index, a part of a name in any case, or "" for the default.

    Raises `UserError` when there is none.
    """
    able = [device for device in every if device.channels(kind)]
    if not able:
        raise UserError(NOTHING_THERE[kind])
    if not wanted:
        return next((device for device in able if device.default(kind)), able[0])
    if wanted.isdecimal():
        found = [device for device in able if device.index == int(wanted)]
    else:
        found = [device for device in able if wanted.casefold() in device.name.casefold()]
        exact = [device for device in found if device.name.casefold() == wanted.casefold()]
        found = exact or found
    if not found:
        names = ", ".join(f"{device.index} {device.name}" for device in able)
        raise UserError(f"No {_CALLED[kind]} is called {wanted!r}; there are: {names}.")
    return found[0]


def again(every: Sequence[Device], wanted: str, kind: Kind, before: Device) -> Device:
    """The device to use after `before` was lost, which was found as `wanted`.

    The same one by its name, as numbers move when devices come and go. Only where nobody chose
    one may another take its place. Raises `UserError` when there is none.
    """
    same = [one for one in every if one.name == before.name and one.channels(kind)]
    if same:
        return next((one for one in same if one.index == before.index), same[0])
    if wanted.isdecimal():
        raise UserError(f"{before.name} is not there.")
    return pick(every, wanted, kind)
