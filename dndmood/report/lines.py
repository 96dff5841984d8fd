"""The lines of a journal on one time line, whatever state they are in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dndmood.errors import UserError
from dndmood.printable import printable

Fact: TypeAlias = Mapping[str, Any]
"""One line of a journal."""

_RESTART_S = 1.0
"""When time jumps back by more than this, listening began again."""

_LATE = frozenset({"ambience", "hint", "place"})
"""What these tell of was said some seconds ago, as words take time to be recognised."""

_LONGEST_S = 7 * 86_400.0
"""No table talks for longer than a week; a time beyond that is a damaged line."""

_LONGEST = 200
"""Letters of a text that a page shows; names and reasons are shorter."""

_NEEDED = (
    "arousal", "fade_s", "forced", "lengths_s", "mood", "place", "resume", "shares", "solved", "text", "track",
    "tracks", "valence", "verb", "voice", "why",
)  # fmt: skip
_KINDS = {
    kind: kind for kind in ("cue", "command", "estimate", "mood", "place", "playing", "problem")
}
"""One text for each kind instead of one for each line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A fact at its time since the evening's beginning."""

    at_s: float
    kind: str
    fact: Fact

    def text(self, key: str) -> str:
        """The text under `key`, on one line; empty when there is none."""
        value = self.fact.get(key)
        return _shown(value) if isinstance(value, str) else ""

    def number(self, key: str) -> float | None:
        """The number under `key`; None when there is none."""
        return _number(self.fact.get(key))

    def texts(self, key: str) -> list[str]:
        """The texts in the list under `key`, each on one line."""
        value = self.fact.get(key)
        if not isinstance(value, list):
            return []
        return [_shown(text) for text in value if isinstance(text, str)]

    def numbers(self, key: str) -> list[float]:
        """The numbers in the list under `key`."""
        value = self.fact.get(key)
        found = map(_number, value) if isinstance(value, list) else ()
        return [number for number in found if number is not None]


def in_order(facts: Iterable[Fact], name: str) -> tuple[list[Line], tuple[float, ...]]:
    """Every usable fact on one time line, and the seconds at which time began again.

    Where time jumps back, another evening was written to the same journal: it goes on where
    the one before ended. What words gave away is told late, and stands where it was told. Raises `UserError` when reading `facts` fails.
    """
    lines: list[Line] = []
    restarts_s: list[float] = []
    offset_s = latest_s = 0.0
    try:
        for fact in facts:
            at_s = _number(fact.get("at_s")) if isinstance(fact, Mapping) else None
            if at_s is None or not 0.0 <= at_s <= _LONGEST_S:
                continue
            kind = str(fact.get("event", ""))
            if kind not in _LATE and at_s + offset_s < latest_s - _RESTART_S:
                offset_s = latest_s
                restarts_s.append(latest_s)
            latest_s = max(latest_s, at_s + offset_s)
            lines.append(Line(latest_s, _KINDS.get(kind, kind), _needed(fact)))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not a text file"
        raise UserError(
            f"The journal {name} cannot be read ({reason}): name a .jsonl file that "
            "`dndmood listen` wrote."
        ) from error
    return lines, tuple(restarts_s)


def _needed(fact: Fact) -> Fact:
    """What of `fact` the story is made from: a year of evenings has millions of scores."""
    return {key: fact[key] for key in _NEEDED if key in fact}


def _shown(text: str) -> str:
    return (
        words if len(words := printable(text[: _LONGEST + 1])) <= _LONGEST else f"{words[:-1]}…"
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) <= _LONGEST_S else None  # NaN is not, either
