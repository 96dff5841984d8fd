"""Which change of mood is common at a table, and what that changes.

The counts are from the nine labelled evenings of the campaign "Call of the Wild": `data/dnd/ep1.csv`
to `ep9.csv` of lucasnfe/bardo-composer (Ferreira, Lelis and Whitehead, AIIDE 2020, arXiv
2008.07009), where every line has valence and arousal 0 or 1; 66 changes in 4.6 hours.
"""

import math

from dndmood.bounds import clamp
from dndmood.mood.book import Mood

_KINDS = {
    "calm": (0.34, 0.58),
    "suspense": (0.50, 0.36),
    "agitated": (0.84, 0.20),
    "happy": (0.74, 0.82),
}
"""Arousal and valence of the four kinds in which a campaign of nine evenings was labelled line by
line. A mood counts as the kind it is nearest to, so a new one needs nothing but its place."""
_COUNTS = {
    ("suspense", "agitated"): 20,
    ("calm", "suspense"): 14,
    ("agitated", "suspense"): 14,
    ("suspense", "calm"): 7,
    ("agitated", "calm"): 5,
}
"""Changes counted there (60 of 66); the six others are shared by the other ways."""
_OTHERS = 6.0 / 7.0
_BOUNDS = (0.8, 1.0)
"""A common way is eased; a rare one is not punished, for one campaign is not every table."""
_KIN = 3.0
"""From mood to mood of one kind the music changes only when it must: suspense and sorrow lie so
close that even a perfect ear would go back and forth between them, and each change makes the next
one wait. Tuned on composed game nights (`tests/benchmarks/tune_pacing.py`)."""


def kind(mood: Mood) -> str:
    """Which of the four kinds `mood` is nearest to."""
    return min(_KINDS, key=lambda name: math.dist(_KINDS[name], (mood.arousal, mood.valence)))


def ease(left: Mood, taken: Mood) -> float:
    """By which factor the lead for going from `left` to `taken` is less or more than usual.

    Below 1 for a common way, 1 for a rare one, and well above within a kind.
    """
    here, there = kind(left), kind(taken)
    if here == there:
        return _KIN
    ways = {to: _COUNTS.get((here, to), _OTHERS) for to in _KINDS if to != here}
    likely = ways[there] / sum(ways.values()) * len(ways)
    return clamp(likely**-0.25, *_BOUNDS)
