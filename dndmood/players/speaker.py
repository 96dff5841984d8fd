"""Plays through the sound device: our own mixer in PortAudio's callback."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import Event
from dndmood.players import Report
from dndmood.players._booth import Booth
from dndmood.tap import Tap

_LATENCY_S = 0.3
"""Music needs no low latency; this much keeps it going while Python is busy elsewhere."""
_BLOCK_S = 0.1

_log = logging.getLogger(__name__)


class Speaker:
    """Hands events to the booth and the booth's sound to the device."""

    def __init__(self, booth: Booth) -> None:
        self._booth = booth
        self.underflows = 0
        """How often the device ran out of sound."""

    def __call__(self, event: Event) -> None:
        """Obey cues, levels and commands."""
        self._booth(event)

    def pour_into(self, tap: Tap) -> None:
        """Let `tap` have what goes to the device."""
        self._booth.pour_into(tap)

    def render(
        self, outdata: NDArray[np.float32], frames: int, _time: Any, status: Any
    ) -> None:
        """Called by PortAudio on its own thread; must not wait."""
        if status.output_underflow:
            self.underflows += 1
        try:
            outdata[:] = self._booth.render(frames)
        except Exception:  # noqa: BLE001 - see below; nothing above could catch it
            # An exception here would end the stream without a word to anybody.
            outdata.fill(0.0)
            _log.exception("the mixer failed for one block")


@contextmanager
def opened(argument: str, report: Report) -> Iterator[Speaker]:  # noqa: ARG001 - has nothing to say yet
    """The sound device `argument` (an index or part of a name; "" for the default one)."""
    # Imports hold Python up: all that the decoder needs is here before the device starts.
    import soundfile  # noqa: F401
    import soxr  # noqa: F401

    try:
        import sounddevice as sd
    except OSError as error:
        raise UserError("The PortAudio library is missing") from error
    try:
        device = int(argument) if argument.isdecimal() else argument or None
        rate_hz = round(sd.query_devices(device, "output")["default_samplerate"])
        booth = Booth(rate_hz, prefetch=True)
        speaker = Speaker(booth)
        stream = sd.OutputStream(
            device=device,
            samplerate=rate_hz,
            channels=2,
            dtype="float32",
            blocksize=round(rate_hz * _BLOCK_S),
            latency=_LATENCY_S,
            callback=speaker.render,
        )
        stream.start()
    except (sd.PortAudioError, ValueError) as error:
        raise UserError(f"There is no sound device to play on: {error}") from error
    with stream:
        yield speaker
    booth.close()
    if speaker.underflows:
        _log.warning("the sound device ran out of sound %d times", speaker.underflows)
