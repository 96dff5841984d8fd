"""The microphone, heard for two seconds."""

from collections.abc import Iterator

import numpy as np

from dndmood.clock import SystemClock
from dndmood.doctor import _pactl
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.doctor._recording import Recording, Sound, level_db, loudest
from dndmood.doctor.permissions import microphone_fix
from dndmood.settings import Settings
from dndmood.sound_devices import open_stream

ORDER = 120
ASKS_DEVICES = True
STUCK = "Close programs that use the microphone, and unplug it and plug it in again."
ANNOUNCE = "The microphone is heard for two seconds: say something."

_SECONDS = 2.0
_PATIENCE_S = 6.0
_SOFT_DB = -60.0
"""A voice at a table's distance stands above this; below it is a quiet room, or a low gain."""
_FULL = 0.99
_CLIPPED = 1e-3
"""So many samples at full scale are heard as distortion."""
_TELEPHONE_HZ = (300.0, 3_000.0), (4_500.0, 7_000.0)
"""Where a telephone has sound, and where it has none."""
_NOTHING_DB = -50.0
"""Even a quiet microphone's own noise is no further below its voices in the upper band."""


def check(settings: Settings) -> Iterator[Finding]:
    """Two seconds of the microphone that an evening would use."""
    recording = Recording(SystemClock())
    with open_stream("input", settings.device, recording) as device:
        enough = recording.wait(_SECONDS, patience_s=_PATIENCE_S)
    if not enough:
        yield wrong(
            f"{device.name} was opened and gave {recording.seconds:.1f} s of sound in "
            f"{_PATIENCE_S:g} s.",
            STUCK,
        )
        return
    there = _pactl.behind(device, "input")
    monitor = there is not None and there.monitor
    yield from judged(recording.sound(), recording.rate_hz, monitor=monitor)
    if recording.overflows:
        yield hint(
            f"Sound was lost {recording.overflows} times in {_SECONDS:g} s.",
            "Close other programs: this computer is too busy to listen.",
        )


def judged(sound: Sound, rate_hz: int, *, monitor: bool = False) -> Iterator[Finding]:
    """What is to be said of `sound`, shape `(frames, channels)` at `rate_hz`.

    A `monitor` is no microphone: it gives perfect silence while the computer plays nothing.
    """
    if not np.isfinite(sound).all():
        yield wrong(
            "The microphone gives values that are not numbers.",
            "Choose another microphone, or install its driver again.",
        )
        return
    silent = not np.ptp(sound, axis=0).any()
    if silent and monitor:
        yield hint("The microphone, which hears what the computer plays, gave perfect silence.")
        return
    if silent:
        yield wrong(
            "The microphone gave perfect silence: it is muted, this program may not use it, or it "
            "passes on voices only and nobody spoke.",
            microphone_fix(),
        )
        return
    samples = loudest(sound) - loudest(sound).mean()
    level, peak = level_db(samples), float(np.abs(sound).max())
    text = f"The microphone gives sound: {level:.0f} dB below full scale".replace("-", "")
    if float((np.abs(sound) >= _FULL).mean()) > _CLIPPED:
        yield hint(
            f"{text}, and it is distorted because it is too loud.",
            "Turn the microphone's level down in the system's sound settings.",
        )
    elif level < _SOFT_DB:
        yield hint(
            f"{text}, which is very soft.",
            "If you spoke just now, turn the microphone's level up in the system's sound "
            "settings or move it closer; if nobody spoke, all is well.",
        )
    else:
        yield ok(f"{text}, its peaks at {-20.0 * np.log10(peak):.0f} dB below.")
    if level > _SOFT_DB and is_dull(samples, rate_hz):
        yield hint(
            f"It gives nothing above 4000 Hz although it runs at {rate_hz} Hz, as a telephone does.",
            "If it is a Bluetooth headset or a phone, choose another microphone: 'dndmood devices' "
            "lists them.",
        )


def is_dull(samples: np.ndarray, rate_hz: int) -> bool:
    """Whether there is sound in a telephone's band and as good as none above it."""
    if rate_hz < 2.0 * _TELEPHONE_HZ[1][1]:
        return False
    power = np.square(np.abs(np.fft.rfft(samples * np.hanning(len(samples)))))
    hz = np.fft.rfftfreq(len(samples), 1.0 / rate_hz)
    low, high = (power[(hz > a) & (hz < b)].mean() for a, b in _TELEPHONE_HZ)
    return bool(high < low * 10.0 ** (_NOTHING_DB / 10.0))
