"""What the table's talk speaks for: estimates gathered over audio time."""

import math
from collections.abc import Mapping

from dndmood.bounds import clamp
from dndmood.events import EmotionEstimate
from dndmood.mood.book import Mood
from dndmood.mood.corrections import Lessons

_LONGEST_STEP_S = 3.0
"""One estimate stands for at most this much talk, however long the pause before it."""
_LATELY_S = 2.0
"""Half-life of the evidence that a forecast carries on."""
_FLOOR = 0.02
"""Added to each view's share of a mood before the two are multiplied; set by hand."""
_IMPRESSION_S = 8.0
"""Half-life of the impression that the `why` sentences quote."""


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
    if len(scores) < 2:  # noqa: PLR2004 - one label carries no doubt
        return 1.0
    entropy = -sum(p * math.log(p) for p in scores.values() if p > 0.0)
    return 1.0 - 0.5 * (entropy / math.log(len(scores))) ** 2


class Belief:
    """The running share of talk that speaks for each mood, forgotten by half-lives."""

    def __init__(self, moods: Mapping[str, Mood], lessons: Lessons | None = None) -> None:
        self._moods = moods
        self._lessons = lessons or Lessons()
        self._shares = dict.fromkeys(moods, 1.0 / len(moods))
        self._last_s: float | None = None
        self._lately = dict(self._shares)  # evidence of the last few seconds
        self._weight = 1.0  # of the last estimate
        self.arousal = 0.5
        """Running impression of the talk, 0 to 1."""
        self.valence = 0.5
        self.scores: dict[str, float] = {}

    def take_up(self, moods: Mapping[str, Mood]) -> None:
        """From now on judge by `moods`, which have the same names as those before."""
        self._moods = moods

    def push(self, estimate: EmotionEstimate) -> None:
        """Take one estimate in, by the time it stands for and how sure it is.

        The weight is the share of voiced frames times the model's certainty that this is a
        voice times the confidence in its scores; doubtful windows move little.
        """
        elapsed_s = estimate.at_s - self._last_s if self._last_s is not None else 1.0
        self._last_s = estimate.at_s
        weight = estimate.voiced * estimate.voice * confidence(estimate.scores)
        step_s = clamp(elapsed_s, 0.0, _LONGEST_STEP_S) * weight
        now = self._lessons.leaned(evidence(estimate, self._moods), estimate)
        self._shares = self._moved(now, step_s)
        self._weight, moved = weight, _moved(step_s, _LATELY_S)
        for name, before in self._lately.items():
            self._lately[name] = before + (now[name] - before) * moved
        self._remember(estimate, _moved(step_s, _IMPRESSION_S))

    def shares(self) -> dict[str, float]:
        """Mood to share, summing to 1."""
        return _shares(self._shares)

    def forecast(self, seconds: float) -> dict[str, float]:
        """Mood to share after `seconds` more of talk that sounds like the last few seconds."""
        return _shares(self._moved(self._lately, seconds * self._weight))

    def leader_after(self, seconds: float) -> str:
        """The mood that would lead after `seconds` more of such talk."""
        shares = self.forecast(seconds)
        return max(shares, key=lambda name: shares[name])

    def favour(self, name: str) -> None:
        """Believe in `name` as much as in the mood that leads now, which takes its share."""
        leader = max(self._shares, key=lambda mood: self._shares[mood])
        shares = self._shares
        shares[name], shares[leader] = shares[leader], shares[name]

    def forget(self) -> None:
        """Start over, as after a long silence."""
        self._shares = dict.fromkeys(self._moods, 1.0 / len(self._moods))

    def emotion(self) -> str:
        """The emotion heard most recently (half-life `_IMPRESSION_S`); empty before any talk."""
        return max(self.scores, key=lambda label: self.scores[label], default="")

    def _moved(self, towards: Mapping[str, float], step_s: float) -> dict[str, float]:
        """The shares after `step_s` of talk that speaks `towards` the moods like this."""
        moved: dict[str, float] = {}
        for name, before in self._shares.items():
            mood, now = self._moods[name], towards[name]
            half_life_s = mood.attack_s if now > before else mood.release_s
            moved[name] = before + (now - before) * _moved(step_s, half_life_s)
        return moved

    def _remember(self, estimate: EmotionEstimate, moved: float) -> None:
        if not self.scores:
            moved = 1.0
        self.arousal += (estimate.arousal - self.arousal) * moved
        self.valence += (estimate.valence - self.valence) * moved
        for label, score in estimate.scores.items():
            before = self.scores.get(label, 0.0)
            self.scores[label] = before + (score - before) * moved


def _moved(step_s: float, half_life_s: float) -> float:
    return 1.0 - math.exp2(-step_s / half_life_s)


def _shares(values: Mapping[str, float]) -> dict[str, float]:
    total = sum(values.values())
    if total <= 0.0:
        return dict.fromkeys(values, 1.0 / len(values))
    return {name: value / total for name, value in values.items()}
