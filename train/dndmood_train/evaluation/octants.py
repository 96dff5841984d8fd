"""The spherical view of arousal, valence and dominance: eight regions around an even voice.

Cho et al., "EmoSphere-SER: Enhancing Speech Emotion Recognition Through Spherical Representation
with Auxiliary Classification", Interspeech 2025, arXiv 2505.19693: the three dimensions, put on -1
to 1, are a direction and a distance, and the signs of the three are eight spherical regions.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dndmood_train.evaluation import metrics
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.test_set import EvaluationSet

Values = NDArray[np.float64]

NAMES = tuple(
    f"{'+' if a else '-'}A {'+' if v else '-'}V {'+' if d else '-'}D"
    for a in (False, True)
    for v in (False, True)
    for d in (False, True)
)
"""Of the regions, in the order of `region`."""


def region(space: Values) -> NDArray[np.int64]:
    """Number of the region of arousal, valence and dominance `(n, 3)` on 0 to 1, 0 to 7.

    >>> NAMES[int(region(np.array([[0.9, 0.1, 0.8]]))[0])]
    '+A -V +D'
    """
    high = (space > 0.5).astype(np.int64)  # noqa: PLR2004 - the middle
    return np.asarray(high @ np.array([4, 2, 1]))


def spherical(space: Values) -> Values:
    """Distance from an even voice, azimuth and elevation in degrees, `(n, 3)`, of the same.

    The azimuth turns from valence (0) to arousal (90), as on Russell's circle; the elevation
    rises with dominance, from -90 to 90.

    >>> spherical(np.array([[1.0, 0.5, 0.5], [0.5, 0.5, 1.0]])).round(6).tolist()
    [[1.0, 90.0, 0.0], [1.0, 0.0, 90.0]]
    """
    arousal, valence, dominance = (2.0 * space - 1.0).T
    flat = np.hypot(arousal, valence)
    around = np.degrees(np.arctan2(arousal, valence))
    return np.column_stack(
        [
            np.hypot(flat, dominance),
            # Arousal of just one half is low, as in `region`, however unpleasant.
            np.where(around == 180.0, -180.0, around),  # noqa: PLR2004 - half a turn
            np.degrees(np.arctan2(dominance, flat)),
        ]
    )


@dataclass(frozen=True, slots=True, eq=False)
class Octants:
    """Clips of which raters gave all three dimensions, and where the model puts them."""

    rated: Values
    """Arousal, valence and dominance, shape `(n, 3)`."""
    said: Values | None
    """The model's, shape `(n, 3)`; None for a model that says nothing of dominance."""

    @property
    def counts(self) -> dict[str, int]:
        """Region to the clips that raters put there."""
        found = np.bincount(region(self.rated), minlength=len(NAMES))
        return dict(zip(NAMES, found.tolist(), strict=True))

    @property
    def recall(self) -> dict[str, float]:
        """Region to the share of its clips that the model puts there; NaN where there is none."""
        if self.said is None:
            return {}
        counts = metrics.confusion(region(self.rated), region(self.said), len(NAMES))
        return dict(zip(NAMES, metrics.recalls(counts).tolist(), strict=True))


def octants(tested: EvaluationSet, answers: Answers) -> Octants | None:
    """The view of a test; None where no clip has all three ratings."""
    rated = np.column_stack([tested.rated(n) for n in ("arousal", "valence", "dominance")])
    known = ~np.isnan(rated).any(axis=1)
    if not known.any():
        return None
    said = None
    if answers.dominance is not None:
        said = np.column_stack([answers.arousal, answers.valence, answers.dominance])[known]
    return Octants(rated[known], said)
