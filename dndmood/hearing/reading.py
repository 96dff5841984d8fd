"""What a model says about one window of speech."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer for one window; scales as in `dndmood.events.EmotionEstimate`."""

    arousal: float
    valence: float
    voice: float
    scores: Mapping[str, float]
