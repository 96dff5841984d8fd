"""One stream: what was chosen, what is open now, and what its user knows."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from dndmood.errors import UserError
from dndmood.sound_devices._device import Device, Kind, again, pick

PATIENCE_S = 2.0
"""So long to the second restart of PortAudio without news; it doubles."""
LOOK_FOR_HOME_S = 10.0
"""So often somebody looks whether the device that was chosen is there again; it doubles."""


class Ahead(NamedTuple):
    """How far ahead a device asks for what it plays."""

    block_s: float
    """So much at once."""
    buffer_s: float
    """So much lies ready at the device, and comes before what a key asks for."""


AHEAD = (Ahead(0.02, 0.1), Ahead(0.02, 0.16), Ahead(0.04, 0.25), Ahead(0.1, 0.4))
"""A device begins with the first: a key is heard at once. Where the computer is too busy to give
sound in time it goes on with the next; the last has kept the music going on half a core."""


class User(Protocol):
    """Who a stream is opened for."""

    def block(self, data: Any, frames: int, time: Any, status: Any) -> None:
        """Take or fill `data`, shape `(frames, channels)`; on the audio thread, must not wait."""
        ...

    def starting(self, device: Device, rate_hz: int) -> None:
        """Blocks will come from now on, at `rate_hz`; called before the first of each opening."""
        ...

    def stopped(self) -> None:
        """No block comes any more, until `starting`; called each time that blocks cease."""
        ...

    def lost(self, device: Device | None) -> None:
        """No block has come from `device` for a while; it is tried again by itself.

        Called once until `back`. None where no device was there to begin with.
        """
        ...

    def back(self, device: Device) -> None:
        """Blocks come again after `lost`, or from now on they come from another device."""
        ...


class Stream:
    """One stream that is wanted until it is closed, whatever happens to its device."""

    def __init__(self, kind: Kind, wanted: str, user: User) -> None:
        self.kind: Kind = kind
        self.wanted = wanted
        self.user = user
        self.home: Device | None = None
        """What was chosen to begin with; None until there was something to choose from."""
        self.device: Device | None = None
        """What is open now, or was last."""
        self.native: Any = None
        self.calls = 0
        self.seen = 0
        """How many calls there were at the last look."""
        self.flows = False
        """Whether a block has come since it was opened last."""
        self.flows_s = 0.0
        """Since when."""
        self.alive_s = self.opened_s = 0.0
        self.level = 0
        """Which of `AHEAD` it is opened with."""
        self.ran_dry = False
        """Whether the device ran out of sound since it was opened."""
        self.muted = False
        """Whether it plays where nobody hears it: then its user is not asked for sound."""
        self.lost = False
        """From the loss until blocks have come steadily again."""
        self.lost_s = self.try_s = 0.0
        self.tries = 0
        self.patience_s = PATIENCE_S
        self.home_s = LOOK_FOR_HOME_S
        self._news = False  # its user must be told when blocks come steadily

    def called(self, data: Any, frames: int, time: Any, status: Any) -> None:
        """PortAudio's callback."""
        self.calls += 1
        if self.kind == "output" and status and status.output_underflow:
            self.ran_dry = True
        if self.muted:
            data.fill(0.0)
        else:
            self.user.block(data, frames, time, status)

    def at(self, device: Device, now_s: float) -> None:
        """It is being opened on `device`."""
        if self.home is None:
            self.home = device
        moved = self.device is not None and self.device.name != device.name
        self._news = self._news or moved
        self.device = device
        self.seen, self.alive_s, self.opened_s = self.calls, now_s, now_s
        self.ran_dry = False

    def wants_more_ahead(self) -> bool:
        """Whether more must lie ready at the device; then it counts as given from now on."""
        wanted, self.ran_dry = self.ran_dry and self.level + 1 < len(AHEAD), False
        self.level += wanted
        return wanted

    def away(self) -> bool:
        """Whether another device than the chosen one is in use."""
        return bool(self.home and self.device) and self.device.name != self.home.name  # type: ignore[union-attr]

    def flow(self, now_s: float) -> None:
        """Blocks have come since the last look."""
        if not self.flows:
            self.flows, self.flows_s = True, now_s
        self.seen, self.alive_s = self.calls, now_s

    def stop(self) -> None:
        """Blocks have ceased."""
        if self.flows:
            self.flows = False
            self.user.stopped()

    def mute(self, now_s: float, *, nowhere: bool) -> None:
        """Let it rest while it would play into nothing."""
        if nowhere and not self.muted:
            self.muted = True
            self.stop()
            if not self.lost:
                self.lose(now_s)
        elif self.muted and not nowhere:
            self.muted = False

    def lose(self, now_s: float) -> None:
        """It counts as lost from now on."""
        self.lost = self._news = True
        self.lost_s = now_s
        self.user.lost(self.device)

    def greet(self) -> None:
        """Blocks come steadily."""
        self.lost, self.tries, self.patience_s = False, 0, PATIENCE_S
        if not self.away():
            self.home_s = LOOK_FOR_HOME_S
        if self._news and self.device:
            self._news = False
            self.user.back(self.device)

    def find(self, every: Sequence[Device]) -> Device | None:
        """The device of `every` that is meant; None when it is not among them."""
        try:
            if self.home is None:
                return pick(every, self.wanted, self.kind)
            return again(every, self.wanted, self.kind, self.home)
        except UserError:
            return None
