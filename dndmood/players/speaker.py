"""Plays through the sound device: our own mixer in PortAudio's callback."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.events import AudioChunk, Event, Problem
from dndmood.players import Report
from dndmood.players._playback import Playback
from dndmood.reference_tap import ReferenceTap
from dndmood.sound_devices import Device, open_stream, wait_for_stream

_RATE_HZ = 48_000
"""Until the device says otherwise."""

_log = logging.getLogger(__name__)

_FADE_OUT_S = 0.5
"""How long the last music fades out: with what is on its way, within a second of quitting."""
_ON_THE_WAY_S = 0.6
"""What was rendered sounds so much later at most; a stream that is closed sooner cuts it off."""
_ABOUT = "the speaker"
_STUTTERS = 5
_MINUTE_S = 60.0
_QUIET_S = 600.0
"""Who has heard that it stutters needs no reminder for so long."""


class Stutter:
    """Judges how often the device ran out of sound, by audio time."""

    def __init__(self) -> None:
        self._counted, self._from_s = 0, 0.0
        self._quiet_until_s = 0.0

    def seen(self, underflows: int, at_s: float) -> str:
        """One sentence when it happened often recently; empty otherwise. `underflows` is since the start."""
        often = underflows - self._counted
        if often >= _STUTTERS and at_s >= self._quiet_until_s:
            self._quiet_until_s = at_s + _QUIET_S
            self._counted, self._from_s = underflows, at_s
            return (
                f"The music stuttered {often} times: this computer is too busy. Close other "
                "programs, or plug in its power supply."
            )
        if at_s - self._from_s >= _MINUTE_S:
            self._counted, self._from_s = underflows, at_s
        return ""


class Speaker:
    """Hands events to the playback and its sound to the device."""

    def __init__(self, report: Report, wanted: str = "") -> None:
        """`wanted` is what was asked for, to say it while it is not there."""
        self._report, self._wanted = report, wanted
        self._playback = Playback(_RATE_HZ, prefetch=True, report=report)
        self._home = ""
        self._lost = False
        self._waited = False  # for a device that was never there
        self._silent_s = 0.0  # rendered since the fade's end
        self._faded_out = Flag()
        self._stutter = Stutter()
        self._was_dry = False
        self.underflows = 0
        """How often the device ran out of sound."""

    def __call__(self, event: Event) -> None:
        """Obey cues, levels and commands; say it when the device often ran out of sound."""
        self._playback(event)
        if isinstance(event, AudioChunk) and (
            sentence := self._stutter.seen(self.underflows, event.end_s)
        ):
            self._report(Problem(0.0, sentence))

    def pour_into(self, tap: ReferenceTap) -> None:
        """Let `tap` have what goes to the device."""
        self._playback.pour_into(tap)

    def block(self, data: NDArray[np.float32], frames: int, _time: Any, status: Any) -> None:
        """Called by PortAudio on its own thread; must not wait."""
        if status.output_underflow and not self._was_dry:  # several blocks tell of each time
            self.underflows += 1
        self._was_dry = bool(status.output_underflow)
        sound = self._playback.render(frames)  # never raises, which would end the stream
        if self._playback.silent():
            self._silent_s += frames / self._playback.rate_hz
            if self._silent_s >= _ON_THE_WAY_S:
                self._faded_out.set()
        data.fill(0.0)
        if data.shape[1] == 1:
            data[:, 0] = sound.mean(axis=1)
        else:
            data[:, :2] = sound

    def starting(self, device: Device, rate_hz: int) -> None:
        """The device takes sound at `rate_hz` from now on."""
        self._home = self._home or device.name
        if rate_hz != self._playback.rate_hz:
            self._playback.change_rate(rate_hz)

    def stopped(self) -> None:
        """Report that nothing is heard."""
        self._playback.interrupt()

    def lost(self, device: Device | None) -> None:
        """Say that nothing can be heard."""
        self._lost, self._waited = True, device is None
        self._report(Problem(0.0, gone(device, self._wanted), about=_ABOUT))

    def back(self, device: Device) -> None:
        """Say that the music can be heard again, and where."""
        self._lost = False
        if self._waited:
            text = f"The speaker {device.name} is there, and the music plays."
        elif device.name == self._home:
            text = f"The speaker {device.name} is back, and the music goes on."
        else:
            text = f"The music comes from {device.name} until {self._home} is back."
        self._waited = False
        self._report(Problem(0.0, text, solved=True, about=_ABOUT))

    def fade_out(self) -> None:
        """Fade out, and come back when that is done; at once where nothing can be heard."""
        self._playback.leave(_FADE_OUT_S)
        if not self._lost:
            self._faded_out.wait(_FADE_OUT_S + 2.0 * _ON_THE_WAY_S)

    @contextmanager
    def heard_out(self) -> Iterator[None]:
        """Let the last music fade out when the block ends, while the device is still open."""
        try:
            yield
        finally:
            self.fade_out()

    def close(self) -> None:
        """Let every track go; call it when nothing is rendered any more."""
        self._playback.close()


def gone(device: Device | None, wanted: str = "") -> str:
    """What to say when `device` takes no sound any more, or when there is none as was `wanted`."""
    if device is None and wanted:
        return (
            f"There is no speaker called {wanted}: the music plays as soon as it is there. 'dndmood "
            "devices' lists those that are."
        )
    if device is None:
        return "There is no speaker: the music plays as soon as one is there."
    return (
        f"The speaker {device.name} takes no sound: was it unplugged, or did the system's sound "
        "stop? The music goes on as soon as it is back."
    )


@contextmanager
def opened(argument: str, report: Report) -> Iterator[Speaker]:
    """The sound device `argument` (an index or part of a name; "" for the default one).

    Raises `UserError` when there is no such device or it cannot be opened.
    """
    with (
        _let_go_at_the_end(Speaker(report)) as speaker,
        open_stream("output", argument, speaker),
        speaker.heard_out(),
    ):
        yield speaker


@contextmanager
def awaited(argument: str, report: Report) -> Iterator[Speaker]:
    """The sound device `argument` as soon as there is one; it reports that there is none yet.

    Raises `UserError` where PortAudio itself is missing.
    """
    with (
        _let_go_at_the_end(Speaker(report, argument)) as speaker,
        wait_for_stream("output", argument, speaker),
        speaker.heard_out(),
    ):
        yield speaker


@contextmanager
def _let_go_at_the_end(speaker: Speaker) -> Iterator[Speaker]:
    """`speaker`, whose tracks are let go when no device asks for sound any more."""
    # Imports hold Python up: all that the decoder needs is here before the device starts.
    import soundfile  # noqa: F401
    import soxr  # noqa: F401

    try:
        yield speaker
    finally:
        speaker.close()
        if speaker.underflows:  # also when a signal ends the evening
            _log.warning("the sound device ran out of sound %d times", speaker.underflows)
