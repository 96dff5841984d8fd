"""Which places and events of a second hearing are news: its parts were heard before.

The first pass hears short pieces, so that nothing comes late, and the second whole sentences.
What the first one gave stays given.

Sainath et al., "Two-Pass End-to-End Speech Recognition" (2019), for the idea.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dndmood.scene import SceneCue
from dndmood.words.event_cues import FIGHT, FIGHT_OVER

_SAME_S = 3.0
"""Two cues for one place within this time are the same: words have no exact time."""
_KEPT_S = 30.0
_LITTLE = 0.5
"""Less only talks of a place, and takes nothing from what is said of it after all."""
_ALONE = 1.0
"""So strong, a cue says by itself where the party is, whatever was understood of it before."""
_ARRIVAL = 2.0
_SAME_EVENT_S = 8.0
"""Two cues for one event within this time are the same."""


class SecondPass:
    """Remembers the cues for places and events of the last half minute."""

    def __init__(self) -> None:
        self._given: deque[SceneCue] = deque()
        self._newest_s = 0.0
        self._events: deque[SceneCue] = deque()

    def given(self, cues: Iterable[SceneCue]) -> None:
        """Take note of what the first pass gave."""
        for cue in cues:
            if cue.what == "event":
                self._events.append(cue)
            if cue.what == "place":
                self._given.append(cue)
                self._newest_s = max(self._newest_s, cue.at_s)
        while self._events and self._events[0].at_s < self._events[-1].at_s - _KEPT_S:
            self._events.popleft()
        while self._given and self._given[0].at_s < self._newest_s - _KEPT_S:
            self._given.popleft()

    def fresh(self, cues: Sequence[SceneCue]) -> list[SceneCue]:
        """Those of `cues` for places that were not given, or what they say more; never dated back.

        A cue that was overtaken by an arrival elsewhere, or by leaving, is none.
        """
        open_ = list(self._given)
        found = []
        for cue in cues:
            known = _nearest(cue, open_)
            if known is not None:
                open_.remove(known)
            more = _more(cue, known)
            if more is None or self._overtaken(cue):
                continue
            if known is not None:
                self._given.remove(known)  # the next whole overlaps this one, and says it again
            self.given([cue])
            found.append(replace(more, at_s=self._newest_s))
        return found

    def happened(self, cues: Iterable[SceneCue]) -> list[SceneCue]:
        """Those of `cues` for events that were not given; never dated back."""
        found = []
        for cue in cues:
            if not self._given_as(cue):
                newest_s = max((one.at_s for one in self._events), default=cue.at_s)
                found.append(replace(cue, at_s=max(cue.at_s, newest_s)))
                self.given(found[-1:])
        return found

    def _given_as(self, cue: SceneCue) -> bool:
        """Whether it was given; "no longer in initiative" in parts may have been a call for it."""
        same = {cue.name, FIGHT_OVER} if cue.name == FIGHT else {cue.name}
        return any(
            one.name in same and abs(one.at_s - cue.at_s) <= _SAME_EVENT_S
            for one in self._events
        )

    def _overtaken(self, cue: SceneCue) -> bool:
        return any(
            (one.strength >= _ARRIVAL or one.strength < 0.0)
            and one.at_s > cue.at_s
            and one.name != cue.name
            for one in self._given
        )


def _nearest(cue: SceneCue, given: Sequence[SceneCue]) -> SceneCue | None:
    same = [
        one for one in given if one.name == cue.name and abs(one.at_s - cue.at_s) <= _SAME_S
    ]
    return min(same, key=lambda one: abs(one.at_s - cue.at_s), default=None)


def _more(cue: SceneCue, known: SceneCue | None) -> SceneCue | None:
    """What `cue` says beyond `known`; None for nothing."""
    if known is None:
        return cue
    if cue.strength < 0.0 or known.strength < 0.0:
        return cue if cue.strength < 0.0 <= known.strength else None
    if cue.strength <= known.strength:
        return None
    if known.strength < _LITTLE or cue.strength >= _ALONE:
        return cue
    return replace(cue, strength=cue.strength - known.strength)
