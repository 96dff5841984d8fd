"""What works on this machine and what to mend: one public module is one check.

A check module has
- `check(settings)`, which gives one `Finding` after the other; it may raise and it may hang,
- `ORDER`, its place on the page,
- `STUCK`, one sentence that says what to do when it does not end,
- `ANNOUNCE` where the person at the table should know or do something while it runs,
- `ASKS_DEVICES = True` where it asks PortAudio or the sound server,
- `AUDIBLE = True` where it makes sound.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from dndmood import paths
from dndmood import settings as settings_file
from dndmood.clock import SystemClock
from dndmood.doctor import _page, _private, _running
from dndmood.doctor._finding import Finding, hint
from dndmood.errors import UserError
from dndmood.settings import Settings
from dndmood.stderr_to_log import libraries_quiet

__all__ = ["Finding", "examine", "names", "print_page"]

Say = Callable[[str], None]


def names(*, quick: bool = False) -> tuple[str, ...]:
    """Every check there is, in the order of the page; with `quick` those that make no sound."""
    return tuple(check.name for check in _checks(quick=quick))


def examine(settings: Settings, *, quick: bool, announce: Say) -> Iterator[tuple[str, Finding]]:
    """Each finding as it is made, with the name of its check; nothing private is in it.

    `announce` gets what the person at the table should do meanwhile.
    """
    deaf = False
    with libraries_quiet(paths.log_file()):
        for check in _checks(quick=quick):
            if check.asks_devices and deaf:
                yield check.name, hint("Left out, as the sound devices do not answer.")
                continue
            if check.announce:
                announce(check.announce)
            for finding in _running.findings(
                check, settings, clock=SystemClock(), hide=_private.hide
            ):
                yield check.name, finding
            deaf = deaf or (check.asks_devices and _running.anything_hangs())


def print_page(chosen: dict[str, Any], *, quick: bool, as_json: bool, write: Say) -> int:
    """Print every finding through `write`; returns the exit code: 1 where something is wrong.

    `chosen` are settings of the command line, None where nothing was chosen. Ends the program
    by itself when a check hangs.
    """
    settings, found = _settings(chosen), list[tuple[str, Finding]]()
    # More than 100 columns are hard to read.
    width = min(shutil.get_terminal_size().columns, 100) if sys.stdout.isatty() else 100

    def announce(text: str) -> None:
        if not as_json:
            write(_page.announced(text, width=width))

    for name, finding in examine(settings, quick=quick, announce=announce):
        found.append((name, finding))
        if not as_json:
            write("\n".join(_page.lines(name, finding, width=width)))
    write(_page.as_json(found) if as_json else f"\n{_page.verdict(found)}")
    code = int(any(finding.mark == "!!" for _, finding in found))
    if _running.anything_hangs():
        # Libraries close themselves at exit, and what hangs now would hang then as well.
        sys.stdout.flush()
        os._exit(code)
    return code


def _checks(*, quick: bool) -> list[_running.Check]:
    every = _running.checks(__path__, __name__)
    return [check for check in every if not (quick and check.audible)]


def _settings(chosen: dict[str, Any]) -> Settings:
    """The settings as an evening would have them; a file that cannot be used counts as none."""
    try:
        return settings_file.load(paths.settings_file(), **chosen)
    except UserError:
        given = {key: value for key, value in chosen.items() if value is not None}
        return replace(Settings(), **given)
