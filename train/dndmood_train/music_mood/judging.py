"""What a model is worth: shares of takes that it puts on the right side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dndmood.library.estimate.model import MusicMoodModel
from dndmood_train.music_mood.heard_takes import HeardTakes
from dndmood_train.music_mood.learning import Choice, shared, taught


@dataclass(frozen=True, slots=True)
class Figures:
    """Per cent of takes on the right side of the border."""

    takes: int
    arousal: float
    valence: float
    quadrant: float
    """Both right."""

    def __str__(self) -> str:
        """As in `88 / 75 / 67 (180)`."""
        return f"{self.arousal:.1f} / {self.valence:.1f} / {self.quadrant:.1f} ({self.takes})"


def figures(model: MusicMoodModel, heard: HeardTakes, *, own_middle: bool) -> Figures:
    """Figures of `model` on `heard`; with `own_middle` the border is the median of what is judged.

    A take is judged by the mean of the log odds of its stretches, as a scan judges a track.
    """
    odds = model.of_table(heard.table)
    keys = [(take.family, take.piece.name) for take in heard.takes]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    row = np.array([numbers[key] for key in keys])
    right = []
    for axis, values in zip(("arousal", "valence"), odds, strict=True):
        mean = np.bincount(row, weights=values) / np.bincount(row)
        truth = np.bincount(row, weights=heard.truth(axis)) > 0
        border = float(np.median(mean)) if own_middle else 0.0
        right.append((mean > border) == truth)
    both = right[0] & right[1]
    return Figures(len(numbers), *(100 * float(np.mean(one)) for one in (*right, both)))


def cross_validated(
    heard: HeardTakes,
    choice: Choice,
    shares: Sequence[float],
    *,
    left_out: str = "",
    folds: int = 5,
) -> dict[float, Figures]:
    """Figures of songs unseen among those that learn, own middle, by the share of the trees.

    With `left_out`, a family, the models never hear it and are judged on it alone; 0 takes where
    nobody plays it.
    """
    fold = heard.folds()
    parts: dict[float, list[Figures]] = {share: [] for share in shares}
    inside = heard.families({left_out}) if left_out else np.ones(len(heard.takes), dtype=bool)
    for number in range(folds):
        learns = heard.some((fold != number) & ~(inside if left_out else ~inside))
        judged = heard.some((fold == number) & inside)
        if not judged.takes:
            continue
        truth = {axis: learns.truth(axis) for axis in ("arousal", "valence")}
        model = taught(learns.names, learns.table, truth, choice, pieces=learns.pieces())
        for share, found in parts.items():
            found.append(figures(shared(model, share), judged, own_middle=True))
    return {share: _mean(found) for share, found in parts.items()}


def _mean(parts: Sequence[Figures]) -> Figures:
    if not parts:
        return Figures(0, 0.0, 0.0, 0.0)
    weights = np.array([part.takes for part in parts], dtype=np.float64)
    mean = [
        float(np.average([getattr(part, key) for part in parts], weights=weights))
        for key in ("arousal", "valence", "quadrant")
    ]
    return Figures(int(weights.sum()), *mean)
