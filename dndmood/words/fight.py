"""Whether the party fights: called for and ended by name, else by what is talked of."""

from dndmood.scene import SceneCue
from dndmood.words.event_cues import FIGHT, FIGHT_OVER

_BEGINS, _ENDS = 0.4, -0.4
"""Log-odds of the words at which a fight begins and ends that nobody named."""
_CALLED_S = 90.0
"""So long a fight that was called for goes on, whatever the talk is of."""
_OVER_S = 60.0
"""So long none begins by the talk alone after one was ended by name."""


class Fight:
    """Whether there is a fight now."""

    def __init__(self) -> None:
        self.on = False
        self.since_s = 0.0
        self._held_s = 0.0

    def hear(self, cue: SceneCue) -> bool:
        """Take in a cue; whether it began or ended a fight."""
        if cue.what != "event" or cue.name not in (FIGHT, FIGHT_OVER):
            return False
        begins = cue.name == FIGHT
        self._held_s = cue.at_s + (_CALLED_S if begins else _OVER_S)
        return self._turn(begins, cue.at_s)

    def feel(self, log_odds: float, at_s: float) -> bool:
        """Take in what the talk says about a fight; whether one began or ended."""
        if at_s < self._held_s or _ENDS < log_odds < _BEGINS:
            return False
        return self._turn(log_odds >= _BEGINS, at_s)

    def _turn(self, on: bool, at_s: float) -> bool:  # noqa: FBT001 - private
        if on == self.on:
            return False
        self.on, self.since_s = on, at_s
        return True
