"""Microphones and speakers: how many, and which ones an evening would use."""

import sys
from collections.abc import Iterator, Sequence

from dndmood import players
from dndmood.assembly import wanted_speaker
from dndmood.doctor import _linux, _pactl
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.errors import UserError
from dndmood.settings import Settings
from dndmood.sound_devices import Device, Kind, devices, pick, pick_loopback

ORDER = 30
ASKS_DEVICES = True
STUCK = "Restart the sound server, or unplug USB and Bluetooth devices one by one: one hangs."

_CALLED: dict[Kind, str] = {"input": "microphone", "output": "speaker"}


def check(settings: Settings) -> Iterator[Finding]:
    """The devices in use."""
    every = devices()
    yield from chosen(every, settings.device, "input")
    for name in settings.also_hear:
        yield further(every, name)
    player, _, argument = settings.player.partition(":")
    if player in ("", "speaker"):
        yield from chosen(every, wanted_speaker(settings), "output")
    elif player not in players.names():
        yield wrong(
            f"There is no player {player!r}.",
            f"Choose one with --player, or in settings.toml: {', '.join(players.names())}.",
        )
    else:
        whose = f"{player}, with {argument}" if argument and player != "wav" else player
        yield hint(
            f"Music goes to the player {whose}, as the settings ask; no speaker is chosen."
        )
    if sys.platform.startswith("linux") and (server := _linux.server(_linux.Here())):
        yield from through_server(every, server)


def chosen(every: Sequence[Device], wanted: str, kind: Kind) -> Iterator[Finding]:
    """Which of `every` device is used for `kind`, and at what rate."""
    try:
        device = pick(every, wanted, kind)
    except UserError as error:
        yield wrong(str(error))
        return
    others = sum(one.channels(kind) > 0 for one in every) - 1
    asked = "as asked for" if wanted else "the system's choice"
    most = device.channels(kind)
    yield ok(
        f"The {_CALLED[kind]} is {device.name} (number {device.index}, {asked}): up to {most} "
        f"channel{'s' * (most != 1)}, {device.rate_hz} Hz; "
        f"{others or 'no'} other{'s' * (others != 1)} to choose from."
    )


def further(every: Sequence[Device], wanted: str) -> Finding:
    """Which of `every` device is heard beside the microphone as `wanted`."""
    try:
        device = pick_loopback(every, wanted)
    except UserError as error:
        return wrong(str(error))
    return ok(f"{device.name} (number {device.index}) is heard as well, as asked for.")


def through_server(every: Sequence[Device], server: str) -> Iterator[Finding]:
    """Whether PortAudio knows the way to Linux's sound server, which it reaches through ALSA."""
    if not any(map(_pactl.stands_for_server, every)):
        yield wrong(
            f"The sound of this system goes through {server}, but PortAudio does not find the way "
            "to it, so devices are busy or missing.",
            "Type 'sudo apt install pipewire-alsa' (with PulseAudio: libasound2-plugins).",
        )
