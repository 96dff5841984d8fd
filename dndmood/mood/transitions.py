"""How long a mood lasts at a table, and which mood follows which.

The counts are from the nine labelled evenings of the campaign "Call of the Wild": `data/dnd/ep1.csv`
to `ep9.csv` of lucasnfe/bardo-composer (Ferreira, Lelis and Whitehead, AIIDE 2020, arXiv
2008.07009), where every line has valence and arousal 0 or 1; 66 changes in 4.6 hours.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dndmood.mood.book import Mood

STAY_S = 218.0
"""Mean length of a stretch in one mood there. Stretches as they are counted there (a median of 134 s,
a tenth below 30 s, a tenth above 503 s) decided no better on composed evenings than a stay whose end
is always equally likely, so that one is used."""
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
    ("calm", "agitated"): 40,
}
"""Changes counted there (60 of 66); the six others are shared by the other ways. All but the last:
in that campaign dread comes before nearly every fight, at other tables fights break out in the
middle of calm. Set by hand so that two furious sentences in a row begin one with what ships; 30
instead decides as well on composed evenings, within .2 points."""
_OTHERS = 6.0 / 7.0
_UNSEEN = 1.0
"""Added to every count, as one campaign is not every table; and the count of a change from a mood
to another of its kind, which the labels there do not tell apart."""


def kind(mood: Mood) -> str:
    """Which of the four kinds `mood` is nearest to."""
    return min(_KINDS, key=lambda name: math.dist(_KINDS[name], (mood.arousal, mood.valence)))


def ways(moods: Sequence[Mood]) -> NDArray[np.float64]:
    """Where a mood goes when it ends, shape `(moods, moods)`; rows sum to 1, the diagonal is 0.

    Moods of one kind share what was counted for it.
    """
    kinds = [kind(mood) for mood in moods]
    found = np.zeros((len(moods), len(moods)))
    for left, here in enumerate(kinds):
        for taken, there in enumerate(kinds):
            if taken != left:
                count = 0.0 if here == there else _COUNTS.get((here, there), _OTHERS)
                found[left, taken] = (count + _UNSEEN) / (
                    kinds.count(there) - (here == there) or 1
                )
    totals = found.sum(axis=1, keepdims=True)
    return np.asarray(found / np.maximum(totals, 1e-12))


def kin(moods: Sequence[Mood], share: float) -> NDArray[np.float64]:
    """Each mood (row) as a mixture of itself and, with `share`, of the others of its kind.

    Shape `(moods, moods)`; rows sum to 1, and a mood that is alone in its kind is only itself.
    """
    kinds = np.array([kind(mood) for mood in moods])
    others = (kinds[:, np.newaxis] == kinds[np.newaxis, :]) & ~np.eye(len(kinds), dtype=bool)
    count = others.sum(axis=1, keepdims=True)
    mixed = np.where(others, share / np.maximum(count, 1), 0.0)
    np.fill_diagonal(mixed, np.where(count[:, 0] > 0, 1.0 - share, 1.0))
    return mixed


def is_fight(moods: Sequence[Mood]) -> NDArray[np.bool_]:
    """Which moods are of the kind in which dice are counted, shape `(moods,)`."""
    return np.array([kind(mood) == "agitated" for mood in moods])


def is_calm(moods: Sequence[Mood]) -> NDArray[np.bool_]:
    """Which moods are of the kind out of which fights break, shape `(moods,)`."""
    return np.array([kind(mood) == "calm" for mood in moods])


def likeness(moods: Sequence[Mood]) -> NDArray[np.float64]:
    """How right the music of one mood (row) is while another is true, shape `(moods, moods)`.

    1 for itself, half for a mood of its kind, 0 else: between suspense and sorrow the music changes
    only when it is quite clear.
    """
    kinds = np.array([kind(mood) for mood in moods])
    alike = np.where(kinds[:, np.newaxis] == kinds[np.newaxis, :], 0.5, 0.0)
    np.fill_diagonal(alike, 1.0)
    return alike
