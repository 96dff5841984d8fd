"""What the system lets this program do with microphone and speaker, as far as one may ask."""

import os
import platform
import sys
from collections.abc import Iterator

from dndmood.doctor import _linux, _mac, _windows
from dndmood.doctor._finding import Finding
from dndmood.settings import Settings

ORDER = 20
STUCK = "Log out and in again, or restart the computer: the system does not answer."


def check(_settings: Settings) -> Iterator[Finding]:
    """Hints for this system."""
    match sys.platform:
        case "darwin":
            yield from _mac.hints(os.environ, _mac.major(platform.mac_ver()[0]))
        case "win32":
            yield from _windows.hints(_windows.registry, _windows.build(platform.version()))
        case _:
            yield from _linux.hints(_linux.Here())


def microphone_fix() -> str:
    """What to do when the microphone gives nothing, on this system."""
    match sys.platform:
        case "darwin":
            return _mac.fix(os.environ, _mac.major(platform.mac_ver()[0]))
        case "win32":
            return _windows.fix(_windows.build(platform.version()))
        case _:
            return _linux.UNMUTE
