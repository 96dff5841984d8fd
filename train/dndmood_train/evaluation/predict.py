"""What a finished model says of clips, under any number of conditions, one answer per clip."""

import math
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood.hearing.model import DOMINANCE, Model
from dndmood_train.audio.loading import windows

Change = Callable[[Samples, np.random.Generator], Samples]
"""Something done to a sound before the model hears it."""

_SHORTEST = RATE_HZ // 10


@dataclass(frozen=True, slots=True)
class Condition:
    """One way of letting the model hear the clips."""

    name: str
    window_s: float
    """Length of window; 0 lets the model hear each clip whole."""
    change: Change | None = None

    def __post_init__(self) -> None:
        """Raises `UserError` for a length that no window has."""
        if not (self.window_s == 0 or _SHORTEST / RATE_HZ <= self.window_s < math.inf):
            raise UserError(
                f"A window takes {_SHORTEST / RATE_HZ:g} s or more, or 0 for whole clips, not "
                f"{self.window_s:g}."
            )


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What the model said of one clip's windows."""

    given: NDArray[np.float64]
    """Arousal, valence, voice and the scores, shape `(windows, 3 + labels)`."""
    features: NDArray[np.float32]
    """Shape `(windows, width)`; width 0 for a model without a head of its own."""
    dominance: NDArray[np.float64] | None = None
    """Shape `(windows,)`; None for a model that does not say it."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One answer per clip; arrays of shape `(clips,)` unless said otherwise."""

    labels: tuple[str, ...]
    arousal: NDArray[np.float64]
    valence: NDArray[np.float64]
    voice: NDArray[np.float64]
    scores: NDArray[np.float64]
    """Shape `(clips, labels)`, rows summing to 1."""
    dominance: NDArray[np.float64] | None = None
    """None for a model that does not say it."""

    def among(self, labels: Sequence[str]) -> NDArray[np.float64]:
        """Scores of these labels alone, rows summing to 1 again, shape `(clips, given)`."""
        chosen = self.scores[:, [self.labels.index(label) for label in labels]]
        total = chosen.sum(axis=1, keepdims=True)
        flat = np.full_like(chosen, 1 / len(labels))
        return np.asarray(np.divide(chosen, total, out=flat, where=total > 0))

    def logarithms(self) -> NDArray[np.float64]:
        """Of the scores, shape `(clips, labels)`."""
        return np.asarray(np.log(np.maximum(self.scores, 1e-9)))

    def less(self, common: NDArray[np.float64]) -> "Answers":
        """The same without what their log scores have in `common`, one row per clip or for all.

        A stranger's corpus sounds like one emotion throughout to a model, as a stranger's
        table does; the difference is what tells. It asks for no labels, but takes emotions
        to be about equally frequent. Compare logit adjustment, arXiv 2007.07314.
        """
        scores = np.exp(self.logarithms() - common)
        return replace(self, scores=scores / scores.sum(axis=1, keepdims=True))


def listen(
    model: Model,
    sounds: Iterable[Samples],
    conditions: Sequence[Condition],
    *,
    hop: float = 0.5,
    seed: int = 0,
) -> dict[str, list[Heard]]:
    """Condition name to what was heard in each clip; every sound is visited once and never kept.

    Windows overlap by `1 - hop`. Chance in a condition depends on the seed, the clip's place and
    the condition's name only.
    """
    found: dict[str, list[Heard]] = {c.name: [] for c in conditions}
    for place, samples in enumerate(sounds):
        for condition in conditions:
            chance = np.random.default_rng([seed, place, zlib.crc32(condition.name.encode())])
            heard = condition.change(samples, chance) if condition.change else samples
            found[condition.name].append(_heard(model, heard, condition.window_s, hop))
    return found


def answered(labels: tuple[str, ...], heard: Sequence[Heard]) -> Answers:
    """One answer per clip.

    It is the mean over its windows, weighted by how sure the model is to hear a voice: the
    program, too, passes over windows without one.
    """
    rows = [_averaged(one.given) for one in heard]
    table = np.stack(rows) if rows else np.zeros((0, 3 + len(labels)))
    dominance = [
        np.average(one.dominance, weights=one.given[:, 2] + 1e-6)
        for one in heard
        if one.dominance is not None
    ]
    return Answers(
        labels=labels,
        arousal=table[:, 0],
        valence=table[:, 1],
        voice=table[:, 2],
        scores=table[:, 3:],
        dominance=np.array(dominance) if heard and len(dominance) == len(heard) else None,
    )


def predict(
    model: Model,
    sounds: Iterable[Samples],
    conditions: Sequence[Condition],
    *,
    hop: float = 0.5,
    seed: int = 0,
) -> dict[str, Answers]:
    """Condition name to answers, as `listen` and `answered` give them."""
    found = listen(model, sounds, conditions, hop=hop, seed=seed)
    return {name: answered(model.card.labels, heard) for name, heard in found.items()}


def _heard(model: Model, samples: Samples, window_s: float, hop: float) -> Heard:
    if len(samples) < _SHORTEST:
        samples = np.pad(samples, (0, _SHORTEST - len(samples)))
    cut = windows(samples, window_s=window_s, hop_s=window_s * hop)
    cut = np.ascontiguousarray(cut, np.float32)
    answer, features = model.with_features(cut)
    if not all(np.isfinite(one).all() for one in answer):
        raise UserError(
            f"The model {model.card.name} answers a sound with what is no number: its graph is "
            "damaged, and no figure of it would be true."
        )
    dominance = model.further(DOMINANCE, cut).astype(float) if model.gives(DOMINANCE) else None
    return Heard(np.column_stack(answer).astype(np.float64), features, dominance)


def _averaged(given: NDArray[np.float64]) -> NDArray[np.float64]:
    # A clip in which no window has a voice still gets the plain mean.
    voice = given[:, 2]
    answer = np.average(given, axis=0, weights=voice + 1e-6)
    answer[2] = voice.mean()
    return np.asarray(answer, dtype=np.float64)
