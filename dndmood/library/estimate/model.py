"""The small model that turns features into arousal and valence, evaluated in numpy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

_FARTHEST = 4.0
"""A feature counts no farther from its mean than so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Boosted trees of one depth: every tree is full, so that all are walked at once."""

    feature: NDArray[np.int16]
    """Shape (trees, 2**depth - 1): which feature a node looks at, the root first, then by rows."""
    border: NDArray[np.float32]
    """Same shape: greater goes right."""
    leaf: NDArray[np.float32]
    """Shape (trees, 2**depth): what is added."""

    def __call__(self, features: Floats) -> Floats:
        """The sum of the leaves, shape (n,), of features of the shape (n, features)."""
        trees, nodes = self.feature.shape
        at = np.zeros((len(features), trees), dtype=np.int64)
        row, tree = np.arange(len(features))[:, None], np.arange(trees)[None, :]
        while True:
            right = features[row, self.feature[tree, at]] > self.border[tree, at]
            at = 2 * at + 1 + right
            if at.flat[0] >= nodes:
                return np.asarray(self.leaf[tree, at - nodes].sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Axis:
    """What is known of arousal, or of valence."""

    weights: Floats
    """Shape (features,): of the logistic regression, on standardised features."""
    offset: float
    """Of the logistic regression."""
    forest: Forest
    """Looks at standardised features too."""
    share: float
    """Of the forest in the sum, 0 to 1."""
    scale: float
    """What the sum is multiplied with, so that its logistic is a probability."""

    def __call__(self, standard: Floats) -> Floats:
        """Log odds of high against low, shape (n,)."""
        linear = standard @ self.weights + self.offset
        both = (1 - self.share) * linear + self.share * self.forest(standard)
        return np.asarray(self.scale * both)


@dataclass(frozen=True, slots=True)
class MusicMoodModel:
    """From features to log odds of arousal and valence."""

    names: tuple[str, ...]
    """Of the features, in their order."""
    mean: Floats
    std: Floats
    arousal: Axis
    valence: Axis
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """How far from a mood's place in the plane of talk its music lies, in log odds of arousal and valence, by the mood's name; learned from the starter tracks."""

    def __call__(self, features: list[dict[str, float]]) -> tuple[Floats, Floats]:
        """Log odds of arousal and of valence of each stretch, shape (n,); 0 is the border of the music the model learned from."""
        table = np.array([[one[name] for name in self.names] for one in features])
        return self.of_table(table)

    def of_table(self, table: Floats) -> tuple[Floats, Floats]:
        """As calling it, for features that are a table already, shape (n, features)."""
        standard = np.clip((table - self.mean) / self.std, -_FARTHEST, _FARTHEST)
        standard = np.nan_to_num(standard)
        return self.arousal(standard), self.valence(standard)

    def save(self, path: Path) -> None:
        """Write it as an npz without pickles; the same model gives the same arrays."""
        arrays: dict[str, NDArray[Any]] = {"mean": self.mean, "std": self.std}
        numbers = {}
        for name in ("arousal", "valence"):
            axis: Axis = getattr(self, name)
            arrays |= {
                f"{name}_weights": axis.weights,
                f"{name}_feature": axis.forest.feature,
                f"{name}_border": axis.forest.border,
                f"{name}_leaf": axis.forest.leaf,
            }
            numbers[name] = {"offset": axis.offset, "share": axis.share, "scale": axis.scale}
        about = json.dumps({"names": self.names, "places": dict(self.places), **numbers})
        with path.open("wb") as file:
            np.savez_compressed(file, about=np.array(about), **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Self:
        """The model in the npz at `path`."""
        with np.load(path, allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            axes = {
                name: Axis(
                    weights=kept[f"{name}_weights"],
                    forest=Forest(
                        kept[f"{name}_feature"], kept[f"{name}_border"], kept[f"{name}_leaf"]
                    ),
                    **about[name],
                )
                for name in ("arousal", "valence")
            }
            places = {name: (a, v) for name, (a, v) in about["places"].items()}
            return cls(tuple(about["names"]), kept["mean"], kept["std"], places=places, **axes)


@cache
def shipped() -> MusicMoodModel:
    """The model that dndmood comes with; `train/LOG.md` says what it is worth."""
    return MusicMoodModel.load(Path(__file__).with_name("music_mood.npz"))
