"""A phrase played through the speaker and heard again by the microphone: the whole way there is."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.assembly import wanted_speaker
from dndmood.clock import Clock, SystemClock
from dndmood.doctor import _pactl, _phrase
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.doctor._recording import Recording, at_16_khz, loudest
from dndmood.events import RATE_HZ
from dndmood.settings import Settings
from dndmood.sound_devices import Device, Kind, User, devices, open_stream, pick

ORDER = 130
ASKS_DEVICES = True
STUCK = "Restart the sound server, or the computer: a device was opened and does not answer."
ANNOUNCE = (
    "A short phrase is played, and the microphone listens for it: be quiet for six seconds."
)
AUDIBLE = True

_BEFORE_S = 0.8
"""Bluetooth speakers wake up with the first sound and swallow what comes at once."""
_LATEST_S = 1.5
"""So late the phrase may be heard after it was handed over."""
_PATIENCE_S = 3.0
_ROUGHLY_S = 0.3

Opened: TypeAlias = Callable[[Kind, str, User], AbstractContextManager[Device]]
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
        """Begin again at `rate_hz`."""
        silence = np.zeros(round(_BEFORE_S * rate_hz), np.float32)
        self._sound = np.concatenate((silence, _phrase.phrase(rate_hz)))
        self._at, self._rate_hz, self.handed_s = 0, rate_hz, None

    def stopped(self) -> None:
        """Nothing is asked for just now."""

    def lost(self, _device: Device | None) -> None:
        """It is tried again by itself; who waits looks at `over`."""

    def back(self, _device: Device) -> None:
        """It begins again by itself."""


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
    monitor: bool = False
    """Whether the microphone is none, but hears what some speaker of this computer is given."""


def check(settings: Settings) -> Iterator[Finding]:
    """The phrase on its way, through the devices that an evening would use."""
    way = travelled(settings.device, wanted_speaker(settings), SystemClock(), open_stream)
    there = _pactl.behind(pick(devices(), settings.device), "input")
    yield judged(replace(way, monitor=there is not None and there.monitor))


def travelled(microphone: str, speaker: str, clock: Clock, opened: Opened) -> Way:
    """Play the phrase through `speaker` and look for it in what `microphone` hears.

    `opened` is `open_stream`. Raises `UserError` when one of them cannot be opened.
    """
    recording, playing = Recording(clock), Playing(clock)
    with ExitStack() as stack:
        ear = stack.enter_context(opened("input", microphone, recording))
        flows = recording.wait(0.1, patience_s=_PATIENCE_S)
        mouth = stack.enter_context(opened("output", speaker, playing))
        played = playing.over.wait(_BEFORE_S + _phrase.LONG_S + _PATIENCE_S)
        handed_s = clock.now_s() if playing.handed_s is None else playing.handed_s
        needed_s = handed_s + _phrase.LONG_S + _LATEST_S - recording.began_s
        heard = flows and played
        heard = heard and recording.wait(needed_s, patience_s=_LATEST_S + _PATIENCE_S)
    sound = recording.sound()
    silent = not (len(sound) and np.isfinite(sound).all() and np.ptp(sound, axis=0).any())
    delay_s, level_db = (None, 0.0) if silent else _arrived(recording, playing)
    return Way(
        speaker=mouth.name,
        microphone=ear.name,
        played=played,
        heard=heard,
        silent=silent,
        delay_s=delay_s,
        level_db=level_db,
    )


def _arrived(recording: Recording, playing: Playing) -> tuple[float | None, float]:
    """How long after it was handed over the phrase was heard, and by how much louder."""
    if playing.handed_s is None:
        return None, 0.0
    samples = at_16_khz(loudest(recording.sound()), recording.rate_hz)
    handed_s = playing.handed_s - recording.began_s
    # Nothing is heard before it is played, but the clock is known roughly only.
    first = max(0, round((handed_s - _ROUGHLY_S) * RATE_HZ))
    last = round((handed_s + _LATEST_S + _phrase.LONG_S) * RATE_HZ)
    found = _phrase.found(samples[first:last])
    if found is None:
        return None, 0.0
    return max(0.0, first / RATE_HZ + found.at_s - handed_s), found.level_db


def judged(way: Way) -> Finding:
    """What is to be said of it."""
    if way.delay_s is not None:
        louder = "louder" if way.level_db > 0 else "softer"
        return ok(
            f"The speaker {way.speaker} played a phrase, and the microphone {way.microphone} heard "
            f"it {way.delay_s * 1000.0:.0f} ms later, {abs(way.level_db):.0f} dB {louder}."
        )
    if not way.played:
        return wrong(
            f"The phrase was not played: the speaker {way.speaker} takes no sound.",
            "Choose another speaker ('dndmood devices' lists them), or restart the sound server.",
        )
    if not way.heard:
        return wrong(
            f"A phrase was played, but the microphone {way.microphone} gave no sound meanwhile.",
            "Unplug the microphone and plug it in again, or choose another one.",
        )
    if way.silent and not way.monitor:
        return wrong(
            f"A phrase was played, but the microphone {way.microphone} gives perfect silence.",
            "Unmute the microphone in the system's sound settings, and allow it in the privacy "
            "settings.",
        )
    return hint(
        f"The speaker {way.speaker} played a phrase, and the microphone {way.microphone} did not "
        "hear it.",
        _NOT_HEARD,
    )
