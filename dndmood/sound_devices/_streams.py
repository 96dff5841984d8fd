"""Which streams are wanted, whether they still call back, and how lost ones are opened again.

Nothing here waits or knows a thread: `look` is called again and again with the time.
"""

from typing import Any, Protocol

from dndmood.errors import UserError
from dndmood.sound_devices._device import Device, Kind, again, pick

SILENT_S: dict[Kind, float] = {"input": 2.0, "output": 1.5}
"""A stream from which no call came for so long is lost."""
_FIRST_S = 3.0
"""A device that was opened just now may take so long to its first call."""
_TRY_AGAIN_S, _LATER_S, _SOON = 0.5, 2.0, 20
"""How long to wait between tries: the first twenty, and later, when nobody waits any more."""
_STOOD_STILL_S = 1.0
"""When nobody looked for so long this program stood still, which says nothing about devices."""
_BY_ITSELF = 2
"""So often a stream is opened again before PortAudio as a whole comes into question."""
_PATIENCE_S, _MOST_PATIENCE_S = 2.0, 60.0
"""A restart is heard as a short gap: so long to the second one without news, and at most."""
_LOOK_FOR_HOME_S = 10.0
_SUBSTITUTE_AFTER_S = 3.0
"""A sound server that starts again shows its devices one after the other."""
_STEADY_S = 1.0
"""So long blocks must come before a stream counts as back."""


class User(Protocol):
    """Who a stream is opened for."""

    def block(self, data: Any, frames: int, time: Any, status: Any) -> None:
        """Take or fill `data`, shape `(frames, channels)`; on the audio thread, must not wait."""
        ...

    def starting(self, device: Device, rate_hz: int) -> None:
        """Blocks will come from now on, at `rate_hz`; called before the first of each opening."""
        ...

    def lost(self, device: Device) -> None:
        """No block has come from `device` for a while; it is tried again by itself."""
        ...

    def back(self, device: Device) -> None:
        """Blocks come again after `lost`, or from now on they come from another device."""
        ...


class Audio(Protocol):
    """What this module needs of PortAudio; see `_portaudio.PortAudio`."""

    def devices(self) -> tuple[Device, ...]: ...
    def opened(self, kind: Kind, device: Device, callback: Any, prepare: Any) -> Any: ...
    def close(self, stream: Any) -> None: ...
    def stop(self) -> None: ...


class Look(Protocol):
    """Finds out which devices there are without disturbing what plays; see `_probe.Probe`."""

    def look(self, now_s: float) -> tuple[Device, ...] | None: ...
    def close(self) -> None: ...


class Stream:
    """One stream that is wanted until it is closed, whatever happens to its device."""

    def __init__(self, kind: Kind, wanted: str, user: User) -> None:
        self.kind: Kind = kind
        self.wanted = wanted
        self.user = user
        self.home: Device | None = None
        """What was chosen to begin with."""
        self.device: Device | None = None
        """What is open now, or was last."""
        self.native: Any = None
        self.calls = 0
        self.seen = 0
        self.alive_s = 0.0
        self.opened_s = 0.0
        self.lost_s = 0.0
        self.try_s = 0.0
        self.tries = 0
        self.patience_s = _PATIENCE_S
        self.flows = False
        """Whether a block has come since it was opened last."""
        self.lost = False
        """From the loss until blocks have come steadily again."""
        self.news = False
        """Whether its user must be informed when the next block comes."""

    def called(self, data: Any, frames: int, time: Any, status: Any) -> None:
        """PortAudio's callback."""
        self.calls += 1
        self.user.block(data, frames, time, status)


class Streams:
    """Every stream of this process; to be used on one thread."""

    def __init__(self, audio: Audio, probe: Look) -> None:
        self._audio = audio
        self._probe = probe
        self._streams: list[Stream] = []
        self._looked_s = self._restarted_s = 0.0

    def devices(self) -> tuple[Device, ...]:
        """Every device; a fresh list unless a stream is open that would be disturbed."""
        try:
            return self._audio.devices()
        finally:
            self._rest()

    def open(self, kind: Kind, wanted: str, user: User, now_s: float) -> Stream:
        """A stream that calls back; raises `UserError` when there is none to be had."""
        stream = Stream(kind, wanted, user)
        try:
            stream.home = pick(self._audio.devices(), wanted, kind)
            self._start(stream, stream.home, now_s)
            self._streams.append(stream)
        finally:
            self._rest()
        return stream

    def close(self, stream: Stream) -> None:
        """End `stream` for good."""
        self._streams.remove(stream)
        self._audio.close(stream.native)
        self._rest()

    def look(self, now_s: float) -> None:
        """Notice what was lost and what came back, and open again what can be opened."""
        stood_s, self._looked_s = now_s - self._looked_s, now_s
        for stream in list(self._streams):
            if stood_s > _STOOD_STILL_S:
                stream.alive_s += stood_s
            self._watch(stream, now_s)

    def _watch(self, stream: Stream, now_s: float) -> None:
        if stream.calls != stream.seen:
            stream.seen, stream.alive_s, stream.flows = stream.calls, now_s, True
            if now_s - stream.opened_s >= _STEADY_S:
                self._greet(stream)
                self._back_home(stream, now_s)
        elif stream.native is None or now_s - stream.alive_s >= _patience_s(stream):
            stream.flows = False
            if not stream.lost:
                self._lose(stream, now_s)
            if now_s >= stream.try_s:
                self._try_again(stream, now_s)

    def _greet(self, stream: Stream) -> None:
        stream.lost, stream.tries, stream.patience_s = False, 0, _PATIENCE_S
        if stream.news and stream.device:
            stream.news = False
            stream.user.back(stream.device)

    def _lose(self, stream: Stream, now_s: float) -> None:
        stream.lost, stream.news, stream.lost_s = True, True, now_s
        if stream.device:
            stream.user.lost(stream.device)

    def _try_again(self, stream: Stream, now_s: float) -> None:
        wait_s = _TRY_AGAIN_S if stream.tries < _SOON else _LATER_S
        stream.try_s, stream.tries = now_s + wait_s, stream.tries + 1
        opened = self._reopen(stream, now_s)
        if opened and stream.tries <= _BY_ITSELF:
            return
        healthy = any(other.flows for other in self._streams if other is not stream)
        if not healthy or self._worth_a_restart(stream, now_s, opened=opened):
            self._restart(now_s)

    def _worth_a_restart(self, stream: Stream, now_s: float, *, opened: bool) -> bool:
        """Whether other streams shall stumble so that `stream` may come back."""
        there = self._probe.look(now_s)
        if there is None:
            stream.try_s = now_s  # look again for the answer
            return False
        if stream.home is None or not _found(there, stream):
            return False
        if there != self._audio.devices():
            return True
        # Either it delivers nothing, or it is there and cannot be opened: an old list may be
        # the reason, or another program. Each try is heard, so they become rarer.
        patience_s = _MOST_PATIENCE_S if opened else stream.patience_s
        if now_s - self._restarted_s < patience_s:
            return False
        stream.patience_s = min(2.0 * stream.patience_s, _MOST_PATIENCE_S)
        return True

    def _back_home(self, stream: Stream, now_s: float) -> None:
        """Return to the device that was chosen once it is there again."""
        if not (stream.home and stream.device) or stream.device.name == stream.home.name:
            return
        if now_s < stream.try_s:
            return
        there = self._probe.look(now_s)
        if there is None:
            return
        stream.try_s = now_s + _LOOK_FOR_HOME_S
        if any(one.name == stream.home.name and one.channels(stream.kind) for one in there):
            self._restart(now_s)

    def _restart(self, now_s: float) -> None:
        """Close every stream, let PortAudio look for devices, and open every stream again."""
        self._restarted_s = now_s
        for stream in self._streams:
            self._audio.close(stream.native)
            stream.native, stream.flows = None, False
        self._audio.stop()
        for stream in self._streams:
            self._reopen(stream, now_s)

    def _rest(self) -> None:
        """Where nothing is open, the next use shall see what was plugged in meanwhile."""
        if not self._streams:
            self._probe.close()
            self._audio.stop()

    def _reopen(self, stream: Stream, now_s: float) -> bool:
        """Whether `stream` is open again; only its first block says that it lives."""
        self._audio.close(stream.native)
        stream.native, stream.flows = None, False
        if stream.home is None:
            return False
        try:
            device = again(self._audio.devices(), stream.wanted, stream.kind, stream.home)
            early = stream.lost and now_s - stream.lost_s < _SUBSTITUTE_AFTER_S
            if early and device.name != stream.home.name:
                return False
            self._start(stream, device, now_s)
        except UserError:
            return False
        return True

    def _start(self, stream: Stream, device: Device, now_s: float) -> None:
        stream.news = stream.news or (
            stream.device is not None and stream.device.name != device.name
        )
        stream.device = device
        stream.native = self._audio.opened(
            stream.kind,
            device,
            stream.called,
            lambda rate_hz: stream.user.starting(device, rate_hz),
        )
        stream.seen, stream.alive_s, stream.opened_s = stream.calls, now_s, now_s


def _patience_s(stream: Stream) -> float:
    return SILENT_S[stream.kind] if stream.flows else _FIRST_S


def _found(there: tuple[Device, ...], stream: Stream) -> bool:
    if stream.home is None:
        return False
    try:
        again(there, stream.wanted, stream.kind, stream.home)
    except UserError:
        return False
    return True
