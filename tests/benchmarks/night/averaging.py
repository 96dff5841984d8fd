"""The rule that came before the filter: an average of the talk, and a lead that it must have.

Kept as a baseline. Every window is an estimate of shares; they are forgotten by half-lives, and the
leading mood comes when its lead is large enough for the age of the present mood, for the way there
and for the changes that this hour has had.
"""

import math
from collections.abc import Iterable, Mapping

from dndmood.bounds import clamp
from dndmood.events import EmotionEstimate
from dndmood.mood.book import Mood
from dndmood.mood.no_voice import NoVoice
from dndmood.mood.transitions import kind

_LONGEST_STEP_S = 3.0
_HOLD_S = 30.0
"""The minimum stay of that time."""
_FLOOR = 0.02
_MARGIN, _SOFT_HOLD_S, _CHANGES_PER_H, _BURST = 0.12, 30.0, 15.0, 4.0
_HALF_LIVES_S: Mapping[str, tuple[float, float]] = {
    "battle": (5.0, 9.0),
    "suspense": (6.0, 6.0),
}
_HALF_LIFE_S = (6.0, 7.0)
"""With which evidence for a mood was believed, and forgotten."""
_COMMON = (("suspense", "agitated"), ("calm", "suspense"), ("agitated", "suspense"))
_EASED, _KIN = 0.82, 3.0


def evidence(estimate: EmotionEstimate, moods: Mapping[str, Mood]) -> dict[str, float]:
    """How much one estimate speaks for each mood; the values sum to 1.

    Two views of the same voice are multiplied, as if they were independent: nearness in the
    arousal/valence plane (a Gaussian around each mood's place) and what the emotions say. A
    small floor under each keeps one view from ruling a mood out alone.
    """
    near = {
        name: math.exp(
            -((estimate.arousal - mood.arousal) ** 2 + (estimate.valence - mood.valence) ** 2)
            / (2.0 * mood.spread**2)
        )
        for name, mood in moods.items()
    }
    said = {
        name: sum(
            weight * estimate.scores.get(label, 0.0) for label, weight in mood.emotions.items()
        )
        for name, mood in moods.items()
    }
    near, said = _shares(near), _shares(said)
    return _shares({name: (near[name] + _FLOOR) * (said[name] + _FLOOR) for name in moods})


def confidence(scores: Mapping[str, float]) -> float:
    """0.5 when every emotion is equally likely, 1 when one is certain.

    One minus half the square of the entropy of `scores` relative to its maximum: between two or
    three emotions a voice still says a lot.
    """
    if len(scores) < 2:
        return 1.0
    entropy = -sum(p * math.log(p) for p in scores.values() if p > 0.0)
    return 1.0 - 0.5 * (entropy / math.log(len(scores))) ** 2


class Averages:
    """The share of the talk that speaks for each mood."""

    def __init__(self, moods: Mapping[str, Mood]) -> None:
        self._moods = moods
        self._shares = dict.fromkeys(moods, 1.0 / len(moods))
        self._last_s: float | None = None

    def push(self, estimate: EmotionEstimate) -> None:
        """Take one estimate in, by the time it stands for and how sure it is."""
        elapsed_s = estimate.at_s - self._last_s if self._last_s is not None else 1.0
        self._last_s = estimate.at_s
        weight = estimate.voiced * estimate.voice * confidence(estimate.scores)
        step_s = clamp(elapsed_s, 0.0, _LONGEST_STEP_S) * weight
        for name, now in evidence(estimate, self._moods).items():
            before = self._shares[name]
            attack_s, release_s = _HALF_LIVES_S.get(name, _HALF_LIFE_S)
            half_life_s = attack_s if now > before else release_s
            self._shares[name] += (now - before) * (1.0 - math.exp2(-step_s / half_life_s))

    def shares(self) -> dict[str, float]:
        """Mood to share, summing to 1."""
        return _shares(self._shares)


def averaged(
    estimates: Iterable[EmotionEstimate], moods: Mapping[str, Mood], opening: str
) -> list[tuple[float, str]]:
    """When which mood began by that rule."""
    averages, no_voice = Averages(moods), NoVoice()
    found = [(0.0, opening)]
    budget, budget_s = _BURST, 0.0
    for estimate in estimates:
        if no_voice.hear(estimate):
            continue
        averages.push(estimate)
        shares = averages.shares()
        (since_s, mood), at_s = found[-1], estimate.at_s
        leader = max(shares, key=lambda name: shares[name])
        age_s, hold_s = at_s - since_s, max(moods[mood].hold_s, _HOLD_S)
        if leader == mood or age_s < hold_s:
            continue
        left = min(_BURST, budget + (at_s - budget_s) * _CHANGES_PER_H / 3600.0)
        young = clamp((_SOFT_HOLD_S - age_s) / max(_SOFT_HOLD_S - hold_s, 1.0))
        needed = _MARGIN * _ease(moods[mood], moods[leader]) * (1.0 + young)
        if shares[leader] - shares[mood] >= needed * (1.0 + 2.0 * max(1.0 - left, 0.0)):
            budget, budget_s = left - 1.0, at_s
            found.append((at_s, leader))
    return found


def _ease(left: Mood, taken: Mood) -> float:
    here, there = kind(left), kind(taken)
    if here == there:
        return _KIN
    return _EASED if (here, there) in _COMMON else 1.0


def _shares(values: Mapping[str, float]) -> dict[str, float]:
    total = sum(values.values())
    if total <= 0.0:
        return dict.fromkeys(values, 1.0 / len(values))
    return {name: value / total for name, value in values.items()}
