"""Which streams are wanted, whether they still call back, and how lost ones are opened again.

Nothing here waits or knows a thread: `look` is called again and again with the time.
"""

import logging
from contextlib import suppress
from typing import Any, Protocol

from dndmood.errors import UserError
from dndmood.sound_devices._default_sink import SERVERS
from dndmood.sound_devices._device import Device, Kind, again, pick
from dndmood.sound_devices._portaudio import NoLibraryError
from dndmood.sound_devices._stream import AHEAD, Ahead, Stream, User

__all__ = ["Audio", "Look", "Stream", "Streams", "User"]

SILENT_S: dict[Kind, float] = {"input": 2.0, "output": 1.5}
"""A stream from which no call came for so long is lost."""
_FIRST_S = 3.0
"""A device that was opened just now may take so long to its first call."""
_TRY_AGAIN_S, _LATER_S, _LAST_S = 0.5, 2.0, 5.0
"""Between two tries: at first, later, and when nobody waits any more: each costs some work."""
_FIRST_TRIES, _LATER_TRIES = 20, 60
_STOOD_STILL_S = 1.0
"""When nobody looked for so long this program stood still, which says nothing about devices."""
_BY_ITSELF = 2
"""So often a stream is opened again before PortAudio as a whole comes into question."""
_MOST_PATIENCE_S = 60.0
"""A restart is heard as a short gap, so without news it comes no more often than this."""
_SUBSTITUTE_AFTER_S = 3.0
"""A sound server that starts again shows its devices one after the other."""
_STEADY_S = 1.0
"""So long blocks must come before a stream counts as back."""
_MOST_FOR_HOME_S = 300.0

_log = logging.getLogger(__name__)


class Audio(Protocol):
    """What this module needs of PortAudio; see `_portaudio.PortAudio`."""

    def devices(self) -> tuple[Device, ...]: ...
    def others(self) -> tuple[Device, ...]: ...
    def opened(
        self, kind: Kind, device: Device, callback: Any, prepare: Any, ahead: Ahead
    ) -> Any: ...
    def close(self, stream: Any) -> None: ...
    def stop(self) -> None: ...


class Look(Protocol):
    """Finds out which devices there are without disturbing what plays; see `_probe.Probe`."""

    def look(self, now_s: float) -> tuple[Device, ...] | None: ...
    def close(self) -> None: ...


class Sink(Protocol):
    """Knows whether the sound server's default sink is heard; see `_default_sink.DefaultSink`."""

    def nowhere(self, now_s: float) -> bool | None: ...


class Server(Protocol):
    """Knows which devices Linux's sound server has; see `_sound_server.SoundServer`."""

    def vanished(self, device: Device, kind: Kind, opened_s: float, now_s: float) -> bool: ...


class Streams:
    """Every stream of this process; to be used on one thread."""

    def __init__(
        self, audio: Audio, probe: Look, sink: Sink, server: Server | None = None
    ) -> None:
        self._audio = audio
        self._server = server
        self._probe = probe
        self._sink = sink
        self._streams: list[Stream] = []
        self._looked_s = self._restarted_s = 0.0
        self._surprises: set[str] = set()

    def devices(self) -> tuple[Device, ...]:
        """Every device; a fresh list unless a stream is open that would be disturbed.

        Raises `UserError` when PortAudio is missing or cannot be started.
        """
        try:
            return (*self._audio.devices(), *self._audio.others())
        finally:
            self._rest()

    def open(
        self, kind: Kind, wanted: str, user: User, now_s: float, *, wait: bool = False
    ) -> Stream:
        """A stream that calls back; raises `UserError` when there is none to be had.

        With `wait`, a device that is not there yet is waited for like one that was lost; only
        without PortAudio itself is there an error.
        """
        stream = Stream(kind, wanted, user)
        try:
            every = self._listed(stream, wait=wait)
            try:
                stream.home = pick(every, wanted, kind)
                self._start(stream, stream.home, now_s)
            except UserError:
                if not wait:
                    raise
                stream.lose(now_s)
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
        for stream in self._streams:
            if stood_s > _STOOD_STILL_S:
                stream.alive_s += stood_s
                stream.ran_dry = False
            self._safely(self._notice, stream, now_s)
        # Only now: opening one may hang, and the loss of the other shall be known before.
        for stream in list(self._streams):
            self._safely(self._mend, stream, now_s)

    def _safely(self, do: Any, stream: Stream, now_s: float) -> None:
        """One stream's surprise must not keep the others from being looked after."""
        try:
            do(stream, now_s)
        except Exception as error:  # noqa: BLE001 - whatever it is
            if repr(error) not in self._surprises:
                self._surprises.add(repr(error))
                _log.exception("looking after a sound device failed")

    def _notice(self, stream: Stream, now_s: float) -> None:
        if stream.kind == "output" and stream.device and stream.device.name in SERVERS:
            stream.mute(now_s, nowhere=bool(self._sink.nowhere(now_s)))
        if stream.muted:
            stream.seen, stream.alive_s = stream.calls, now_s
            return
        if self._vanished(stream, now_s):
            self._let_go(stream)
            if not stream.lost:
                stream.lose(now_s)
            return
        if stream.calls != stream.seen:
            stream.flow(now_s)
            if now_s - stream.flows_s >= _STEADY_S:
                stream.greet()
            return
        if stream.native is not None and stream.device and stream.device.wasapi:
            return  # it gives nothing while nothing plays
        # A sound server may fill a new stream at once and then ask for nothing for two seconds.
        settled = stream.flows and now_s - stream.opened_s >= _FIRST_S
        limit_s = SILENT_S[stream.kind] if settled else _FIRST_S
        if stream.native is None or now_s - stream.alive_s >= limit_s:
            stream.stop()
            if not stream.lost:
                stream.lose(now_s)

    def _vanished(self, stream: Stream, now_s: float) -> bool:
        """Whether the sound server no longer has the device whose name was asked for."""
        device, server = stream.device, self._server
        if server is None or device is None or not device.server_name:
            return False
        if stream.native is None:
            return False
        return server.vanished(device, stream.kind, stream.opened_s, now_s)

    def _mend(self, stream: Stream, now_s: float) -> None:
        if now_s < stream.try_s or stream.muted:
            return
        if stream.native is not None and stream.device and stream.wants_more_ahead():
            self._audio.close(stream.native)
            stream.native = None  # should it not open again it is lost, and found as others are
            with suppress(UserError):
                self._start(stream, stream.device, now_s)
        elif stream.lost and not stream.flows and not self._beginning(stream, now_s):
            self._try_again(stream, now_s)
        elif not stream.lost and stream.away():
            self._look_for_home(stream, now_s)

    def _beginning(self, stream: Stream, now_s: float) -> bool:
        """Whether it was opened just now and may still begin."""
        return stream.native is not None and now_s - stream.opened_s < _FIRST_S

    def _try_again(self, stream: Stream, now_s: float) -> None:
        late = stream.tries >= _FIRST_TRIES
        wait_s = _LATER_S if stream.tries < _LATER_TRIES else _LAST_S
        stream.try_s = now_s + (wait_s if late else _TRY_AGAIN_S)
        stream.tries += 1
        opened = self._reopen(stream, now_s)
        if opened and stream.tries <= _BY_ITSELF:
            return
        alone = not any(
            other.flows or self._beginning(other, now_s)
            for other in self._streams
            if other is not stream
        )
        if stream.device and stream.device.server_name and not alone:
            return  # the sound server's own list is always fresh
        if alone and not late:
            if now_s - self._restarted_s >= _TRY_AGAIN_S:
                self._restart(now_s)
        elif self._worth_a_restart(stream, now_s, opened=opened, alone=alone):
            self._restart(now_s)

    def _worth_a_restart(
        self, stream: Stream, now_s: float, *, opened: bool, alone: bool
    ) -> bool:
        """Whether other streams shall stumble so that `stream` may come back."""
        there = self._probe.look(now_s)
        if there is None:
            stream.try_s = now_s  # look again for the answer
            return False
        if (found := stream.find(there)) is None:
            return False
        # Of other devices a fresh process may know less than we do: those that we hold.
        if found != stream.find(self._listed(stream, wait=True)) or alone:
            return True
        # Either it delivers nothing, or it is there and cannot be opened: an old list may be
        # the reason, or another program. Each try is heard, so they become rarer.
        patience_s = _MOST_PATIENCE_S if opened else stream.patience_s
        if now_s - self._restarted_s < patience_s:
            return False
        stream.patience_s = min(2.0 * stream.patience_s, _MOST_PATIENCE_S)
        return True

    def _look_for_home(self, stream: Stream, now_s: float) -> None:
        """Return to the device that was chosen once it is there again."""
        there = self._probe.look(now_s)
        if there is None or stream.home is None:
            return
        stream.try_s = now_s + stream.home_s
        if any(one.name == stream.home.name and one.channels(stream.kind) for one in there):
            # It may refuse, and then the other one has to come back: each return costs a gap.
            stream.home_s = min(2.0 * stream.home_s, _MOST_FOR_HOME_S)
            self._restart(now_s)

    def _restart(self, now_s: float) -> None:
        """Close every stream, let PortAudio look for devices, and open every stream again."""
        self._restarted_s = now_s
        for stream in self._streams:
            self._let_go(stream)
        self._audio.stop()
        for stream in self._streams:
            self._safely(self._reopen, stream, now_s)

    def _rest(self) -> None:
        """Where nothing is open, the next use shall see what was plugged in meanwhile."""
        if not self._streams:
            self._probe.close()
            self._audio.stop()

    def _reopen(self, stream: Stream, now_s: float) -> bool:
        """Whether `stream` is open again; only its first block says that it lives."""
        self._let_go(stream)
        for device in self._candidates(stream, now_s):
            try:
                self._start(stream, device, now_s)
            except UserError:
                continue
            return True
        return False

    def _candidates(self, stream: Stream, now_s: float) -> list[Device]:
        """What may be opened for `stream`, best first.

        Another device takes the place of the chosen one only where nobody chose it by name,
        and only after a while.
        """
        every = self._listed(stream, wait=True)
        if stream.wanted or stream.home is None:
            found = stream.find(every)
            return [] if found is None else [found]
        own = [one for one in every if one.name == stream.home.name]
        own = [again(own, "", stream.kind, stream.home)] if own else []
        if stream.lost and now_s - stream.lost_s < _SUBSTITUTE_AFTER_S:
            return own
        others = [one for one in every if one.name != stream.home.name]
        try:
            return [*own, pick(others, "", stream.kind)]
        except UserError:
            return own

    def _listed(self, stream: Stream, *, wait: bool) -> tuple[Device, ...]:
        """The devices of PortAudio's list; with `wait` none where it cannot start just now.

        What PortAudio hides is there as well, where `stream` is of none of its own.
        """
        try:
            every = self._audio.devices()
            hidden = stream.wanted and stream.find(every) is None
            others = self._audio.others() if hidden else ()
        except UserError as error:
            if not wait or isinstance(error, NoLibraryError):
                raise
            return ()
        return (*every, *others)

    def _let_go(self, stream: Stream) -> None:
        self._audio.close(stream.native)
        stream.native = None
        stream.stop()

    def _start(self, stream: Stream, device: Device, now_s: float) -> None:
        stream.at(device, now_s)
        stream.native = self._audio.opened(
            stream.kind,
            device,
            stream.called,
            lambda rate_hz: stream.user.starting(device, rate_hz),
            AHEAD[stream.level],
        )
