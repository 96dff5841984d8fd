"""How each mood has sounded at this table so far, learned while its music plays.

What a model has learned about a mood's talk is right for the mean of many voices, but every voice
has habits: one reader sounds sad in every fifth sentence, whatever it reads. Windows of one voice
are mistaken alike, so their evidence must not add up for ever. Here it does not: talk that goes on
as it has gone on in this mood speaks for this mood, and only what is new speaks for another one.

The likelihood of a window in a mood becomes `(1 - a) x learned from many + a x heard here`, with
`a = _BELIEVED n / (n + _AS_GOOD_S)` after n seconds of talk in that mood. *Heard here* is the share
of each tone in that talk times how much likelier the window is in that tone; neutral and calm count
as one plain talk, so that much plain talk makes no mood any plainer than plain.
"""

from collections import deque

import numpy as np

from dndmood.mood.evidence import PLAIN, Array, Evidence

_BELIEVED = 0.5
"""So much of a mood's likelihood is what was heard here at most. Chosen on composed tuning evenings,
as the others: right, changes and surprise are level from .35 (with 300 s) to 1 (with 1800 s)."""
_AS_GOOD_S = 600.0
"""After so much talk in a mood what was heard here counts half of that."""
_LATE_S = 60.0
"""The last talk before a change is left out: by then the next mood may have begun unnoticed."""
_HALF_LIFE_S = 1800.0
"""After so much talk what was heard counts half."""


class LearnedTalk:
    """The tones that were heard in each of some moods at this table."""

    def __init__(self, evidence: Evidence, moods: int) -> None:
        self._plain = np.array([tone in PLAIN for tone in evidence.tones])
        self._usual_plain = evidence.plain()
        self._heard_s = np.zeros((moods, len(evidence.tones)))
        self._late: deque[tuple[Array, float]] = deque()  # tones, seconds of talk
        self._late_s = 0.0

    def change(self) -> None:
        """Another mood plays from now on: the last talk belongs to none for certain."""
        self._late.clear()
        self._late_s = 0.0

    def push(self, felt: Array, new_s: float, mood: int) -> None:
        """Take in `new_s` of talk of these tones, shape `(tones,)`, while the mood `mood` plays."""
        tones = np.where(self._plain, 0.0, felt) + felt[self._plain].sum() * self._usual_plain
        self._late.append((tones, new_s))
        self._late_s += new_s
        while self._late and self._late_s - self._late[0][1] >= _LATE_S:
            heard, talk_s = self._late.popleft()
            self._late_s -= talk_s
            self._heard_s *= 2.0 ** (-talk_s / _HALF_LIFE_S)
            self._heard_s[mood] += heard * talk_s

    def mixed(self, likely: Array, ratios: Array) -> Array:
        """`likely`, shape `(rows, moods)`, with what was heard here.

        `ratios` says how much likelier the window is in each tone than on the whole evening.
        """
        talk_s = self._heard_s.sum(axis=1)
        part = _BELIEVED * talk_s / (talk_s + _AS_GOOD_S)
        here = self._heard_s @ ratios / np.maximum(talk_s, 1e-9)
        return np.asarray((1.0 - part) * likely + part * here)
