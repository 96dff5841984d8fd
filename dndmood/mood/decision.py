"""Whether a change of mood is worth its price, and what stands against it."""

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
        self._unwanted, self._unwanted_s = "", 0.0  # what was rejected, and until when
        self.take_up(moods)

    def take_up(self, moods: Mapping[str, Mood]) -> None:
        """From now on decide between `moods`."""
        self._moods = moods
        self._likeness = likeness(list(moods.values()))

    def reject(self, mood: str, at_s: float) -> None:
        """`mood` may not come by itself for a while."""
        self._unwanted, self._unwanted_s = mood, at_s + _NOT_NOW_S

    def forgive(self) -> bool:
        """Forget what was rejected; False when nothing was."""
        rejected, self._unwanted = bool(self._unwanted), ""
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

    def refusal(
        self,
        leader: str,
        gain_s: float,
        at_s: float,
        *,
        mood: str,
        since_s: float,
        announced: bool = False,
    ) -> str:
        """Why `leader` may not take over from `mood` yet; empty when it may.

        The minimum stay keeps the tone of voice from moving the music back and forth; a mood that was
        `announced` in plain words need not wait for it.
        """
        age_s, hold_s = at_s - since_s, self._moods[mood].hold_s
        title, price_s = self._moods[leader].title, self._pacing.price_s
        if age_s < hold_s and not announced:
            now = self._moods[mood].title
            return f"{title} leads, but {now} is {age_s:.0f} s old and stays at least {hold_s:.0f} s"
        if leader == self._unwanted and at_s < self._unwanted_s:
            return f"{title} leads, but was not wanted just now"
        ahead_s = at_s - (self._ahead_s if leader == self._leader else at_s)
        if ahead_s < (wait_s := self._lessons.wait_s(leader)):
            return f"{title} leads for {ahead_s:.0f} s and waits {wait_s:.0f} s, as corrections taught"
        if gain_s > price_s:
            return ""
        return (
            f"{title} leads, but a change wins only {gain_s:.0f} s of the {price_s:.0f} needed"
        )
