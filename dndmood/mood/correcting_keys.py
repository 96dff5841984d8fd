"""Which key of the game master is a correction, and of what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dndmood.events import Command, Correction

_SHORTLY_S = 20.0
"""A digit so soon after an automatic change, or after `r`, says what it should have been."""
_RECENT_S = 60.0
"""So long the talk that led to a change is what a correction is about; later, the talk now is."""


@dataclass(frozen=True, slots=True)
class Impression:
    """What the talk was like at one moment."""

    arousal: float
    valence: float
    scores: Mapping[str, float]
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Change:
    at_s: float
    left: str
    taken: str
    heard: Impression


class CorrectingKeys:
    """Remembers the last automatic change, and turns keys that are about it into corrections."""

    def __init__(self) -> None:
        self._change: _Change | None = None
        self._rejected_s: float | None = None  # when it was rejected or undone
        self._noted = False  # whether that was a correction

    def changed(self, at_s: float, left: str, taken: str, heard: Impression) -> None:
        """The voices changed the mood."""
        self._change = _Change(at_s, left, taken, heard)
        self._rejected_s, self._noted = None, False

    def forget(self) -> None:
        """What the last change was no longer matters: silence or a hand ended it."""
        self._change, self._rejected_s = None, None

    def of(self, command: Command, now: Impression) -> Correction | None:
        """The correction that `command` is, if it is one; `now` is what is heard."""
        change, at_s = self._change, command.at_s
        if change is None:
            return None
        rejected_s = self._rejected_s
        match command.verb:
            case "reject" if rejected_s is None:
                self._rejected_s, self._noted = at_s, True
                return self._about(change, at_s, now, "reject", change.left)
            case "undo" if rejected_s is None:
                self._rejected_s, self._noted = at_s, at_s - change.at_s <= _RECENT_S
                if self._noted:
                    return self._about(change, at_s, now, "undo", change.left)
            case "undo":
                # Undone twice is as if nothing had been said: it wants what was taken.
                self._change = None
                if self._noted:
                    return self._about(change, at_s, now, "undo", change.taken, refines=True)
            case "force":
                self._change = None
                asked_s = change.at_s if rejected_s is None else rejected_s
                agreed = rejected_s is None and command.mood == change.taken
                if at_s - asked_s <= _SHORTLY_S and not agreed:
                    return self._about(
                        change, at_s, now, "instead", command.mood, refines=self._noted
                    )
        return None

    def _about(
        self,
        change: _Change,
        at_s: float,
        now: Impression,
        kind: Literal["instead", "reject", "undo"],
        wanted: str,
        *,
        refines: bool = False,
    ) -> Correction:
        heard = change.heard if at_s - change.at_s <= _RECENT_S else now
        return Correction(
            at_s=at_s,
            kind=kind,
            left=change.left,
            taken=change.taken,
            wanted=wanted,
            arousal=heard.arousal,
            valence=heard.valence,
            scores=heard.scores,
            shares=heard.shares,
            refines=refines,
        )
