"""Teaching the model: logistic regression and boosted trees on standardised features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.library.estimate.model import Axis, Forest, MusicMoodModel
from dndmood_train.music_mood.heard_takes import HeardTakes

Table: TypeAlias = NDArray[np.float64]
Truth: TypeAlias = NDArray[np.bool_]

_FARTHEST = 4.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen by cross-validation among the songs that learn."""

    trees: int = 200
    depth: int = 3
    rate: float = 0.06
    forests: int = 4
    """So many are grown of other luck, and their mean counts."""
    regularised: float = 0.03
    """C of the logistic regression: smaller is smoother."""
    steady: float = 0.05
    """How little a direction of the features counts in which one piece differs from instrument to
    instrument: smaller is less; infinity takes all directions alike."""
    share: float = 0.6
    """Of the trees in the sum."""


def taught(
    names: Sequence[str],
    table: Table,
    truth: Mapping[str, Truth],
    choice: Choice,
    *,
    pieces: Sequence[str] = (),
    seed: int = 0,
) -> MusicMoodModel:
    """A model of the rows of `table`, shape (n, features), and their `truth` by axis.

    `pieces` says of each row which piece it is, so that what differs between the instruments that
    play one piece counts less; without it all features count alike.
    """
    mean, std = table.mean(axis=0), np.maximum(1e-6, table.std(axis=0))
    standard = np.clip((table - mean) / std, -_FARTHEST, _FARTHEST)
    lens = steadied(standard, pieces, choice.steady)
    axes = {
        axis: _axis(standard, lens, truth[axis], choice, seed)
        for axis in ("arousal", "valence")
    }
    return MusicMoodModel(tuple(names), mean, std, axes["arousal"], axes["valence"])


def steadied(standard: Table, pieces: Sequence[str], floor: float) -> Table:
    """What standardised features are multiplied with so that what varies within a piece shrinks.

    Shape (features, features): the inverse root of their covariance within pieces, plus `floor` of
    its mean variance in every direction (within-class covariance normalisation, Hatch, Kajarekar
    and Stolcke, Interspeech 2006). The result has the spread of what it is multiplied with.
    """
    same = np.eye(standard.shape[1])
    if not pieces or not np.isfinite(floor):
        return same
    _, row = np.unique(np.asarray(pieces), return_inverse=True)
    means = np.zeros((int(row.max()) + 1, standard.shape[1]))
    np.add.at(means, row, standard)
    inside = standard - (means / np.bincount(row)[:, None])[row]
    covariance = inside.T @ inside / len(standard)
    level = float(np.trace(covariance)) / len(same)
    if level <= 0.0:  # nobody plays a piece twice
        return same
    power, way = np.linalg.eigh(covariance + floor * level * same)
    lens: Table = (way / np.sqrt(power)) @ way.T
    return np.asarray(lens * (standard.std() / (standard @ lens).std()))


def shared(model: MusicMoodModel, share: float) -> MusicMoodModel:
    """`model` with another share of the trees, which need not be taught anew for it."""
    arousal, valence = (replace(axis, share=share) for axis in (model.arousal, model.valence))
    return replace(model, arousal=arousal, valence=valence)


def calibrated(model: MusicMoodModel, learns: HeardTakes, choice: Choice) -> MusicMoodModel:
    """`model` with scales by which its log odds are right about songs that did not teach.

    The scale of each axis is fitted on models that were taught without each fold.
    """
    from sklearn.linear_model import LogisticRegression

    fold = learns.folds()
    odds: dict[str, list[Table]] = {"arousal": [], "valence": []}
    truth: dict[str, list[Truth]] = {"arousal": [], "valence": []}
    for number in range(5):
        rest, kept = learns.some(fold != number), learns.some(fold == number)
        if not kept.takes:
            continue
        told = {axis: rest.truth(axis) for axis in odds}
        other = taught(rest.names, rest.table, told, choice, pieces=rest.pieces())
        for axis, values in zip(odds, other.of_table(kept.table), strict=True):
            odds[axis].append(values)
            truth[axis].append(kept.truth(axis))
    axes = {}
    for axis, parts in odds.items():
        one = LogisticRegression(C=1e6, fit_intercept=False)
        one.fit(np.concatenate(parts)[:, None], np.concatenate(truth[axis]))
        axes[axis] = replace(getattr(model, axis), scale=float(one.coef_[0, 0]))
    return replace(model, **axes)


def _axis(standard: Table, lens: Table, high: Truth, choice: Choice, seed: int) -> Axis:
    from sklearn.linear_model import LogisticRegression

    linear = LogisticRegression(C=choice.regularised, max_iter=500).fit(standard @ lens, high)
    grown = [_grown(standard, high, choice, seed + n) for n in range(choice.forests)]
    return Axis(
        weights=lens @ linear.coef_[0],
        offset=float(linear.intercept_[0]),
        forest=Forest(
            np.concatenate([one.feature for one in grown]),
            np.concatenate([one.border for one in grown]),
            (np.concatenate([one.leaf for one in grown]) / len(grown)).astype(np.float32),
        ),
        share=choice.share,
        scale=1.0,
    )


def _grown(standard: Table, high: Truth, choice: Choice, seed: int) -> Forest:
    from sklearn.ensemble import GradientBoostingClassifier

    boosted = GradientBoostingClassifier(
        n_estimators=choice.trees,
        max_depth=choice.depth,
        learning_rate=choice.rate,
        subsample=0.5,
        max_features="sqrt",
        min_samples_leaf=20,
        random_state=seed,
    ).fit(standard, high)
    return _forest(boosted, choice.depth)


def _forest(boosted: Any, depth: int) -> Forest:
    trees = [one.tree_ for one in boosted.estimators_[:, 0]]
    feature = np.zeros((len(trees), 2**depth - 1), dtype=np.int16)
    border = np.zeros(feature.shape, dtype=np.float32)
    leaf = np.zeros((len(trees), 2**depth), dtype=np.float32)
    for number, tree in enumerate(trees):
        _fill(tree, 0, 0, feature[number], border[number], leaf[number])
    leaf *= boosted.learning_rate
    leaf[0] += float(np.log(boosted.init_.class_prior_[1] / boosted.init_.class_prior_[0]))
    return Forest(feature, border, leaf)


def _fill(tree: Any, node: int, place: int, feature: Any, border: Any, leaf: Any) -> None:
    """Copy a tree into a full one: below a leaf that comes early, every leaf says the same."""
    if place >= len(feature):
        leaf[place - len(feature)] = tree.value[node, 0, 0]
        return
    early = tree.children_left[node] < 0
    if not early:
        feature[place], border[place] = tree.feature[node], tree.threshold[node]
    left, right = (
        (node, node) if early else (tree.children_left[node], tree.children_right[node])
    )
    _fill(tree, left, 2 * place + 1, feature, border, leaf)
    _fill(tree, right, 2 * place + 2, feature, border, leaf)
