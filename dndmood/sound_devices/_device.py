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
    loopback: bool = False
    """Whether it is no microphone but hears what the computer plays."""
    server_name: str = ""
    """What Linux's sound server calls it; empty for a device of PortAudio's own list."""
    through: int = -1
    """PortAudio's number of the way to it; -1 where that is `index`."""
    wasapi: bool = False
    """Whether it is what Windows plays, which PortAudio as it is shipped cannot record."""

    @property
    def key(self) -> str:
        """The name by which no other device of its kind is called, as far as there is one."""
        return self.server_name or self.name

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
        found = [device for device in able if _called(device, wanted)]
        exact = [device for device in found if _called(device, wanted, whole=True)]
        found = exact or found
    if not found:
        names = ", ".join(f"{device.index} {device.name}" for device in able)
        raise UserError(f"No {_CALLED[kind]} is called {wanted!r}; there are: {names}.")
    return found[0]


def pick_loopback(every: Sequence[Device], wanted: str) -> Device:
    """The input called `wanted` as `pick` has it, one that hears what the computer plays first.

    "Headset" is what the headset plays, and its microphone only where that cannot be heard.
    Raises `UserError` when there is none.
    """
    played = [device for device in every if device.loopback]
    if not wanted.isdecimal() and any(_called(device, wanted) for device in played):
        return pick(played, wanted)
    try:
        return pick(every, wanted)
    except UserError as error:
        names = ", ".join(f"{device.index} {device.name}" for device in every if device.inputs)
        raise UserError(
            f"Nothing that can be heard is called {wanted!r}; there are: {names}."
        ) from error


def _called(device: Device, wanted: str, *, whole: bool = False) -> bool:
    """Whether `wanted` is a name of `device`, or with `whole` not only a part of one."""
    asked = wanted.casefold()
    names = [device.name.casefold(), device.server_name.casefold()]
    return asked in names if whole else any(asked in name for name in names)


def again(every: Sequence[Device], wanted: str, kind: Kind, before: Device) -> Device:
    """The device to use after `before` was lost, which was found as `wanted`.

    The same one by its name, as numbers move when devices come and go. Only where nobody chose
    one may another take its place. Raises `UserError` when there is none.
    """
    same = [one for one in every if one.key == before.key and one.channels(kind)]
    if same:
        return next((one for one in same if one.index == before.index), same[0])
    if wanted.isdecimal():
        raise UserError(f"{before.name} is not there.")
    return pick(every, wanted, kind)
