"""Bluetooth's telephone mode: as soon as a headset's microphone is used, its music is a telephone's."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from os import environ

from dndmood.doctor._finding import Finding, hint, ok
from dndmood.errors import UserError
from dndmood.house import wanted_speaker
from dndmood.settings import Settings
from dndmood.sound_devices import Device, devices, pick

ORDER = 40
STUCK = "Switch the Bluetooth headset off and on again."

_TELEPHONE_HZ = 16_000
"""HFP and HSP carry one channel at 8 kHz (CVSD) or 16 kHz (mSBC); Hands-Free Profile 1.8, Bluetooth SIG."""
_BY_NAME = ("hands-free", "handsfree", "headset_head_unit", "hfp", "hsp", "bluez", "airpods")
_ANSWER_S = 3.0
_FIX = (
    "Choose another microphone ('dndmood devices' lists them), with --device NAME or as "
    'device = "NAME" in settings.toml; the headset then plays music well again.'
)


def check(settings: Settings) -> Iterator[Finding]:
    """Whether the devices in use are in telephone mode; nothing where there are none."""
    try:
        every = devices()
        microphone = pick(every, settings.device)
        speaker = pick(every, wanted_speaker(settings), "output")
    except UserError:
        return  # told by the check of the devices
    found = [*telephone(microphone, speaker)]
    if sys.platform.startswith("linux"):
        found += in_server(_pactl("info"), _pactl("list", "short", "sources"), "source")
        found += in_server(_pactl("info"), _pactl("list", "short", "sinks"), "sink")
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


def in_server(info: str, listed: str, kind: str) -> Iterator[Finding]:
    """A hint when the default `kind` ("source" or "sink") of Linux's sound server is a telephone.

    `info` and `listed` are what `pactl info` and `pactl list short` print; PortAudio sees only
    the server, which hides what is behind it.
    """
    name = next(
        (
            line.partition(":")[2].strip()
            for line in info.splitlines()
            if line.startswith(f"Default {kind.capitalize()}:")
        ),
        "",
    )
    channels, rate_hz = _formats(listed).get(name, (2, 48_000))
    if not name.startswith("bluez") or name.endswith(".monitor"):
        return
    if kind == "source":
        yield hint(
            f"The default microphone belongs to a Bluetooth headset ({rate_hz} Hz, "
            f"{channels} channel{'s' * (channels != 1)}): while it is used, the headset is a "
            "telephone and its music is dull and mono.",
            "Choose another microphone in the sound settings, or type 'pactl list short sources' "
            "and 'pactl set-default-source NAME'.",
        )
    elif channels == 1 and rate_hz <= _TELEPHONE_HZ:
        yield hint(
            f"The default speaker is a Bluetooth headset in telephone mode ({rate_hz} Hz, mono).",
            "Choose 'High Fidelity Playback (A2DP)' for it in the sound settings, and another "
            "microphone.",
        )


def _formats(listed: str) -> Mapping[str, tuple[int, int]]:
    """Channels and rate of each device in what `pactl list short` prints."""
    rows = re.findall(r"^\d+\t(\S+)\t\S+\t\S+ (\d+)ch (\d+)Hz", listed, re.MULTILINE)
    return {name: (int(channels), int(rate_hz)) for name, channels, rate_hz in rows}


def _pactl(*arguments: str) -> str:
    """What the sound server says of itself; empty where it does not answer."""
    if not (program := shutil.which("pactl")):
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - found in the user's own path, without a shell
            [program, *arguments],
            env={**environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ANSWER_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
