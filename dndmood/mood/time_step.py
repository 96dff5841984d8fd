"""What time does to the belief about a table, before anything said in it is weighed.

A mood ends with the hazard `1 / STAY_S` and goes the ways that `dndmood.mood.transitions` counts. A
fight turns to dice and rules now and then, when most talk is plain, and one that breaks out of calm
begins so, as initiative is rolled. Every table's share of plain talk is slowly forgotten.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from dndmood.mood.book import Mood
from dndmood.mood.evidence import Array
from dndmood.mood.transitions import STAY_S, is_calm, is_fight, ways

PLAIN_SHARES = (0.05, 0.35, 0.6, 0.8)
"""Shares of plain talk that a table may have; each as likely as another before anybody spoke."""
RULES_SHARE = 0.89
"""The share of plain talk while a fight is at dice and rules."""
_RULES_EVERY_S, _RULES_S = 600.0, 40.0
"""After so much talk a fight turns to dice and rules, for so long on average, and then says hardly
more about the mood than plain talk does. Set by hand so that ten plain sentences do not end a fight,
not even at a table where everybody acts."""
_OUTBREAK_EVERY_S = 550.0
"""A fight breaks out of calm talk so often, beside those that were counted at one campaign. With
this a first furious sentence is still held in mind when a second one comes some sentences later."""
_TABLE_S = 1800.0
"""So much talk, and half of what is believed about the table's share of plain talk is forgotten."""


class TimeStep:
    """How probabilities move while people talk.

    A state has the shape `(2 x shares of plain talk, moods)`: the first half of its rows is for each
    of `PLAIN_SHARES` while the game is played, the second while rules are talked.
    """

    def __init__(self, moods: Sequence[Mood]) -> None:
        self._ways, self._fights = ways(moods), is_fight(moods).astype(float)
        self._breaks = np.outer(is_calm(moods), self._fights)
        self._outbreak = self._breaks / max(self._fights.sum(), 1.0)

    def after(self, step_s: float) -> Callable[[Array], Array]:
        """What any state is after `step_s` of talk; its sum stays what it is."""
        tables, moods = len(PLAIN_SHARES), len(self._fights)
        if moods == 1:  # nothing can follow, and nothing tells tables apart
            alike = np.full((2 * tables, 2 * tables), 0.5 / tables)
            return lambda before: np.asarray(alike @ before)
        ends = 1.0 - math.exp(-step_s / STAY_S)
        follows = (1.0 - ends) * np.eye(moods) + ends * self._ways
        from_calm = ends * self._ways * self._breaks
        outbreaks = (1.0 - math.exp(-step_s / _OUTBREAK_EVERY_S)) * self._outbreak
        begins = from_calm + outbreaks
        plays = follows - from_calm - np.diag(outbreaks.sum(axis=1))
        forgotten = 1.0 - math.exp2(-step_s / _TABLE_S)
        stays = (1.0 - forgotten) * np.eye(tables) + forgotten / tables
        turning = self._fights * (1.0 - math.exp(-step_s / _RULES_EVERY_S))
        # Only a fight waits for the end of that; what follows it is heard at once.
        ending = 1.0 - self._fights * math.exp(-step_s / _RULES_S)

        def moved(before: Array) -> Array:
            playing, rules = stays @ before[:tables], stays @ before[tables:]
            begun, playing, rules = playing @ begins, playing @ plays, rules @ follows
            turned, over = playing * turning, rules * ending
            return np.vstack((playing - turned + over, rules - over + turned + begun))

        return moved
