"""How much talk each window adds to what is known of a table's voices."""

import math

from dndmood.events import EmotionEstimate

_LONGEST_STEP_S = 3.0
_SURE = 0.5
"""Windows that are less surely voice, or hold less of it, teach nothing."""


class SureTalk:
    """Counts talk by time: windows overlap, and one that comes twice as often says half as much."""

    def __init__(self) -> None:
        self._last_s: float | None = None

    def taught_s(self, estimate: EmotionEstimate) -> float:
        """Seconds of sure talk since the window before; 0 for one that teaches nothing."""
        before_s, self._last_s = self._last_s, estimate.at_s
        if not _is_finite(estimate) or min(estimate.voice, estimate.voiced) < _SURE:
            return 0.0
        elapsed_s = 1.0 if before_s is None else max(estimate.at_s - before_s, 0.0)
        return min(elapsed_s, _LONGEST_STEP_S) * estimate.voice * estimate.voiced


def _is_finite(estimate: EmotionEstimate) -> bool:
    numbers = (estimate.arousal, estimate.valence, estimate.voice, estimate.voiced)
    return all(map(math.isfinite, (*numbers, *estimate.scores.values())))
