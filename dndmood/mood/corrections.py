"""What the game master's corrections teach, a little each, forgotten slowly."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dndmood.bounds import clamp
from dndmood.events import Correction, EmotionEstimate
from dndmood.mood.book import Mood

_STEPS = {"instead": 0.5, "reject": 0.0, "undo": 0.0}
"""By how much (in log-odds) a whole window of talk that sounds alike speaks less for the mood that
was taken and more for the one that was wanted. It adds up while such talk goes on, so "not now",
which is about the time and not about the talk, only lets the mood wait."""
_WAIT_S = {"instead": 0.0, "reject": 3.0, "undo": 2.0}
"""So much longer the mood that came unwanted must lead before it may come."""
_CALLED_S = 0.5
"""So much of that is taken from a mood that was called instead of another."""
_MOST_LEAN = 1.5
_LONGEST_S = 20.0
_KEPT, _KEPT_EVENING = 0.97, 0.9
"""What is left of a correction after one more, and after one more evening."""
_MOST = 200
"""So many corrections count; what is left of an older one (0.97 to the 200th) is next to nothing."""
_ALIKE = 0.18
"""How far apart in the plane two talks still sound alike (standard deviation)."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A correction, and in which evening of the profile it was made."""

    correction: Correction
    evening: int = 0


class Lessons:
    """All that is remembered, ready to be asked at every estimate."""

    def __init__(self, past: Iterable[Lesson] = (), *, evening: int = 0) -> None:
        self._evening = evening
        self._lessons: list[Lesson] = []
        self._weighed: list[tuple[Correction, float]] = []
        self._waits_s: dict[str, float] = {}
        for lesson in past:
            self._add(lesson)
        self._weigh()

    def push(self, correction: Correction) -> None:
        """Learn one more, at once."""
        self._add(Lesson(correction, self._evening))
        self._weigh()

    def weighed(self) -> list[tuple[Correction, float]]:
        """Every correction that counts, oldest first, with what is left of it, 0 to 1."""
        count = len(self._lessons)
        return [
            (
                lesson.correction,
                _KEPT ** (count - 1 - number)
                * _KEPT_EVENING ** max(self._evening - lesson.evening, 0),
            )
            for number, lesson in enumerate(self._lessons)
        ]

    @property
    def any(self) -> bool:
        """Whether anything was learnt."""
        return bool(self._lessons)

    def leaned(
        self, shares: Mapping[str, float], estimate: EmotionEstimate
    ) -> Mapping[str, float]:
        """`shares` of evidence, which sum to 1, leaned towards what such talk was wanted to bring."""
        if not self._lessons:
            return shares
        leans, said = dict.fromkeys(shares, 0.0), dict.fromkeys(shares, 1e-9)
        for correction, weight in self._weighed:
            step = _STEPS[correction.kind] * weight * alike(correction, estimate)
            for mood, sign in ((correction.wanted, 1.0), (correction.taken, -1.0)):
                if mood in leans:
                    leans[mood] += sign * step
                    said[mood] += step
        # What contradicts itself teaches the less, the more evenly it does.
        leans = {mood: lean * abs(lean) / said[mood] for mood, lean in leans.items()}
        leant = {
            # Bends over near the bound instead of stopping there, so that the newest counts too.
            mood: share * math.exp(_MOST_LEAN * math.tanh(leans[mood] / _MOST_LEAN))
            for mood, share in shares.items()
        }
        whole = sum(leant.values())
        return {mood: share / whole for mood, share in leant.items()} if whole else shares

    def wait_s(self, mood: str) -> float:
        """How long `mood` must lead before it may come; 0 where nothing was said."""
        return self._waits_s.get(mood, 0.0)

    def _judged(self) -> dict[str, float]:
        waits_s: dict[str, float] = {}
        for correction, weight in self._weighed:
            taken, wanted, kind = correction.taken, correction.wanted, correction.kind
            if wanted != taken:
                waits_s[taken] = waits_s.get(taken, 0.0) + _WAIT_S[kind] * weight
                if kind == "instead":
                    waits_s[wanted] = waits_s.get(wanted, 0.0) - _CALLED_S * weight
        return {mood: clamp(wait_s, 0.0, _LONGEST_S) for mood, wait_s in waits_s.items()}

    def _add(self, lesson: Lesson) -> None:
        if lesson.correction.kind not in _STEPS:
            return
        if lesson.correction.refines and self._lessons:
            self._lessons.pop()
        self._lessons.append(lesson)
        if len(self._lessons) > 2 * _MOST:
            del self._lessons[:-_MOST]

    def _weigh(self) -> None:
        del self._lessons[:-_MOST]
        self._weighed = self.weighed()
        self._waits_s = self._judged()


def alike(correction: Correction, estimate: EmotionEstimate) -> float:
    """How much `estimate` sounds like the talk that was corrected, 0 to 1."""
    off = (estimate.arousal - correction.arousal) ** 2
    off += (estimate.valence - correction.valence) ** 2
    near = math.exp(-off / (2.0 * _ALIKE**2))
    shared = sum(
        math.sqrt(score * max(estimate.scores.get(label, 0.0), 0.0))
        for label, score in correction.scores.items()
        if score > 0.0
    )
    return near * min(shared, 1.0) if correction.scores else near


def taught(lessons: Lessons, moods: Mapping[str, Mood]) -> list[str]:
    """What was learnt, one plain sentence each."""

    def title(name: str) -> str:
        return moods[name].title if name in moods else name.capitalize()

    sentences: list[str] = []
    kept = [(one, weight) for one, weight in lessons.weighed() if one.wanted != one.taken]
    pairs = Counter((one.taken, one.wanted) for one, _ in kept if one.kind == "instead")
    for (taken, wanted), times in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        back = pairs.get((wanted, taken), 0)
        cancelled = f", but {_times(back)} the other way round, so little of it is left" * (
            back >= times
        )
        sentences.append(
            f"Talk that brought {title(taken)} speaks more for {title(wanted)}: {_times(times)} "
            f"you said what it should have been{cancelled}."
        )
    unwanted = Counter(one.taken for one, _ in kept if one.kind != "instead")
    for mood, times in unwanted.most_common():
        if (wait_s := lessons.wait_s(mood)) >= 1.0:
            sentences.append(
                f"{title(mood)} comes a little later than at first (it leads for {wait_s:.0f} s "
                f"before it may): {_times(times)} you said 'not now' or took it back."
            )
    if kept:
        fresh = sum(weight for _, weight in kept)
        sentences.append(
            f"{len(kept)} correction{'s' * (len(kept) != 1)} remembered, worth {fresh:.1f} fresh "
            "ones: they fade with every further one and every evening."
        )
    return sentences


def take_back(lessons: list[Lesson]) -> None:
    """Remove the last of `lessons`, and with it what a refinement stands in the place of."""
    while lessons and lessons.pop().correction.refines:
        pass


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
