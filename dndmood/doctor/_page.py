"""The findings as lines for people, and as JSON."""

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from dndmood.doctor._finding import Finding

_NAME = 13
_INDENT = " " * (4 + _NAME)


def lines(name: str, finding: Finding, *, width: int) -> Iterator[str]:
    """`finding` of the check called `name` in lines of at most `width`, its fix below it."""
    begin = f"{finding.mark}  {name:<{_NAME}}"
    yield from _folded(finding.text, begin, _INDENT, width)
    if finding.fix:
        yield from _folded(finding.fix, f"{_INDENT}> ", f"{_INDENT}  ", width)


def verdict(found: Iterable[tuple[str, Finding]]) -> str:
    """One line about all of it."""
    marks = Counter(finding.mark for _, finding in found)
    hints = f"{marks['--']} hint{'s' * (marks['--'] != 1)}"
    if not marks["!!"]:
        return f"Nothing is broken; {hints}."
    return f"{marks['!!']} thing{'s' * (marks['!!'] != 1)} to mend (!!), {hints} (--)."


def as_json(found: Iterable[tuple[str, Finding]]) -> str:
    """The same as one JSON object: `wrong` and `hints` count, `findings` are in order."""
    rows = [
        {"check": name, "mark": finding.mark, "text": finding.text, "fix": finding.fix}
        for name, finding in found
    ]
    marks = Counter(row["mark"] for row in rows)
    page = {"wrong": marks["!!"], "hints": marks["--"], "findings": rows}
    return json.dumps(page, indent=2)  # ASCII, which every console and pipe can take


def _folded(text: str, begin: str, indent: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width=max(width, len(indent) + 20),
        initial_indent=begin,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
