"""How readily the music follows the table."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pacing:
    """How readily the music follows.

    The defaults come from 4.6 hours of a recorded campaign labelled line by line (see
    `dndmood.mood.transitions`): 14 changes an hour, a tenth of the stretches shorter than 30 s, a
    quarter shorter than 60 s. They were held against composed game nights (`tests/benchmarks/tune_pacing.py`).
    """

    margin: float = 0.12
    """By how much a mood's share must lead, 0 to 1."""
    soft_hold_s: float = 30.0
    """Until a mood is this old, leaving it needs up to twice the margin."""
    changes_per_h: float = 15.0
    """Budget; every change beyond it needs two more margins of lead than the one before."""
    quiet_s: float = 150.0
    """After so long without talk the music returns to the resting mood."""

    def at(self, lively: float) -> "Pacing":
        """These values moved to steady (0), left as they are (0.5), or moved to lively (1)."""
        quicker = 4.0 ** (lively - 0.5)
        return replace(
            self,
            margin=self.margin / quicker**0.7,
            soft_hold_s=self.soft_hold_s / quicker,
            changes_per_h=self.changes_per_h * quicker,
        )
