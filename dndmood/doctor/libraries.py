"""The libraries: which versions, whether they load, and that none of them reports to anybody."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module, metadata

from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.settings import Settings

ORDER = 10
STUCK = "Install dndmood again in a fresh virtual environment."

_NEEDED = {
    "numpy": "numpy",
    "onnxruntime": "onnxruntime",
    "sounddevice": "",  # starts PortAudio when it is imported; the devices say whether it works
    "soundfile": "soundfile",
    "soxr": "soxr",
    "webrtcvad-wheels": "webrtcvad",
    "rich": "rich",
    "msgspec": "msgspec",
    "tomlkit": "tomlkit",
    "typer": "typer",
    "matplotlib": "",  # takes a second, and only the report needs it
}
"""Distribution and the module it is imported as; no module where it is not tried."""
_HELPFUL = {
    "pywebrtc-audio": ("pywebrtc_audio", "our own music in the microphone is not taken out"),
    "pygame-ce": ("pygame", "there is no second way to play music"),
}
"""What works without it, and what does not."""
_SWITCH = "ORT_DISABLE_TELEMETRY"
"""See Privacy.md in onnxruntime's wheel."""


def check(_settings: Settings) -> Iterator[Finding]:
    """Python, the libraries, what sound files can be read, and that nothing is reported."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    yield ok(
        f"dndmood {_version('dndmood')} with Python {platform.python_version()} on "
        f"{platform.system()} {platform.release()} ({platform.machine()})."
    )
    yield from telemetry(os.environ)  # in front, as the import would begin to report
    yield from loaded(import_module)
    yield from sound_formats()


def telemetry(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether onnxruntime is kept from reporting to its maker."""
    if environ.get(_SWITCH, "").lower() in ("1", "true"):
        yield ok("No library reports to its maker: onnxruntime's telemetry is switched off.")
    else:
        yield wrong(
            "onnxruntime may report to its maker: its telemetry is not switched off.",
            f"Set the environment variable {_SWITCH} to 1 before dndmood is started.",
        )


def loaded(load: Callable[[str], object]) -> Iterator[Finding]:
    """The versions of what loads, and each library that does not; `load` imports a module."""
    good = []
    for name, module in _NEEDED.items():
        if error := _failure(name, module, load):
            yield wrong(f"{name} cannot be loaded ({error}).", _again(name, error))
        else:
            good.append(f"{name} {_version(name)}")
    for name, (module, without) in _HELPFUL.items():
        if error := _failure(name, module, load):
            yield hint(
                f"{name} cannot be loaded ({error}); without it {without}.", _again(name, error)
            )
        else:
            good.append(f"{name} {_version(name)}")
    yield ok(f"{', '.join(good)}.")


def sound_formats() -> Iterator[Finding]:
    """Which kinds of music files can be played, where that depends on the library's age."""
    try:
        import soundfile
    except Exception:  # noqa: BLE001 - reported by `loaded` already
        return
    known = soundfile.available_formats()
    library = f"libsndfile {soundfile.__libsndfile_version__}"
    lacking = [
        name
        for name, there in (
            ("MP3", "MP3" in known),
            ("Opus", "OPUS" in soundfile.available_subtypes("OGG")),
        )
        if not there
    ]
    if lacking:
        yield hint(
            f"{library} is too old for {' and '.join(lacking)} files.",
            "Install a newer one: python -m pip install --upgrade soundfile.",
        )
    else:
        yield ok(f"{library} reads WAV, FLAC, OGG, Opus and MP3.")


def _failure(name: str, module: str, load: Callable[[str], object]) -> str:
    """Why it cannot be loaded, in one line; empty when it can."""
    try:
        metadata.version(name)
        if module:
            load(module)
    except metadata.PackageNotFoundError:
        return "it is not installed"
    except Exception as error:  # noqa: BLE001 - a library may fail in any way
        return " ".join(f"{type(error).__name__}: {error}".split())
    return ""


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _again(name: str, error: str) -> str:
    if "DLL" in error:
        return "Install Microsoft's Visual C++ Redistributable (x64), then start the terminal again."
    return f"Install it again: python -m pip install --force-reinstall {name}."
