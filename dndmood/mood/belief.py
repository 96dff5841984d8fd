"""What the table's talk says: a Bayesian filter over moods, one step for every window of talk.

The state is the mood, and how much of the talk at this table is plain. Between two windows a mood
ends with the hazard `1 / STAY_S` and goes the ways that `dndmood.mood.transitions` counts; then
every state is weighed by how likely the window is in it. Only talk moves time: silence is no
evidence, and in a pause nothing ends.
"""

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from dndmood.events import EmotionEstimate
from dndmood.mood.book import Mood
from dndmood.mood.evidence import Array, Evidence, Likelihood
from dndmood.mood.transitions import STAY_S, ways

_LONGEST_STEP_S = 3.0
"""One window stands for at most so much talk, however long the pause before it."""
_PLAIN_SHARES = (0.05, 0.35, 0.6, 0.8)
"""Shares of plain talk that a table may have; each as likely as another before anybody spoke."""
_TABLE_S = 1800.0
"""So much talk, and half of what is believed about the table's share of plain talk is forgotten."""
_OPENING = 0.5
"""How surely the evening begins in its opening mood."""
_TAUGHT = 3.0
"""The power to which what corrections taught about such talk counts."""
_TAUGHT_S = 8.0
"""Half-life of the talk that corrections are held against: as long as a few sentences."""
_LATELY_S = 6.0
"""Half-life of the evidence that a forecast carries on."""


class Belief:
    """The probability of each mood, after everything that was said."""

    def __init__(
        self, moods: Mapping[str, Mood], evidence: Evidence, *, opening: str = ""
    ) -> None:
        self._evidence = evidence
        self._names = list(moods)
        self._last_s: float | None = None
        self._ears_s: dict[str, float] = {}  # when each ear's last window was
        self.take_up(moods)
        plain = np.full(len(_PLAIN_SHARES), 1.0 / len(_PLAIN_SHARES))
        first = np.full(len(moods), 1.0 / len(moods))
        if opening in moods:
            first *= 1.0 - _OPENING
            first[self._names.index(opening)] += _OPENING
        self._state = np.outer(plain, first)
        self._lately = np.zeros_like(self._state)  # logarithms of evidence per second of talk
        self._taught = np.zeros(
            len(moods)
        )  # logarithms of the factors that corrections ask for

    def take_up(self, moods: Mapping[str, Mood]) -> None:
        """From now on judge by `moods`, which have the same names as those before."""
        every = list(moods.values())
        self._likelihood = Likelihood(self._evidence, every, _PLAIN_SHARES)
        self._ways = ways(every)

    def push(
        self,
        estimate: EmotionEstimate,
        over_music_db: float | None = None,
        leaned: Callable[[Mapping[str, float]], Mapping[str, float]] | None = None,
    ) -> float:
        """Take one window in; returns how many seconds of talk it stands for.

        `over_music_db` is how far the talk stands above our own music, None when nobody knows;
        `leaned` moves what this window says for each mood, as corrections teach.
        """
        step_s = _step_s(self._last_s, estimate.at_s)
        new_s = _step_s(self._ears_s.get(estimate.ear), estimate.at_s)
        self._last_s = max(self._last_s or estimate.at_s, estimate.at_s)
        self._ears_s[estimate.ear] = estimate.at_s
        likely = self._likelihood.of(estimate)
        if leaned:
            part = 1.0 - math.exp2(-step_s / _TAUGHT_S)
            self._taught += (np.log(self._lean(likely, leaned)) - self._taught) * part
        said = np.log(likely) * self._evidence.weight(estimate, new_s, over_music_db)
        self._state = self._moved(self._state, step_s, said)
        if step_s > 0.0:
            part = 1.0 - math.exp2(-step_s / _LATELY_S)
            self._lately += (said / step_s - self._lately) * part
        return new_s

    def _lean(
        self, likely: Array, leaned: Callable[[Mapping[str, float]], Mapping[str, float]]
    ) -> Array:
        """By which factor each mood's likelihood moves, shape `(moods,)`."""
        now = likely.mean(axis=0)
        shares = dict(zip(self._names, (now / now.sum()).tolist(), strict=True))
        moved = leaned(shares)
        return np.array([moved[name] / max(shares[name], 1e-12) for name in self._names])

    def shares(self) -> dict[str, float]:
        """Mood to probability, summing to 1."""
        return self._named(self._state)

    def _named(self, state: Array) -> dict[str, float]:
        """What is believed in `state`, leaned as corrections taught; bounded as they are, once."""
        leant = state.sum(axis=0) * np.exp(_TAUGHT * self._taught)
        return dict(zip(self._names, (leant / leant.sum()).tolist(), strict=True))

    def plain_share(self) -> float:
        """How much of the talk at this table is believed to be plain."""
        return float(self._state.sum(axis=1) @ np.array(_PLAIN_SHARES))

    def forecast(self, step_s: float) -> Iterator[dict[str, float]]:
        """The probabilities after every further `step_s` of talk like that of the last seconds."""
        state = self._state
        while True:
            state = self._moved(state, step_s, self._lately * step_s)
            yield self._named(state)

    def favour(self, name: str) -> None:
        """Believe in `name` as much as in the likeliest mood, which takes its probability."""
        shares = self._state.sum(axis=0)
        best, place = int(shares.argmax()), self._names.index(name)
        if best != place:
            kept = self._state.copy()
            for here, there in ((best, place), (place, best)):
                self._state[:, here] = kept[:, here] * (shares[there] / shares[here])

    def forget(self, opening: str) -> None:
        """Start over in the mood `opening`, as after a long silence; the table stays what it is."""
        plain = self._state.sum(axis=1)
        first = np.full(len(self._names), (1.0 - _OPENING) / len(self._names))
        first[self._names.index(opening)] += _OPENING
        self._state = np.outer(plain, first)
        self._lately = np.zeros_like(self._lately)

    def _moved(self, state: Array, step_s: float, said: Array) -> Array:
        """The state after `step_s` of talk that says `said`, in logarithms."""
        ends = 1.0 - math.exp(-step_s / STAY_S)
        state = state * (1.0 - ends) + (state * ends) @ self._ways
        if len(self._names) == 1:
            state = np.full_like(state, 1.0 / state.size)
        forgotten = 1.0 - math.exp2(-step_s / _TABLE_S)
        state = state * (1.0 - forgotten) + state.mean(axis=0) * forgotten
        state = state * np.exp(said - said.max())
        return np.asarray(state / state.sum())


def _step_s(before_s: float | None, at_s: float) -> float:
    """How much talk a window at `at_s` stands for after one at `before_s`."""
    elapsed_s = 1.0 if before_s is None else at_s - before_s
    return min(max(elapsed_s, 0.0), _LONGEST_STEP_S)
