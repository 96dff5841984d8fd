"""Whether a change of mood is worth its price, and what stands against it."""

import math
from collections.abc import Mapping

from dndmood.mood.book import Mood
from dndmood.mood.corrections import Lessons
from dndmood.mood.pacing import Pacing
from dndmood.mood.transitions import STAY_S, likeness

_NOT_NOW_S = 90.0
"""A change that was rejected does not come again so soon; set by hand."""


class Decision:
    """Cut or stay, like a film editor.

    What a change would win is the probability that the music would then be right, less that it is
    right now, times the mean length of a stretch: seconds of right music until the next change.
    It is made when that exceeds its price, unless the game master has said something against it.
    """

    def __init__(
        self, moods: Mapping[str, Mood], pacing: Pacing, lessons: Lessons, *, opening: str
    ) -> None:
        self._pacing, self._lessons = pacing, lessons
        self._leader, self._ahead_s = opening, 0.0  # who leads, and since when
        self.unwanted = ""
        """What was rejected last; empty when nothing was, or it was forgiven."""
        self._unwanted_s = 0.0  # until when
        self.take_up(moods)

    def take_up(self, moods: Mapping[str, Mood]) -> None:
        """From now on decide between `moods`."""
        self._moods = moods
        self._likeness = likeness(list(moods.values()))

    def reject(self, mood: str, at_s: float) -> None:
        """`mood` may not come by itself for a while."""
        self.unwanted, self._unwanted_s = mood, at_s + _NOT_NOW_S

    def forgive(self) -> bool:
        """Forget what was rejected; False when nothing was."""
        rejected, self.unwanted = bool(self.unwanted), ""
        return rejected

    def best(self, shares: Mapping[str, float], mood: str) -> tuple[str, float]:
        """The mood whose music would be right most surely, and how many seconds it would win."""
        names = list(shares)
        right = self._likeness @ list(shares.values())
        best = int(right.argmax())
        return names[best], float(right[best] - right[names.index(mood)]) * STAY_S

    def akin(self, shares: Mapping[str, float], mood: str) -> str:
        """The likeliest other mood of the kind of `mood`; `mood` itself when it has none."""
        names = list(shares)
        alike = self._likeness[names.index(mood)] * list(shares.values())
        alike[names.index(mood)] = 0.0
        return names[int(alike.argmax())] if alike.any() else mood

    def lead(self, leader: str, at_s: float) -> None:
        """Take note of who leads now."""
        if leader != self._leader:
            self._leader, self._ahead_s = leader, at_s

    def led(self) -> tuple[str, float]:
        """Who leads, and since when."""
        return self._leader, self._ahead_s

    def refusal(
        self,
        leader: str,
        gain_s: float,
        at_s: float,
        *,
        mood: str,
        since_s: float,
        announced: bool = False,
        led_s: float | None = None,
    ) -> str:
        """Why `leader` may not take over from `mood` yet; empty when it may.

        The minimum stay keeps the tone of voice from moving the music back and forth; a mood that was
        `announced` in plain words need not wait for it. `led_s` is since when `leader` leads in a
        forecast; without it, as it was taken note of.
        What is reached is rounded down and what is needed up: "15 s of at least 15" refuses nothing.
        """
        age_s, hold_s = at_s - since_s, self._moods[mood].hold_s
        title, price_s = self._moods[leader].title, self._pacing.price_s
        if age_s < hold_s and not announced:
            now = self._moods[mood].title
            old = f"{now} is {max(math.floor(age_s), 0)} s old"
            return f"{title} leads, but {old} and stays at least {math.ceil(hold_s)} s"
        if leader == self.unwanted and at_s < self._unwanted_s:
            return f"{title} leads, but was not wanted just now"
        noted_s = self._ahead_s if leader == self._leader else at_s
        ahead_s = at_s - (noted_s if led_s is None else led_s)
        if ahead_s < (wait_s := self._lessons.wait_s(leader)):
            leads, waits = math.floor(ahead_s), math.ceil(wait_s)
            return f"{title} leads for {leads} s and waits {waits} s, as corrections taught"
        if gain_s > price_s:
            return ""
        wins, needed = math.floor(gain_s), math.ceil(price_s)
        return f"{title} leads, but a change wins only {wins} s of the {needed} needed"
