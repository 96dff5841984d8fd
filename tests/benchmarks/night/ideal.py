"""What no engine can exceed: a filter that knows how the evening was made, and every label.

It is told what each sentence was (its own quadrant, or plain), one after the other, as well as the
shares of plain and stray sentences they were drawn with. What it does not know is what nobody can:
when a scene ends, before anything of the next was said. It pays the same price for a change and has
the same minimum stay as the program.
"""

import math
from collections.abc import Sequence

import numpy as np

from dndmood.mood.book import Mood
from dndmood.mood.pacing import Pacing
from dndmood.mood.transitions import STAY_S, ways
from tests.benchmarks.night.composer import Evening
from tests.benchmarks.night.timeline import QUADRANTS, quadrant

_NAMES = ("suspense", "battle", "calm", "merry")
"""A mood for each of `QUADRANTS`, in their order."""
_STRAYS = 0.075
_EASE = 2
_LONGEST_S = 8.0


def chosen(
    evening: Evening, moods: Sequence[Mood], pacing: Pacing, *, plain: float
) -> list[tuple[float, str]]:
    """When which mood was chosen; `plain` is the share of plain and stray sentences."""
    by_name = {mood.name: mood for mood in moods}
    four = [by_name[name] for name in _NAMES]
    assert [quadrant(m.name, arousal=m.arousal, valence=m.valence) for m in four] == [
        *QUADRANTS
    ]
    moves, likely = ways(four), _likelihoods(max(plain - _STRAYS, 0.0))
    believed = np.array([0.1, 0.1, 0.7, 0.1])
    found, last_s = [(0.0, "calm")], 0.0
    for each in evening.spoken:
        step_s = min(max(each.end_s - last_s, 0.0), _LONGEST_S)
        last_s = each.end_s
        ends = 1.0 - math.exp(-step_s / STAY_S)
        said = len(QUADRANTS) if each.said is None else QUADRANTS.index(each.said)
        believed = (believed * (1.0 - ends) + (believed * ends) @ moves) * likely[:, said]
        believed /= believed.sum()
        best, (since_s, now) = int(believed.argmax()), found[-1]
        gain_s = (believed[best] - believed[_NAMES.index(now)]) * STAY_S
        stayed = each.end_s - since_s >= by_name[now].hold_s
        if _NAMES[best] != now and stayed and gain_s > pacing.price_s:
            found.append((each.end_s, _NAMES[best]))
    return found


def _likelihoods(plain: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """How likely each scene (row) has each sentence, the last column a plain one.

    Half of what is plain is the speaker's own neutral line, which nobody can tell from a calm
    scene's (`composer._EVERYDAY`); everyday speech is taken for such a line too.
    """
    found = np.full((4, 5), _STRAYS / 3.0)
    np.fill_diagonal(found, 1.0 - _STRAYS - plain)
    found[:, _EASE] += plain
    found[:, 4] = found[:, _EASE]
    return found
