"""Bluetooth's telephone mode: as soon as a headset's microphone is used, its music is a telephone's."""

from collections.abc import Iterator

from dndmood.doctor import _pactl
from dndmood.doctor._finding import Finding, hint, ok
from dndmood.doctor._in_use import in_use
from dndmood.doctor._pactl import Behind
from dndmood.settings import Settings
from dndmood.sound_devices import Device

ORDER = 40
ASKS_DEVICES = True
STUCK = "Switch the Bluetooth headset off and on again."

_TELEPHONE_HZ = 16_000
"""One channel at 8 kHz (CVSD) or 16 kHz (mSBC): Hands-Free Profile 1.8, Bluetooth SIG."""
_BY_NAME = ("hands-free", "handsfree", "headset_head_unit", "hfp", "hsp", "bluez", "airpods")
_FIX = (
    "Choose another microphone ('dndmood devices' lists them) with --device NAME, or as "
    'device = "NAME" in settings.toml; the headset then plays music well again.'
)


def check(settings: Settings) -> Iterator[Finding]:
    """Whether the devices in use are in telephone mode; nothing where there are none."""
    if (both := in_use(settings)) is None:
        return
    microphone, speaker = both
    found = [
        *telephone(microphone, speaker),
        *in_server(_pactl.behind(microphone, "input"), _pactl.behind(speaker, "output")),
    ]
    yield from found or [ok("Neither microphone nor speaker is a Bluetooth telephone.")]


def telephone(microphone: Device, speaker: Device) -> Iterator[Finding]:
    """Hints when one of them is, or sounds like, a telephone."""
    rate_hz = microphone.rate_hz
    named = any(word in microphone.name.casefold() for word in _BY_NAME)
    if named and rate_hz <= _TELEPHONE_HZ:
        yield hint(
            f"{microphone.name} records at {rate_hz} Hz as a Bluetooth telephone does: voices are "
            "dull, and music on the same headset is dull and mono.",
            _FIX,
        )
    elif rate_hz < _TELEPHONE_HZ:
        yield hint(
            f"{microphone.name} records at {rate_hz} Hz: what is above {rate_hz // 2} Hz in a voice "
            "is not heard, and anger is easily missed.",
            "Set it to 16000 Hz or more in the system's sound settings, or choose another "
            "microphone: 'dndmood devices' lists them.",
        )
    if speaker.outputs == 1 and speaker.rate_hz <= _TELEPHONE_HZ:
        yield hint(
            f"{speaker.name} plays one channel at {speaker.rate_hz} Hz, as a Bluetooth telephone "
            "does: music is dull and mono.",
            "Choose the headset's stereo output as speaker in the system's sound settings, and "
            "another microphone.",
        )


def in_server(microphone: Behind | None, speaker: Behind | None) -> Iterator[Finding]:
    """Hints when what Linux's sound server uses is a telephone; None is no sound server."""
    if microphone and microphone.bluetooth and not microphone.monitor:
        yield hint(
            f"The microphone {microphone.description} is that of a Bluetooth headset "
            f"({microphone.rate_hz} Hz): while it is used, the headset is a telephone, and its "
            "music is dull and mono.",
            "Choose another microphone in the sound settings, or with 'pactl list short sources' "
            "and 'pactl set-default-source NAME'.",
        )
    if speaker and speaker.bluetooth and speaker.channels == 1:
        yield hint(
            f"The speaker {speaker.description} is a Bluetooth headset in telephone mode "
            f"({speaker.rate_hz} Hz, mono).",
            "Choose 'High Fidelity Playback (A2DP Sink)' for it in the sound settings, and another "
            "microphone.",
        )
