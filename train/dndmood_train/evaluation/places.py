"""Where each emotion's speech lies in a finished model's features, for its card.

The program takes these places off what it hears before it says how a table sounds, so that a long
battle is not taken for a loud table.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.hearing.model import Model, open_model
from dndmood_train.audio.loading import load, trimmed
from dndmood_train.corpora import Clip
from dndmood_train.evaluation import predict
from dndmood_train.evaluation.predict import Condition

EACH = 60
"""Clips of each emotion in each corpus that are heard, at most, evenly spread over all of them."""


def append_to_card(folder: Path, clips: Sequence[Clip]) -> None:
    """Append `[features.places]` to the card of the model in `folder`, which must lack it.

    `clips` are some that the model learned from. A model without a head of its own is left alone.
    Raises `UserError` when the model cannot be used or a sound cannot be read.
    """
    with open_model(folder) as model:
        if model.head is None:
            return
        found = measured(model, clips)
    lines = [f"{label} = {[round(one, 3) for one in place]}" for label, place in found.items()]
    path = folder / "card.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text("\n".join([text, "[features.places]", *lines, ""]), encoding="utf-8")


def measured(model: Model, clips: Sequence[Clip]) -> dict[str, list[float]]:
    """The place of each of the model's labels, by `EACH` of these clips per corpus and emotion."""
    chosen = _spread(clips)
    sounds = (trimmed(load(clip.path)) for clip in chosen)
    heard = predict.listen(model, sounds, [Condition("main", model.card.window_s)])["main"]
    features = np.array([one.features.mean(axis=0) for one in heard], dtype=np.float64)
    return places(
        features,
        [clip.emotion or "" for clip in chosen],
        [clip.corpus for clip in chosen],
        model.card.labels,
    )


def places(
    features: NDArray[np.float64],
    emotions: Sequence[str],
    corpora: Sequence[str],
    labels: Sequence[str],
) -> dict[str, list[float]]:
    """The same of features, shape `(clips, width)`: the mean of each corpus, averaged over corpora.

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


def _spread(clips: Sequence[Clip]) -> list[Clip]:
    groups: dict[tuple[str, str], list[Clip]] = {}
    for clip in clips:
        if clip.emotion:
            groups.setdefault((clip.corpus, clip.emotion), []).append(clip)
    return [
        clip
        for key in sorted(groups)
        for clip in sorted(groups[key], key=lambda one: one.path)[
            :: max(1, -(-len(groups[key]) // EACH))
        ]
    ]
