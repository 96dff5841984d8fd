"""Runs checks one after the other; none can end the page, neither by an error nor by hanging."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from queue import Empty, SimpleQueue
from threading import Thread
from threading import enumerate as enumerate_threads
from typing import TypeAlias

from dndmood.clock import Clock
from dndmood.doctor._finding import Finding, wrong
from dndmood.errors import UserError
from dndmood.settings import Settings

_LONGEST_S = 15.0
"""Half of it would do on a slow machine; a check that takes longer hangs."""

_ENDING_S = 1.0
"""A thread that has found its last ends at once."""
_LAST = 1_000
_INSTALL = "Install dndmood and its libraries again, in a fresh virtual environment."

_log = logging.getLogger(__name__)

Hide: TypeAlias = Callable[[str], str]
"""Takes out of a sentence what is private."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a public module of this folder, by what it says of itself."""

    name: str
    order: int
    """Its place on the page."""
    run: Callable[[Settings], Iterable[Finding]]
    stuck: str
    """What to do when it does not end."""
    announce: str = ""
    """What the person at the table should know or do while it runs."""
    audible: bool = False
    """Whether it makes sound."""
    asks_devices: bool = False
    """Whether it asks PortAudio or the sound server, which may not answer."""
    longest_s: float = _LONGEST_S


def checks(folder: Iterable[str], package: str) -> list[Check]:
    """Every check in `folder` (a package's `__path__`), in the order of the page."""
    names = [m.name for m in iter_modules(folder) if not m.name.startswith("_")]
    return sorted((_check(name, package) for name in names), key=lambda one: one.order)


def _check(name: str, package: str) -> Check:
    try:
        module = import_module(f"{package}.{name}")
    except Exception as error:  # noqa: BLE001 - a library that a check needs may fail in any way
        return Check(name, _LAST, partial(_unloaded, error), _INSTALL)
    return Check(
        name=name,
        order=module.ORDER,
        run=module.check,
        stuck=module.STUCK,
        announce=getattr(module, "ANNOUNCE", ""),
        audible=getattr(module, "AUDIBLE", False),
        asks_devices=getattr(module, "ASKS_DEVICES", False),
    )


def _unloaded(error: Exception, _settings: Settings) -> Iterator[Finding]:
    yield wrong(f"This check cannot be made ({type(error).__name__}: {error}).", _INSTALL)


def findings(
    check: Check, settings: Settings, *, clock: Clock, hide: Hide
) -> Iterator[Finding]:
    """What `check` finds, as it finds it; its failure is a finding, and so is that it hangs."""
    found: SimpleQueue[Finding | None] = SimpleQueue()
    work = _Work(target=_work, args=(check, settings, found), name=check.name, daemon=True)
    work.start()
    until_s = clock.now_s() + check.longest_s
    try:
        while finding := found.get(timeout=max(0.0, until_s - clock.now_s())):
            yield replace(finding, text=hide(finding.text), fix=hide(finding.fix))
        work.join(_ENDING_S)
    except Empty:
        yield wrong(f"This check did not end within {check.longest_s:g} s.", check.stuck)


class _Work(Thread):
    """The thread of a check, to be told from others."""


def anything_hangs() -> bool:
    """Whether a check still runs that was not waited for."""
    return any(isinstance(thread, _Work) for thread in enumerate_threads())


def _work(check: Check, settings: Settings, found: "SimpleQueue[Finding | None]") -> None:
    try:
        for finding in check.run(settings):
            found.put(finding)
    except UserError as error:
        found.put(wrong(str(error)))
    except BaseException as error:  # noqa: BLE001 - whatever it was, the page goes on
        _log.exception("the check %s failed", check.name)
        found.put(
            wrong(
                f"This check failed by itself ({type(error).__name__}: {error}).",
                "Report this page as a fault of the program.",
            )
        )
    finally:
        found.put(None)
