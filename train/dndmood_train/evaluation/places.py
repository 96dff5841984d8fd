"""Where each emotion's speech lies in a model's features, for its card.

The program takes these places off what it hears before it says how a table sounds, so that a long
battle is not taken for a loud table.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dndmood_train.corpora import Clip

EACH = 60
"""Clips of each emotion in each corpus that are heard, at most, evenly spread over all of them."""


def places(
    features: NDArray[np.float64],
    emotions: Sequence[str],
    corpora: Sequence[str],
    labels: Sequence[str],
) -> dict[str, list[float]]:
    """Label to the place of its speech in features `(clips, width)`, averaged over corpora.

    Each corpus is put on its own zero first, the mean of its emotions' means; an emotion that no
    corpus has lies where all speech does.
    """
    found: Mapping[str, list[NDArray[np.float64]]] = {label: [] for label in labels}
    for corpus in sorted(set(corpora)):
        here = np.array([one == corpus for one in corpora])
        means = {
            label: features[here & said].mean(axis=0)
            for label in labels
            if (here & (said := np.array([one == label for one in emotions]))).any()
        }
        for label, mean in means.items():
            found[label].append(mean - np.mean(list(means.values()), axis=0))
    nowhere = np.zeros(features.shape[1])
    return {
        label: np.asarray(np.mean(parts, axis=0) if parts else nowhere).tolist()
        for label, parts in found.items()
    }


def spread(rows: Sequence[int], clips: Sequence[Clip]) -> list[int]:
    """At most `EACH` of `rows` for each corpus and emotion, evenly spread over all of them."""
    groups: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        emotion = clips[row].emotion
        if emotion:
            groups.setdefault((clips[row].corpus, emotion), []).append(row)
    return [
        row
        for key in sorted(groups)
        for row in groups[key][:: max(1, -(-len(groups[key]) // EACH))]
    ]
