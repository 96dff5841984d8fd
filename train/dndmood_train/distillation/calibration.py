"""Sets the scales of arousal, valence and voice right, so that ".55 is high" means what it says.

A student learns the order of voices well before it learns how far apart they lie. A slope and
an offset before the sigmoid keep the order; they are chosen on development voices: arousal so
that enough clips of every corpus lie where listeners place their emotion (`checks.EXPECTED`),
valence so that the middles of emotions lie as far apart as the targets put them
(`targets.PLANE`), which the moods' places in the plane were set by.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dndmood_train.corpora import PLANE
from dndmood_train.evaluation.ser_tests import CONSISTENT, EXPECTED, RANGES

Numbers = NDArray[np.float64]

SLOPES = tuple(np.round(np.arange(0.7, 2.41, 0.1), 2).tolist())
OFFSETS = tuple(np.round(np.arange(-0.8, 0.81, 0.05), 2).tolist())
_DOUBTFUL = frozenset({"fearful"})
"""Fear is heard as excited in some corpora and as hushed in others: it sets no scale."""
_TRUSTED = {"angry": (10.0, 0.92), "sad": (10.0, 0.87)}
"""How much their arousal weighs, which moods hang on, and which share of clips in range is
enough, so that no corpus pays for another's perfection: two points more than the 90 and 85 per
cent to be reached, as strangers will differ. Other emotions weigh 1, and what ser-tests ask
for is enough."""
_BEYOND = 0.1
"""What a share counts beyond enough."""
_PLAIN = 0.02
"""How much a scale must gain, in shares of right clips, for a slope one further from 1."""


def scale(
    dimension: str, given: Numbers, emotions: Sequence[str], corpora: Sequence[str]
) -> tuple[float, float]:
    """Slope and offset for `arousal` or `valence`, from values before the sigmoid, `(n,)`.

    A corpus counts the same however many clips it has. Without a clip that says anything it
    is (1, 0).
    """
    if not set(emotions) & set(EXPECTED[dimension]):
        return 1.0, 0.0
    way = _as_far_apart if dimension == "valence" else _in_range
    return way(given, emotions, corpora)


def _in_range(
    given: Numbers, emotions: Sequence[str], corpora: Sequence[str]
) -> tuple[float, float]:
    groups = list(_groups(emotions, corpora))
    if not groups:
        return 1.0, 0.0

    def worth(choice: tuple[float, float]) -> tuple[float, float]:
        slope, offset = choice
        value = 1.0 / (1.0 + np.exp(-(slope * given + offset)))
        right = sum(group.worth(value) for group in groups)
        right /= sum(group.weight for group in groups)
        # Where several offsets do as well, the smallest changes least.
        return round(right - _PLAIN * abs(slope - 1.0), 6), -abs(offset)

    return max(product(SLOPES, OFFSETS), key=worth)


def _as_far_apart(
    given: Numbers, emotions: Sequence[str], corpora: Sequence[str]
) -> tuple[float, float]:
    """In each corpus the slope that spreads middles as far as their places; the median of them.

    This is the reduced major axis (Ricker, J. Fish. Res. Board Can. 30, 1973): a least-squares
    line would draw everything together, the more so the less sure a student is. The offset
    puts plain talk, "neutral" where it is known, at its place.
    """
    named, homes = np.array(emotions), np.array(corpora)
    lines = []
    for corpus in sorted(set(corpora)):
        heard = [name for name in PLANE if np.any((named == name) & (homes == corpus))]
        middles = np.array(
            [np.median(given[(named == name) & (homes == corpus)]) for name in heard]
        )
        share = np.array([PLANE[name][1] for name in heard])
        places = np.log(share / (1.0 - share))
        if len(heard) > 1 and np.ptp(middles) > 0:
            plain = [heard.index("neutral")] if "neutral" in heard else slice(None)
            spread = np.std(places) / np.std(middles)
            lines.append((spread, middles[plain].mean(), places[plain].mean()))
    if not lines:
        return 1.0, 0.0
    slopes, middle, place = np.array(lines).T
    slope = float(np.clip(np.median(slopes), SLOPES[0], SLOPES[-1]))
    return round(slope, 2), round(float(np.median(place - slope * middle)), 2)


class _Group(NamedTuple):
    """The clips of one emotion in one corpus, and where their arousal should lie."""

    rows: NDArray[np.int64]
    low: float
    high: float
    weight: float
    enough: float

    def worth(self, value: Numbers) -> float:
        mine = value[self.rows]
        right = float(np.mean((mine >= self.low) & (mine <= self.high)))
        return self.weight * (min(right, self.enough) + _BEYOND * max(0.0, right - self.enough))


def _groups(emotions: Sequence[str], corpora: Sequence[str]) -> Iterator[_Group]:
    named, homes = np.array(emotions), np.array(corpora)
    for emotion, where in EXPECTED["arousal"].items():
        if emotion in _DOUBTFUL:
            continue
        for corpus in sorted(set(corpora)):
            rows = np.flatnonzero((named == emotion) & (homes == corpus))
            if len(rows):
                weight, enough = _TRUSTED.get(emotion, (1.0, CONSISTENT))
                yield _Group(rows, *RANGES[where], weight, enough)


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


def temperature(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """By what to divide logits `(n, classes)` so that they are as sure as they are right.

    Minimises the log loss on held-out clips (Guo et al. 2017, arXiv 1706.04599).
    """
    grid = np.geomspace(0.3, 5.0, 200)
    losses = []
    for candidate in grid:
        scaled = logits / candidate
        scaled = scaled - scaled.max(1, keepdims=True)
        normaliser = np.log(np.exp(scaled).sum(1))
        losses.append(float(np.mean(normaliser - scaled[np.arange(len(labels)), labels])))
    return float(grid[int(np.argmin(losses))])
