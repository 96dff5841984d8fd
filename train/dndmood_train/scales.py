"""Sets the scales of arousal, valence and voice right, so that ".55 is high" means what it says.

A student learns the order of voices well before it learns how far apart they lie. A slope and
an offset before the sigmoid keep the order; they are chosen on development voices: arousal so
that as many clips as possible lie where listeners place their emotion (`checks.EXPECTED`),
valence so that the middle of every emotion lies where the targets put it (`targets.PLANE`),
which the moods' places in the plane were set by.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dndmood_train.checks import EXPECTED, RANGES
from dndmood_train.targets import PLANE

Numbers = NDArray[np.float64]

SLOPES = tuple(np.round(np.arange(0.7, 2.41, 0.1), 2).tolist())
OFFSETS = tuple(np.round(np.arange(-0.8, 0.81, 0.05), 2).tolist())
_DOUBTFUL = frozenset({"fearful"})
"""Fear is heard as excited in some corpora and as hushed in others: it sets no scale."""
_TRUSTED = {"angry": 3.0, "sad": 3.0}
"""How much their arousal weighs, which moods hang on, against other emotions' 1."""
_PLAIN = 0.05
"""How much a scale must gain, in shares of right clips, for a slope one further from 1."""


def scale(
    dimension: str, given: Numbers, emotions: Sequence[str], corpora: Sequence[str]
) -> tuple[float, float]:
    """Slope and offset for `arousal` or `valence`, from values before the sigmoid, `(n,)`.

    Every emotion of every corpus counts the same, however many clips it has. Without a clip
    that says anything it is (1, 0).
    """
    if not set(emotions) & set(EXPECTED[dimension]):
        return 1.0, 0.0
    way = _anchored if dimension == "valence" else _in_range
    return way(given, emotions, corpora)


def _in_range(
    given: Numbers, emotions: Sequence[str], corpora: Sequence[str]
) -> tuple[float, float]:
    groups = list(_groups(emotions, corpora))
    if not groups:
        return 1.0, 0.0

    def worth(choice: tuple[float, float]) -> float:
        slope, offset = choice
        value = 1.0 / (1.0 + np.exp(-(slope * given + offset)))
        right = [
            weight * np.mean((value[rows] >= low) & (value[rows] <= high))
            for rows, (low, high), weight in groups
        ]
        total = sum(weight for _, _, weight in groups)
        return float(sum(right)) / total - _PLAIN * abs(slope - 1.0)

    return max(product(SLOPES, OFFSETS), key=worth)


def _anchored(
    given: Numbers, emotions: Sequence[str], corpora: Sequence[str]
) -> tuple[float, float]:
    named, homes = np.array(emotions), np.array(corpora)
    middles, places = [], []
    for emotion, (_, valence) in PLANE.items():
        for corpus in sorted(set(corpora)):
            mine = given[(named == emotion) & (homes == corpus)]
            if len(mine):
                middles.append(float(np.median(mine)))
                places.append(valence)

    def away(choice: tuple[float, float]) -> float:
        slope, offset = choice
        value = 1.0 / (1.0 + np.exp(-(slope * np.array(middles) + offset)))
        return float(np.mean(np.abs(value - np.array(places))))

    return min(product(SLOPES, OFFSETS), key=away)


def _groups(
    emotions: Sequence[str], corpora: Sequence[str]
) -> Iterator[tuple[NDArray[np.int64], tuple[float, float], float]]:
    named, homes = np.array(emotions), np.array(corpora)
    for emotion, where in EXPECTED["arousal"].items():
        if emotion in _DOUBTFUL:
            continue
        for corpus in sorted(set(corpora)):
            rows = np.flatnonzero((named == emotion) & (homes == corpus))
            if len(rows):
                yield rows, RANGES[where], _TRUSTED.get(emotion, 1.0)


def voice_offset(speech: Numbers, others: Numbers) -> float:
    """The offset that puts .5 between speech and everything else, from values before the sigmoid.

    Where both are there, it makes the sum of both error rates smallest; else 0.

    >>> voice_offset(np.array([2.0, 3.0]), np.array([1.0, 0.0]))
    -1.5
    """
    if len(speech) == 0 or len(others) == 0:
        return 0.0
    borders = np.sort(np.concatenate([speech, others]))
    middles = (borders[1:] + borders[:-1]) / 2.0
    wrong = [np.mean(speech < m) + np.mean(others >= m) for m in middles]
    best = np.flatnonzero(np.isclose(wrong, min(wrong)))
    return -float(middles[best[len(best) // 2]])


def expected_shares(
    dimension: str, value: Numbers, emotions: Sequence[str], corpora: Sequence[str]
) -> Mapping[str, float]:
    """`corpus_emotion` to the share of its clips that lie where listeners place them."""
    named, homes = np.array(emotions), np.array(corpora)
    found = {}
    for emotion, where in EXPECTED[dimension].items():
        low, high = RANGES[where]
        for corpus in sorted(set(corpora)):
            mine = value[(named == emotion) & (homes == corpus)]
            if len(mine):
                share = float(np.mean((mine >= low) & (mine <= high)))
                found[f"{corpus}_{emotion}_{where}"] = round(share, 3)
    return found
