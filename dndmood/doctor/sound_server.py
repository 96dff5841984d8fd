"""What stands behind the sound server's default devices: which they are, muted, or no microphone."""

from collections.abc import Iterator

from dndmood.doctor import _pactl
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.doctor._in_use import in_use
from dndmood.doctor._pactl import Behind
from dndmood.settings import Settings
from dndmood.sound_devices import Kind

ORDER = 35
ASKS_DEVICES = True
STUCK = (
    "Restart the sound server: systemctl --user restart pipewire pipewire-pulse wireplumber."
)

_SOFT_PERCENT = 15
_WORDS: dict[Kind, tuple[str, str]] = {
    "input": ("microphone", "source"),
    "output": ("speaker", "sink"),
}


def check(settings: Settings) -> Iterator[Finding]:
    """The server's microphone and speaker; nothing where there is no server that says so."""
    if (both := in_use(settings)) is None:
        return
    microphone, speaker = both
    if there := _pactl.behind(microphone, "input"):
        yield from judged(there, "input")
    if there := _pactl.behind(speaker, "output"):
        yield from judged(there, "output")


def judged(there: Behind, kind: Kind) -> Iterator[Finding]:
    """What is to be said of the device that the server uses."""
    what, word = _WORDS[kind]
    if there.muted:
        yield wrong(
            f"The {what} {there.description} is muted.",
            f"Type 'pactl set-{word}-mute @DEFAULT_{word.upper()}@ 0', or unmute it in the sound "
            "settings.",
        )
    elif there.volume_percent < _SOFT_PERCENT:
        yield hint(
            f"The {what} {there.description} is turned down to {there.volume_percent} %.",
            f"Type 'pactl set-{word}-volume @DEFAULT_{word.upper()}@ 80%', or turn it up in the "
            "sound settings.",
        )
    elif kind == "input" and there.monitor:
        yield hint(
            f"The microphone is {there.description}, which is none: it hears what the computer "
            "plays, and nobody at the table.",
            "Choose a microphone in the sound settings, or with 'pactl list short sources' and "
            "'pactl set-default-source NAME'.",
        )
    else:
        yield ok(
            f"The sound server's {what} is {there.description}, {there.volume_percent} % up, "
            f"{there.channels} channel{'s' * (there.channels != 1)} at {there.rate_hz} Hz."
        )
