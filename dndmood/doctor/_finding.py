"""What a check found: one line of the page."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Mark: TypeAlias = Literal["ok", "--", "!!"]
"""All is well; a hint; something that must be mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, and what to do about it."""

    mark: Mark
    text: str
    """What was found, in whole sentences."""
    fix: str = ""
    """What to do, as one sentence; empty where nothing need be done or `text` says it."""


def ok(text: str) -> Finding:
    """All is well with it."""
    return Finding("ok", text)


def hint(text: str, fix: str = "") -> Finding:
    """Something to know, which may be as it should be."""
    return Finding("--", text, fix)


def wrong(text: str, fix: str = "") -> Finding:
    """Something that must be mended for a good evening."""
    return Finding("!!", text, fix)
