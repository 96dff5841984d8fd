"""Windows has one switch for the microphone and one for the microphone of desktop apps."""

import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

from dndmood.doctor._finding import Finding, hint, ok, wrong

Read: TypeAlias = Callable[[str, str], str]
"""Takes a root ("HKLM", "HKCU") and a key; gives what its `Value` says, "" where there is none."""

_SWITCH = (
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\microphone"
)
"""Where the privacy settings are kept: "Allow" or "Deny"; `NonPackaged` are desktop apps."""
_ELEVEN = 22_000
"""Windows 11 begins with this build, and has other words in its settings."""


def hints(read: Read, build_number: int) -> Iterator[Finding]:
    """Whether the microphone is allowed, by the computer, by the user, and for desktop apps."""
    asked = [("HKLM", _SWITCH), ("HKCU", _SWITCH), ("HKCU", rf"{_SWITCH}\NonPackaged")]
    answers = [read(root, key) for root, key in asked]
    if "Deny" in answers:
        yield wrong("Windows keeps the microphone away from this program.", fix(build_number))
    elif not any(answers):
        yield hint(
            "Windows does not say whether this program may use the microphone.",
            fix(build_number),
        )
    else:
        yield ok("Windows lets desktop apps use the microphone.")


def fix(build_number: int) -> str:
    """How to give the permission."""
    eleven = build_number >= _ELEVEN
    where = "Privacy & security" if eleven else "Privacy"
    access = "Microphone access" if eleven else "Allow apps to access your microphone"
    return (
        f"Open Settings > {where} > Microphone, and switch on '{access}' and 'Let desktop apps "
        "access your microphone'."
    )


def build(version: str) -> int:
    """The build in what `platform.version()` says; 0 where there is none.

    >>> build("10.0.22631"), build("")
    (22631, 0)
    """
    last = version.rpartition(".")[2]
    return int(last) if last.isdecimal() else 0


def registry(root: str, key: str) -> str:
    """What the registry says; "" where it says nothing, as on every other system."""
    if sys.platform != "win32":
        return ""
    import winreg

    roots = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}
    try:
        with winreg.OpenKey(roots[root], key) as opened:
            return str(winreg.QueryValueEx(opened, "Value")[0])
    except OSError:
        return ""
