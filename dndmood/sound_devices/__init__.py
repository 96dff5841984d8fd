"""Microphones and speakers: the one owner of PortAudio.

PortAudio is one for the whole process: to see a device that was plugged in later it must be
started again, and that ends every stream. So one thread owns it, opens all streams, watches
whether they still call back, and opens them again. Nobody else imports sounddevice.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from dndmood.sound_devices._device import Device, Kind, pick, pick_loopback
from dndmood.sound_devices._keeper import Keeper, User
from dndmood.threads import Lazy

__all__ = [
    "Device",
    "Kind",
    "User",
    "devices",
    "hangs",
    "open_stream",
    "pick",
    "pick_loopback",
    "wait_for_stream",
]

_KEEPER = Lazy(Keeper)


def devices() -> tuple[Device, ...]:
    """Every sound device, inputs and outputs; raises `UserError` without PortAudio."""
    return _KEEPER.value.devices()


@contextmanager
def open_stream(kind: Kind, wanted: str, user: User) -> Iterator[Device]:
    """A stream of the device called `wanted` (see `pick`) for as long as the block lasts.

    `user` is given each block of sound on the audio thread, and informed when no more comes and
    when it comes again; meanwhile the stream is opened again whenever that is possible. Raises
    `UserError` when it cannot be opened to begin with.
    """
    with _KEEPER.value.streaming(kind, wanted, user) as device:
        assert device is not None  # noqa: S101 - there is one, or it was an error
        yield device


@contextmanager
def wait_for_stream(kind: Kind, wanted: str, user: User) -> Iterator[None]:
    """The same, but a device that is not there yet is waited for like one that was lost.

    Raises `UserError` only where PortAudio itself is missing.
    """
    with _KEEPER.value.streaming(kind, wanted, user, wait=True):
        yield


def hangs() -> bool:
    """Whether a device did not answer, so that leaving in order would wait for it for ever."""
    return _KEEPER.made and _KEEPER.value.hangs
