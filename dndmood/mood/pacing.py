"""How readily the music follows the table: what a change costs."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pacing:
    """What a change must be worth."""

    price_s: float = 80.0
    """The music changes when that is expected to win so many seconds of the right music before
    the next change. Chosen on composed evenings (`tests/benchmarks`) for 10 to 18 changes an hour."""
    quiet_s: float = 0.0
    """After so long without talk the music returns to the resting mood; 0 holds every mood."""

    def at(self, lively: float) -> "Pacing":
        """These values moved to steady (0), left as they are (0.5), or moved to lively (1).

        >>> Pacing(price_s=80.0).at(1.0).price_s
        20.0
        """
        # Below 0.5 it nears twice the price: beyond a mean stay no change would be worth it.
        factor = 4.0 ** (1.0 - 2.0 * lively) if lively > 0.5 else 2.0 ** (1.0 - 2.0 * lively)  # noqa: PLR2004 - the middle
        return replace(self, price_s=self.price_s * factor)
