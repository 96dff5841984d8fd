"""macOS lets the app in which a program runs use the microphone, and gives silence until then."""

from collections.abc import Iterator, Mapping

from dndmood.doctor._finding import Finding, hint

_APPS = {
    "Apple_Terminal": "Terminal",
    "iTerm.app": "iTerm",
    "vscode": "Visual Studio Code",
    "WezTerm": "WezTerm",
    "WarpTerminal": "Warp",
    "ghostty": "Ghostty",
    "Hyper": "Hyper",
}
"""What TERM_PROGRAM says, and what the settings call it."""
_NEW_SETTINGS = 13
"""Since macOS 13 they are called System Settings."""


def hints(environ: Mapping[str, str], version: int) -> Iterator[Finding]:
    """One line: nobody may ask the system whether the permission is there."""
    if environ.get("SSH_CONNECTION"):
        yield hint(
            "This runs over ssh, where macOS gives no program the microphone.",
            "Start dndmood in a terminal on the Mac itself.",
        )
        return
    yield hint(
        f"macOS gives perfect silence until it was told that {_app(environ)} may use the microphone.",
        fix(environ, version),
    )


def fix(environ: Mapping[str, str], version: int) -> str:
    """How to give the permission."""
    where = "System Settings > Privacy & Security"
    if version and version < _NEW_SETTINGS:
        where = "System Preferences > Security & Privacy > Privacy"
    return (
        f"Open {where} > Microphone, switch {_app(environ)} on, quit it and start it again; where it "
        "is not in the list, type 'tccutil reset Microphone' and start 'dndmood listen' once."
    )


def major(version: str) -> int:
    """The first number of `version`; 0 where there is none.

    >>> major("14.2.1"), major("")
    (14, 0)
    """
    first = version.partition(".")[0]
    return int(first) if first.isdecimal() else 0


def _app(environ: Mapping[str, str]) -> str:
    name = environ.get("TERM_PROGRAM", "")
    return _APPS.get(name, name.removesuffix(".app") or "your terminal app")
