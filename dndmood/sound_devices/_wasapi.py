"""What Windows plays, as an input: WASAPI's loopback, which PortAudio as it is shipped lacks.

PyAudioWPatch (the extra `dndmood[loopback]`) brings a PortAudio of its own that has it. NOT TRIED on
Windows by whoever wrote this: written after that library's documentation, and tested with a stand-in
that has the same names. WASAPI gives no block while nothing plays, so silence is no loss here.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood.sound_devices._device import Device

MISSING = (
    "To hear what Windows plays, one more library is needed: pip install 'dndmood[loopback]'."
)
_BLOCK_S = 0.03


def pyaudio_library() -> Any:
    """The library; None where it is not Windows, or not installed."""
    if sys.platform != "win32":
        return None
    try:
        import pyaudiowpatch
    except ImportError:
        return None
    return pyaudiowpatch


class Wasapi:
    """The loopbacks of Windows; to be used on one thread."""

    def __init__(self, load: Callable[[], Any] = pyaudio_library) -> None:
        self._load = load
        self._library: Any = None
        self._host: Any = None

    def devices(self, every: Sequence[Device]) -> tuple[Device, ...]:
        """Every loopback, numbered after `every`; none where there is no such library."""
        if (host := self._started()) is None:
            return ()
        first = max((device.index for device in every), default=-1) + 1
        return tuple(
            Device(
                index=number,
                name=str(entry["name"]),
                inputs=int(entry["maxInputChannels"]),
                outputs=0,
                rate_hz=round(entry["defaultSampleRate"]),
                loopback=True,
                through=int(entry["index"]),
                wasapi=True,
            )
            for number, entry in enumerate(host.get_loopback_device_info_generator(), first)
        )

    def opened(
        self, device: Device, callback: Callable[..., None], prepare: Callable[[int], None]
    ) -> Any:
        """A running stream of `device`; raises `UserError` when it cannot be opened."""
        if (host := self._started()) is None:
            raise UserError(MISSING)
        library, channels = self._library, device.inputs

        def arrived(data: bytes, frames: int, time: Any, status: int) -> tuple[None, int]:
            block = np.frombuffer(data, np.float32).reshape(-1, channels)
            callback(block, frames, time, _Status(bool(status & library.paInputOverflow)))
            return None, library.paContinue

        try:
            stream = host.open(
                format=library.paFloat32,
                channels=channels,
                rate=device.rate_hz,
                frames_per_buffer=round(device.rate_hz * _BLOCK_S),
                input=True,
                input_device_index=device.through,
                stream_callback=arrived,
                start=False,
            )
            prepare(device.rate_hz)
            stream.start_stream()
        except (OSError, ValueError) as error:
            raise UserError(
                f"What {device.name} plays cannot be heard ({error}): choose another one, "
                "'dndmood devices' lists them."
            ) from error
        return _Stream(stream)

    def stop(self) -> None:
        """Let go; the next use sees which devices there are then."""
        host, self._host = self._host, None
        if host is not None:
            host.terminate()

    def _started(self) -> Any:
        if self._host is None:
            self._library = self._library or self._load()
            if self._library is None:
                return None
            self._host = self._library.PyAudio()
        return self._host


class _Status:
    """PortAudio's flags as sounddevice has them."""

    def __init__(self, overflow: bool) -> None:  # noqa: FBT001 - the one thing there is
        self.input_overflow = overflow


class _Stream:
    """A stream that is ended as sounddevice's are."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def abort(self) -> None:
        self._stream.stop_stream()

    def close(self) -> None:
        self._stream.close()
