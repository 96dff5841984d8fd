"""How readily the music follows the table: what a change costs."""

from dataclasses import dataclass, replace

_STEADY, _LIVELY = 2.0, 0.25
"""By which factor a change costs more at `lively` 0, and at 1. Beyond a mean stretch of 218 s no
change would ever be worth its price."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """What a change must be worth."""

    price_s: float = 80.0
    """The music changes when that is expected to win so many seconds of the right music before
    the next change. Chosen on composed tuning evenings (`tests/benchmarks`) for 10 to 18 changes an
    hour."""
    quiet_s: float = 0.0
    """After so long without talk the music returns to the resting mood; 0 holds every mood."""

    def at(self, lively: float) -> "Pacing":
        """These values moved to steady (0), left as they are (0.5), or moved to lively (1).

        >>> Pacing(price_s=80.0).at(1.0).price_s
        20.0
        """
        most = _STEADY if lively < 0.5 else _LIVELY  # noqa: PLR2004 - the middle of the knob
        return replace(self, price_s=self.price_s * most ** abs(2.0 * lively - 1.0))
