"""What a table's own zero brings after 1, 5 and 30 minutes of talk, and what it costs.

Tables of five voices that the model may or may not know talk through evenings whose mixture of
emotions is known; then every emotion of theirs is asked for equally often, with other clips.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dndmood.events import EmotionEstimate
from dndmood.mood.feature_scale import FeatureScale
from dndmood.mood.feature_zero import FeatureZero

ASKED = ("angry", "happy", "neutral", "sad")
EVENINGS: Mapping[str, Mapping[str, float]] = {
    "every emotion": dict.fromkeys(ASKED, 1.0),
    "campaign": {"neutral": 0.21, "calm": 0.04, "happy": 0.04, "fearful": 0.38, "angry": 0.33},
    "small talk": {"neutral": 0.7, "happy": 0.1, "angry": 0.1, "sad": 0.1},
    "long battle": {"angry": 0.85, "fearful": 0.15},
    "only anger": {"angry": 1.0},
    "only calm": {"neutral": 1.0},
    "only sorrow": {"sad": 1.0},
}
ONE_SIDED = {
    "long battle": "angry",
    "only anger": "angry",
    "only calm": "neutral",
    "only sorrow": "sad",
}
"""Evenings in which one emotion is heard nearly all the time, and which it is."""
MINUTES = (1.0, 5.0, 30.0)
_CLIP_S = 2.5


@dataclass(frozen=True)
class Voices:
    """Clips of one corpus as a model heard them, one window each."""

    windows: Sequence[EmotionEstimate]
    labels: NDArray[np.str_]
    speakers: NDArray[np.str_]


Opened = Callable[[FeatureZero | None], FeatureScale]
"""A scale that begins with that zero; None for one that knows nothing yet."""
Calibrated = Callable[[Sequence[EmotionEstimate]], FeatureZero]
"""The zero that somebody's ordinary reading gives."""
_READ = 7
"""Clips that somebody reads before the evening: the steps of `dndmood calibrate` that are not acted."""


def figures(
    voices: Voices,
    opened: Opened,
    *,
    tables: int,
    calibrated: Calibrated | None = None,
    seed: int = 0,
) -> Iterator[tuple[str, float, float, float]]:
    """Evening, minutes, UAR afterwards, and recall of the emotion that was heard all the time.

    0 minutes stand for no zero at all, or with `calibrated` for what one reader's neutral clips give.
    The recall is NaN where an evening has no such emotion.
    """
    for name, mixture in EVENINGS.items():
        for minutes in (0.0, *MINUTES):
            found = [
                _after(
                    voices,
                    opened(calibrated(_read(voices, who[0])) if calibrated else None),
                    who,
                    mixture,
                    minutes,
                    np.random.default_rng(number),
                )
                for number, who in enumerate(_tables(voices, tables, seed))
            ]
            recalls = dict(zip(ASKED, np.nanmean(found, axis=0).tolist(), strict=True))
            one = recalls.get(ONE_SIDED.get(name, ""), float("nan"))
            yield name, minutes, float(np.nanmean(list(recalls.values()))), one


def _tables(voices: Voices, count: int, seed: int) -> Iterator[NDArray[np.str_]]:
    rng, everybody = np.random.default_rng(seed), np.unique(voices.speakers)
    for _ in range(count):
        yield rng.choice(everybody, min(5, len(everybody)), replace=False)


def _first_half(voices: Voices) -> NDArray[np.bool_]:
    """Clips that can be heard in evenings; the others are asked afterwards."""
    return np.random.default_rng(9).random(len(voices.windows)) < 0.5


def _read(voices: Voices, who: str) -> list[EmotionEstimate]:
    own = _first_half(voices) & (voices.speakers == who) & (voices.labels == "neutral")
    return [voices.windows[n] for n in np.flatnonzero(own)[:_READ]]


def _after(
    voices: Voices,
    scale: FeatureScale,
    who: NDArray[np.str_],
    mixture: Mapping[str, float],
    minutes: float,
    rng: np.random.Generator,
) -> list[float]:
    """Recall of each of `ASKED` after an evening at this table."""
    here = np.isin(voices.speakers, who)
    heard = here & (np.random.default_rng(9).random(len(here)) < 0.5)
    for number, clip in enumerate(_evening(voices, heard, mixture, minutes, rng)):
        window = voices.windows[clip]
        scale.push(_at(window, number * _CLIP_S))
    recalls = []
    for label in ASKED:
        asked = np.flatnonzero(here & ~heard & (voices.labels == label))
        said = [scale.placed(voices.windows[n]).scores for n in asked]
        right = [max(ASKED, key=lambda one: scores.get(one, 0.0)) == label for scores in said]
        recalls.append(float(np.mean(right)) if right else float("nan"))
    return recalls


def _evening(
    voices: Voices,
    heard: NDArray[np.bool_],
    mixture: Mapping[str, float],
    minutes: float,
    rng: np.random.Generator,
) -> Iterator[int]:
    """Numbers of the clips that are spoken, in scenes of a minute and a half."""
    pools = {label: np.flatnonzero(heard & (voices.labels == label)) for label in mixture}
    names = [label for label, pool in pools.items() if len(pool)]
    shares = np.array([mixture[label] for label in names])
    left = round(minutes * 60.0 / _CLIP_S)
    while left > 0:
        label = names[rng.choice(len(names), p=shares / shares.sum())]
        scene = min(left, 1 + int(rng.exponential(36.0 if minutes >= 5.0 else 3.0)))
        yield from rng.choice(pools[label], scene).tolist()
        left -= scene


def _at(window: EmotionEstimate, at_s: float) -> EmotionEstimate:
    return replace(window, at_s=at_s, voiced=1.0)


def lines(found: Sequence[tuple[str, float, float, float]]) -> Iterator[str]:
    """The figures as a table in Markdown."""
    yield (
        "| evening | "
        + " | ".join("no zero" if not m else f"{m:g} min" for m in (0.0, *MINUTES))
        + " |"
    )
    yield "|---" * (2 + len(MINUTES)) + "|"
    for name in EVENINGS:
        cells = [
            f"{uar:.3f}" + ("" if np.isnan(one) else f" ({ONE_SIDED[name]} {one:.2f})")
            for evening, _, uar, one in found
            if evening == name
        ]
        yield f"| {name} | {' | '.join(cells)} |"
