"""What the game master's corrections teach, a little each, forgotten slowly. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dndmood.events import Correction, EmotionEstimate
from dndmood.mood.book import Mood

_STEPS = {"instead": 0.5, "reject": 0.3, "undo": 0.2}
"""By how much (in log-odds) talk that sounds alike speaks less for the mood that was taken and
more for the one that was wanted."""
_LATER = {"instead": 0.0, "reject": 0.025, "undo": 0.015}
"""How many more points of lead the mood that came unwanted needs from now on."""
_SOONER = {"instead": 0.01, "reject": 0.0, "undo": 0.0}
"""How many points fewer the mood that was called needs."""
_MOST_LEAN = 1.5
_MOST_LEAD = 0.10
_KEPT, _KEPT_EVENING = 0.97, 0.9
"""What is left of a correction after one more, and after one more evening."""
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
        for lesson in past:
            self._add(lesson)

    def push(self, correction: Correction) -> None:
        """Learn one more, at once."""
        self._add(Lesson(correction, self._evening))

    def weighed(self) -> list[tuple[Correction, float]]:
        """Every correction, oldest first, with what is left of it, 0 to 1."""
        count = len(self._lessons)
        return [
            (
                lesson.correction,
                _KEPT ** (count - 1 - number)
                * _KEPT_EVENING ** max(self._evening - lesson.evening, 0),
            )
            for number, lesson in enumerate(self._lessons)
        ]

    def leaned(
        self, shares: Mapping[str, float], estimate: EmotionEstimate
    ) -> Mapping[str, float]:
        """`shares` of evidence, which sum to 1, leaned towards what such talk was wanted to bring."""
        if not self._lessons:
            return shares
        leans = dict.fromkeys(shares, 0.0)
        for correction, weight in self.weighed():
            step = _STEPS[correction.kind] * weight * alike(correction, estimate)
            for mood, sign in ((correction.wanted, 1.0), (correction.taken, -1.0)):
                if mood in leans:
                    leans[mood] += sign * step
        leant = {
            # Bends over near the bound instead of stopping there, so that the newest counts too.
            mood: share * math.exp(_MOST_LEAN * math.tanh(leans[mood] / _MOST_LEAN))
            for mood, share in shares.items()
        }
        whole = sum(leant.values())
        return {mood: share / whole for mood, share in leant.items()} if whole else shares

    def lead(self, mood: str) -> float:
        """How many points of lead more (or, below 0, fewer) `mood` needs than at first."""
        points = 0.0
        for correction, weight in self.weighed():
            if correction.wanted == correction.taken:
                continue
            if correction.taken == mood:
                points += _LATER[correction.kind] * weight
            if correction.wanted == mood:
                points -= _SOONER[correction.kind] * weight
        return min(max(points, -_MOST_LEAD), _MOST_LEAD)

    def _add(self, lesson: Lesson) -> None:
        if lesson.correction.kind not in _STEPS:
            return
        if lesson.correction.refines and self._lessons:
            self._lessons.pop()
        self._lessons.append(lesson)


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


def told(lessons: Lessons, moods: Mapping[str, Mood]) -> list[str]:
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
    for mood in dict.fromkeys((*unwanted, *(wanted for _, wanted in pairs))):
        points = lessons.lead(mood) * 100.0
        if abs(points) < 0.5:  # noqa: PLR2004 - less would be told as 0
            continue
        when = "a little later" if points > 0.0 else "a little sooner"
        because = (
            f"{_times(unwanted[mood])} you said 'not now' or took it back"
            if points > 0.0
            else "you called it instead of another"
        )
        sentences.append(
            f"{title(mood)} comes {when} than at first ({points:+.0f} points of lead): {because}."
        )
    if kept:
        fresh = sum(weight for _, weight in kept)
        sentences.append(
            f"{len(kept)} correction{'s' * (len(kept) != 1)} remembered, worth {fresh:.1f} fresh "
            "ones: they fade with every further one and every evening."
        )
    return sentences


def taken_back(lessons: Iterable[Lesson]) -> list[Lesson]:
    """`lessons` without the last, which a later refinement counts to."""
    kept = list(lessons)
    while kept and kept.pop().correction.refines:
        pass
    return kept


def as_table(correction: Correction, *, ndigits: int = 4) -> dict[str, object]:
    """`correction` as keys and values, numbers and names only."""
    rounded = {
        key: {name: round(value, ndigits) for name, value in getattr(correction, key).items()}
        for key in ("scores", "shares")
    }
    plain = {key: getattr(correction, key) for key in ("kind", "left", "taken", "wanted")}
    numbers = {
        key: round(getattr(correction, key), ndigits) for key in ("at_s", "arousal", "valence")
    }
    return {**plain, **numbers, **rounded, "refines": correction.refines}


def from_table(table: Mapping[str, object]) -> Correction | None:
    """The correction that `as_table` wrote; None when this is not one."""
    try:
        one = Correction(**{key: table[key] for key in as_table(_EMPTY)})  # type: ignore[arg-type]
        return replace(
            one, at_s=float(one.at_s), scores=dict(one.scores), shares=dict(one.shares)
        )
    except (KeyError, TypeError, ValueError):
        return None


_EMPTY = Correction(0.0, "undo", "", "", "", 0.5, 0.5, {}, {})


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
