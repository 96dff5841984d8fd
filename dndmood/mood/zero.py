"""What ordinary talk is to a model, and how a table's voices differ from it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from dndmood.bounds import clamp

FARTHEST_SHIFT = 0.25
"""A profile moves a voice by no more than this."""
_GAINS = (0.85, 1.35)
"""How much a table's range may be pressed together or stretched."""
_TILTS = (0.6, 1.6)
"""How much less or more an emotion may count."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What the model answers to people who talk as they always do.

    The defaults are medians (and, for the emotions, means) over windows of everyday and read
    speech on many people's own microphones, as `tests/benchmarks/table_scale.py` prints them; a model
    card may bring its own under `[ordinary]`.
    """

    arousal: float = 0.38
    valence: float = 0.55
    scores: Mapping[str, float] = field(
        default_factory=lambda: {"neutral": 0.47, "calm": 0.17, "sad": 0.09}
    )
    """Usual share of each emotion; one that is not named is rare."""
    evening: Mapping[str, float] = field(
        default_factory=lambda: {
            "neutral": 0.31,
            "calm": 0.12,
            "happy": 0.08,
            "sad": 0.07,
            "angry": 0.17,
            "fearful": 0.10,
            "disgusted": 0.07,
            "surprised": 0.08,
        }
    )
    """The same over an evening: half everyday talk, half acted calm, fear and anger as often as a
    campaign that was labelled line by line was calm, suspenseful and agitated."""


@dataclass(frozen=True, slots=True)
class Zero:
    """How a table's voices differ from ordinary ones, as what is done about it."""

    arousal_shift: float = 0.0
    """Added to every arousal: above 0 for a table that speaks softly."""
    valence_shift: float = 0.0
    """Added to every valence: above 0 for a table that always sounds gloomy to the model."""
    gain: float = 1.0
    """How far arousal is spread around the ordinary: above 1 for a table that never shouts."""
    tilts: Mapping[str, float] = field(default_factory=dict)
    """By which factor an emotion counts less or more; 1 when it is not named."""

    def bounded(self) -> "Zero":
        """The same within what a profile may do; values that are no numbers do nothing."""
        far = FARTHEST_SHIFT
        return Zero(
            within(self.arousal_shift, -far, far, 0.0),
            within(self.valence_shift, -far, far, 0.0),
            within(self.gain, *_GAINS, 1.0),
            {label: within(tilt, *_TILTS, 1.0) for label, tilt in self.tilts.items()},
        )


def within(value: float, low: float, high: float, otherwise: float) -> float:
    """`value` between `low` and `high`; `otherwise` for what is no number."""
    return clamp(value, low, high) if math.isfinite(value) else otherwise
