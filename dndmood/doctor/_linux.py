"""Sound on Linux: which server, whose rights, and the walls that packages build."""

import os
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from dndmood.doctor._finding import Finding, hint, ok, wrong

UNMUTE = (
    "Open the sound settings (or pavucontrol), choose the microphone under Input and unmute it."
)
_START = "systemctl --user start pipewire pipewire-pulse wireplumber"


class Machine(Protocol):
    """What is asked of the machine."""

    environ: Mapping[str, str]
    kernel: str
    """Its release; Windows' Linux has "microsoft" in it."""
    user: int
    """The number of the user; 0 may do everything."""

    def exists(self, path: str) -> bool: ...
    def sound_cards(self) -> list[bool]:
        """For each of the kernel's ways to play or record, whether this program may use it."""
        ...


class Here:
    """This machine."""

    def __init__(self) -> None:
        self.environ: Mapping[str, str] = os.environ
        self.kernel = platform.release()
        self.user = os.getuid() if hasattr(os, "getuid") else 0

    def exists(self, path: str) -> bool:
        """Whether there is such a file or socket."""
        return os.path.exists(path)  # noqa: PTH110 - never raises

    def sound_cards(self) -> list[bool]:
        """Whether each of `/dev/snd/pcm*` may be used."""
        return [os.access(path, os.R_OK | os.W_OK) for path in Path("/dev/snd").glob("pcm*")]


def hints(machine: Machine) -> Iterator[Finding]:
    """Which sound system there is, and what stands between it and this program."""
    yield from _sound_system(machine)
    yield from _walls(machine)


def server(machine: Machine) -> str:
    """The sound server that answers here; empty when there is none."""
    run = machine.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{machine.user}"
    if machine.environ.get("PULSE_SERVER"):
        return "the PulseAudio server that PULSE_SERVER names"
    if machine.exists(f"{run}/pipewire-0"):
        return "PipeWire"
    return "PulseAudio" if machine.exists(f"{run}/pulse/native") else ""


def _sound_system(machine: Machine) -> Iterator[Finding]:
    cards = machine.sound_cards()
    if found := server(machine):
        yield ok(f"Sound goes through {found}.")
    elif cards and all(cards):
        yield ok("There is no sound server; ALSA is used directly, by one program at a time.")
    elif cards:
        yield wrong(
            "There is no sound server, and this user may not use the sound card.",
            "Type 'sudo usermod -aG audio $USER' and log in again, or start the sound server: "
            f"{_START}.",
        )
    else:
        yield wrong(
            "There is no sound server and no sound card.",
            f"Start the sound server ({_START}), and plug a microphone and a speaker in.",
        )


def _walls(machine: Machine) -> Iterator[Finding]:
    environ = machine.environ
    if environ.get("FLATPAK_ID") or machine.exists("/.flatpak-info"):
        app = environ.get("FLATPAK_ID", "APP")
        yield hint(
            "This terminal runs in a Flatpak, which may keep sound away.",
            f"Type 'flatpak override --user --socket=pulseaudio {app}' outside and start it again.",
        )
    if name := environ.get("SNAP_NAME"):
        yield hint(
            "This terminal runs in a Snap, which may keep the microphone away.",
            f"Type 'sudo snap connect {name}:audio-record' and start it again.",
        )
    if machine.user == 0 and environ.get("SUDO_USER"):
        yield hint(
            "This runs under sudo, where the sound server of whoever sits here is not found.",
            "Start dndmood without sudo.",
        )
    if environ.get("SSH_CONNECTION"):
        yield hint(
            "This runs over ssh: microphone and speaker are those of the far computer.",
            "Start dndmood on the computer that stands at the table.",
        )
    if "microsoft" in machine.kernel.lower():
        yield hint(
            "This is Linux inside Windows, where sound comes late and with gaps.",
            "Install Python and dndmood in Windows itself.",
        )
    contained = machine.exists("/.dockerenv") or machine.exists("/run/.containerenv")
    if contained and not server(machine):
        yield hint(
            "This runs in a container, which has only the sound that it was given.",
            "Start dndmood outside, or give the container the socket of the sound server.",
        )
