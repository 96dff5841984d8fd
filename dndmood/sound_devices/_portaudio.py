"""PortAudio through sounddevice, which only this module imports; all its failures are `UserError`."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from typing import Any

from dndmood.errors import UserError
from dndmood.sound_devices._device import Device, Kind
from dndmood.sound_devices._sound_server import SoundServer, aimed_at
from dndmood.sound_devices._stream import Ahead
from dndmood.sound_devices._wasapi import Wasapi

NO_LIBRARY = (
    "The PortAudio library is missing: install it with 'sudo apt install libportaudio2' "
    "(Debian, Ubuntu) or 'brew install portaudio' (macOS)."
)
_BLOCK_S = 0.06
"""A microphone's: each costs the same, and nobody sees or hears that it comes a little later."""
_CALL_BLOCK_S = 0.1
"""What is played elsewhere may come in longer blocks, each of which costs the same."""
_MOST_CHANNELS = 8
"""Sound servers offer 32 or 64 that nobody has."""
_COMMON_RATES_HZ = (48_000, 44_100, 16_000)

Callback = Callable[[Any, int, Any, Any], None]


class NoLibraryError(UserError):
    """PortAudio is not installed: no device that is plugged in later will mend that."""


def sounddevice_library() -> Any:
    """The library behind `PortAudio`, which starts it; raises `UserError` when it cannot."""
    try:
        import sounddevice
    except OSError as error:
        raise NoLibraryError(NO_LIBRARY) from error
    except Exception as error:  # its own error class cannot be named before it is imported
        raise UserError(_cannot_start(error)) from error
    return sounddevice


class PortAudio:
    """The library, started when it is first needed; must be used on one thread only."""

    def __init__(
        self,
        load: Callable[[], Any] = sounddevice_library,
        server: SoundServer | None = None,
        wasapi: Wasapi | None = None,
    ) -> None:
        self._load = load
        self._server = server or SoundServer()
        self._wasapi = wasapi or Wasapi()
        self._sd: Any = None
        self._running = False

    def devices(self) -> tuple[Device, ...]:
        """Every device that was there when PortAudio was started.

        Raises `UserError` when PortAudio is missing or cannot be started.
        """
        sd = self._started()
        try:
            default_input, default_output = sd.default.device
            return tuple(
                Device(
                    index=index,
                    name=str(entry["name"]),
                    inputs=int(entry["max_input_channels"]),
                    outputs=int(entry["max_output_channels"]),
                    rate_hz=round(entry["default_samplerate"]),
                    default_input=index == default_input,
                    default_output=index == default_output,
                )
                for index, entry in enumerate(sd.query_devices())
            )
        except sd.PortAudioError as error:
            raise UserError(f"The sound devices cannot be listed: {error}.") from error

    def others(self) -> tuple[Device, ...]:
        """What PortAudio hides: devices of Linux's sound server by name, and what Windows plays.

        Asked afresh each time. Raises `UserError` as `devices` does.
        """
        every = self.devices()
        return (*self._server.devices(every), *self._wasapi.devices(every))

    def opened(
        self,
        kind: Kind,
        device: Device,
        callback: Callback,
        prepare: Callable[[int], None],
        ahead: Ahead,
    ) -> Any:
        """A running stream of `device`; other channels and rates where its own are refused.

        `prepare` is given the rate in Hz before the first call of `callback`. What is played is
        asked for so far `ahead`. Raises `UserError` when none can be opened.
        """
        if device.wasapi:
            return self._wasapi.opened(device, callback, prepare)
        with aimed_at(device, kind):
            return self._opened(kind, device, callback, prepare, ahead)

    def _opened(
        self,
        kind: Kind,
        device: Device,
        callback: Callback,
        prepare: Callable[[int], None],
        ahead: Ahead,
    ) -> Any:
        sd = self._started()
        make = sd.InputStream if kind == "input" else sd.OutputStream
        block_s = ahead.block_s if kind == "output" else _BLOCK_S
        refusal = ""
        for rate_hz, channels in product(_rates(device), _channels(kind, device)):
            stream = None
            try:
                stream = make(
                    device=device.index if device.through < 0 else device.through,
                    samplerate=rate_hz,
                    channels=channels,
                    dtype="float32",
                    blocksize=round(rate_hz * (_CALL_BLOCK_S if device.loopback else block_s)),
                    latency=ahead.buffer_s if kind == "output" else "high",
                    callback=callback,
                )
                prepare(rate_hz)
                stream.start()
            except (sd.PortAudioError, ValueError, OSError) as error:
                refusal = refusal or str(error)
                self.close(stream)
            else:
                return stream
        raise UserError(refusal_text(kind, device, refusal))

    def close(self, stream: Any) -> None:
        """End `stream` at once; one that has failed already is no error."""
        if stream is not None:
            with suppress(Exception):  # whatever a broken stream still complains about
                stream.abort()
            with suppress(Exception):
                stream.close()

    def stop(self) -> None:
        """Let go of the system's sound; the next use sees which devices there are then.

        Every stream must have been closed before.
        """
        self._wasapi.stop()
        if self._running:
            self._running = False
            with suppress(self._sd.PortAudioError):
                self._sd._terminate()  # noqa: SLF001 - the only way to refresh PortAudio's list

    def _started(self) -> Any:
        if self._sd is None:
            self._sd, self._running = self._load(), True
        if not self._running:
            try:
                self._sd._initialize()  # noqa: SLF001 - see `stop`
            except self._sd.PortAudioError as error:
                raise UserError(_cannot_start(error)) from error
            self._running = True
        return self._sd


def _cannot_start(error: Exception) -> str:
    return f"The system's sound cannot be reached ({error}): is its sound server running?"


def _channels(kind: Kind, device: Device) -> Iterator[int]:
    own = device.channels(kind)
    wanted = 2 if kind == "output" or own > _MOST_CHANNELS else own
    yield from dict.fromkeys((min(wanted, own), min(own, 2), own, 1))


def _rates(device: Device) -> tuple[int, ...]:
    return tuple(dict.fromkeys((device.rate_hz, *_COMMON_RATES_HZ)))


def refusal_text(kind: Kind, device: Device, reason: str) -> str:
    """Why `device` could not be opened, in words that name the fix."""
    what = "microphone" if kind == "input" else "speaker"
    if "Invalid sample rate" in reason and kind == "input":
        return (
            f"The microphone {device.name} refuses its own rate of {device.rate_hz} Hz, which most "
            "often means no permission or a muted source: allow it in the sound and privacy settings."
        )
    if "unavailable" in reason or "busy" in reason.lower():
        return f"The {what} {device.name} is busy: close the program that uses it."
    return (
        f"The {what} {device.name} cannot be opened ({reason}): choose another one, "
        "'dndmood devices' lists them."
    )
