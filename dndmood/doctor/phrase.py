"""A phrase played through the speaker and heard again by the microphone: the whole way there is."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event as Flag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.clock import Clock, SystemClock
from dndmood.doctor import _phrase
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.doctor._recording import Recording, at_16_khz, loudest
from dndmood.house import wanted_speaker
from dndmood.settings import Settings
from dndmood.sound_devices import Device, open_stream

ORDER = 130
STUCK = "Restart the sound server, or the computer: a device was opened and does not answer."
ANNOUNCE = (
    "A short phrase is played, and the microphone listens for it: be quiet for six seconds."
)
AUDIBLE = True

_BEFORE_S = 0.8
"""Bluetooth speakers wake up with the first sound and swallow what comes at once."""
_LATEST_S = 1.5
"""So late the phrase may be heard after it was handed over."""
_PATIENCE_S = 4.0
_NOT_HEARD = (
    "If you heard it, all is well with the speaker, and the microphone does not hear it "
    "(headphones, too far away, or noise suppression in the system); if you did not, turn the "
    "volume up, unmute it, or choose another speaker: 'dndmood devices' lists them."
)


class Playing:
    """Plays silence, the phrase and silence; a `User` of `open_stream`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sound = np.zeros(0, np.float32)
        self._at = 0
        self._rate_hz = 1
        self.handed_s: float | None = None
        """When the phrase's first sample was handed over, by the clock."""
        self.over = Flag()
        """Set when the last one was."""

    def block(self, data: NDArray[np.float32], frames: int, _time: Any, _status: Any) -> None:
        """Called by PortAudio on its own thread."""
        before = round(_BEFORE_S * self._rate_hz)
        if self.handed_s is None and self._at + frames > before:
            ahead = max(0, before - self._at)
            self.handed_s = self._clock.now_s() + ahead / self._rate_hz
        part = self._sound[self._at : self._at + frames]
        data.fill(0.0)
        data[: len(part), : min(2, data.shape[1])] = part[:, np.newaxis]
        self._at += frames
        if self._at >= len(self._sound):
            self.over.set()

    def starting(self, _device: Device, rate_hz: int) -> None:
        """Begin anew at `rate_hz`."""
        silence = np.zeros(round(_BEFORE_S * rate_hz), np.float32)
        self._sound = np.concatenate((silence, _phrase.phrase(rate_hz)))
        self._at, self._rate_hz, self.handed_s = 0, rate_hz, None

    def lost(self, _device: Device) -> None:
        """It is tried again by itself; who waits looks at `over`."""

    def back(self, _device: Device) -> None:
        """It begins anew by itself."""


@dataclass(frozen=True, slots=True)
class Way:
    """What came of it."""

    speaker: str
    microphone: str
    played: bool
    """Whether the speaker took all of the phrase."""
    heard: bool
    """Whether the microphone gave sound all the time."""
    silent: bool
    """Whether what it gave was perfect silence."""
    delay_s: float | None
    """From handing the phrase over to hearing it; None when it was not heard."""
    level_db: float = 0.0
    """How much louder or softer it was heard than it was played."""


def check(settings: Settings) -> Iterator[Finding]:
    """The phrase on its way, through the devices that an evening would use."""
    yield judged(
        travelled(settings.device, wanted_speaker(settings), SystemClock(), open_stream)
    )


def travelled(microphone: str, speaker: str, clock: Clock, opened: Any) -> Way:
    """Play the phrase through `speaker` and look for it in what `microphone` hears.

    `opened` is `open_stream`. Raises `UserError` when one of them cannot be opened.
    """
    recording, playing = Recording(clock), Playing(clock)
    with ExitStack() as stack:
        ear = stack.enter_context(opened("input", microphone, recording))
        recording.wait(0.1, patience_s=_PATIENCE_S)
        mouth = stack.enter_context(opened("output", speaker, playing))
        played = playing.over.wait(_BEFORE_S + _phrase.LONG_S + _PATIENCE_S)
        until_s = clock.now_s() + _LATEST_S - recording.began_s
        heard = recording.wait(until_s, patience_s=_LATEST_S + _PATIENCE_S)
    sound = recording.sound()
    nothing = (
        not (np.isfinite(sound).all() and np.ptp(sound, axis=0).any()) if len(sound) else True
    )
    found = None
    if not nothing and playing.handed_s is not None:
        # Sound travels forward only; a little is left for how roughly the clock is known.
        earliest_s = max(0.0, playing.handed_s - recording.began_s - 0.05)
        found = _phrase.found(
            at_16_khz(loudest(sound), recording.rate_hz), earliest_s=earliest_s
        )
    delay_s = None
    if found and playing.handed_s is not None:
        delay_s = max(0.0, recording.began_s + found.at_s - playing.handed_s)
    return Way(
        speaker=mouth.name,
        microphone=ear.name,
        played=played,
        heard=heard,
        silent=nothing,
        delay_s=delay_s,
        level_db=found.level_db if found else 0.0,
    )


def judged(way: Way) -> Finding:
    """What is to be said of it."""
    if way.delay_s is not None:
        louder = "louder" if way.level_db > 0 else "softer"
        return ok(
            f"The phrase was played by {way.speaker} and heard again by {way.microphone} "
            f"{way.delay_s * 1000.0:.0f} ms later, {abs(way.level_db):.0f} dB {louder}."
        )
    if not way.played:
        return wrong(
            f"The phrase was not played: {way.speaker} takes no sound.",
            "Choose another speaker ('dndmood devices' lists them), or restart the sound server.",
        )
    if not way.heard:
        return wrong(
            f"The phrase was played, but {way.microphone} gave no sound while it listened.",
            "Unplug the microphone and plug it in again, or choose another one.",
        )
    if way.silent:
        return wrong(
            f"The phrase was played, but {way.microphone} gives perfect silence.",
            "Unmute the microphone in the system's sound settings, and allow it in the privacy "
            "settings.",
        )
    return hint(
        f"The phrase was played by {way.speaker}, and {way.microphone} did not hear it.",
        _NOT_HEARD,
    )
