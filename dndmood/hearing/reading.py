"""What a model says about one window of speech."""

from collections.abc import Mapping
from dataclasses import dataclass

OUTPUTS = ("arousal", "valence", "voice", "scores")
"""What a graph must give for input `waveform`, float32 `(batch, samples)`: three times
`(batch,)` in [0, 1] and `scores` `(batch, labels)`, rows summing to 1."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer for one window; scales as in `dndmood.events.EmotionEstimate`."""

    arousal: float
    valence: float
    voice: float
    scores: Mapping[str, float]
    features: tuple[float, ...] = ()
    """What the head was given, standardised as in training; empty for a model without a head."""
