"""What the table's talk says: a Bayesian filter over moods, one step for every window of talk.

The state is the mood, how much of the talk at this table is plain, and whether a fight is at dice
and rules, when nearly all of it is. Between two windows it moves as time has it
(`dndmood.mood.time_step`); then every state is weighed by how likely the window is in it, which a
table teaches while music plays (`dndmood.mood.learned_talk`). Only talk moves time: silence is no
evidence, and in a pause nothing ends.
"""

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from dndmood.events import EmotionEstimate
from dndmood.mood.book import Mood
from dndmood.mood.evidence import Array, Evidence, Likelihood
from dndmood.mood.learned_talk import LearnedTalk
from dndmood.mood.time_step import PLAIN_SHARES, RULES_SHARE, TimeStep
from dndmood.mood.word_evidence import weighed
from dndmood.scene import SceneCue

_LONGEST_STEP_S = 3.0
"""One window stands for at most so much talk, however long the pause before it."""
_LONGEST_WORDS_S = 30.0
"""The same between words of which the tone was not heard."""
_ROWS = [*range(len(PLAIN_SHARES)), *[len(PLAIN_SHARES)] * len(PLAIN_SHARES)]
"""Which share of plain talk a row of the state speaks with: its own, or that of rules."""
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
        self._ears_s: dict[str, float] = {}  # when the last window of each ear was
        self._moved_s = 0.0  # up to when time has moved
        self._talk = LearnedTalk(evidence, len(moods))
        self._playing = opening
        self.take_up(moods)
        plain = np.full(len(PLAIN_SHARES), 1.0 / len(PLAIN_SHARES))
        first = np.full(len(moods), 1.0 / len(moods))
        if opening in moods:
            first *= 1.0 - _OPENING
            first[self._names.index(opening)] += _OPENING
        # Rows: each share of plain talk while the game is played, then each while rules are talked.
        self._state = np.vstack((np.outer(plain, first), np.zeros((len(plain), len(moods)))))
        self._lately = np.zeros_like(self._state)  # logarithms of evidence per second of talk
        self._taught = np.zeros(
            len(moods)
        )  # logarithms of the factors that corrections ask for

    def take_up(self, moods: Mapping[str, Mood]) -> None:
        """From now on judge by `moods`, which have the same names as those before."""
        every = list(moods.values())
        self._moods = every
        self._likelihood = Likelihood(self._evidence, every, (*PLAIN_SHARES, RULES_SHARE))
        self._time = TimeStep(every)

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
        before_s = self._ears_s.get(estimate.ear)  # another ear's windows hold other talk
        elapsed_s = 1.0 if before_s is None else estimate.at_s - before_s
        self._ears_s[estimate.ear] = estimate.at_s
        new_s = min(max(elapsed_s, 0.0), _LONGEST_STEP_S)
        step_s = min(max(estimate.at_s - self._moved_s, 0.0), new_s)
        self._moved_s = max(self._moved_s, estimate.at_s)
        likely = self._judged(estimate, new_s)[_ROWS]
        if leaned:
            part = 1.0 - math.exp2(-new_s / _TAUGHT_S)
            self._taught += (np.log(self._lean(likely, leaned)) - self._taught) * part
        said = np.log(likely) * self._evidence.weight(estimate, new_s, over_music_db)
        self._state = self._moved(self._state, step_s, said)
        if new_s > 0.0:
            part = 1.0 - math.exp2(-new_s / _LATELY_S)
            self._lately += (said / new_s - self._lately) * part
        return new_s

    def plays(self, mood: str) -> None:
        """From now on the music of `mood` plays by itself; empty while a hand has chosen it."""
        self._playing = mood
        self._talk.change()

    def hear_words(self, cue: SceneCue) -> None:
        """Take in what was said; where nobody hears the tone, it also moves time."""
        self.wait(cue.at_s)
        self._state = weighed(self._state, cue, self._moods)

    def wait(self, at_s: float) -> None:
        """Let time pass until `at_s` although nobody hears the tone: moods end, others follow."""
        step_s = min(max(at_s - self._moved_s, 0.0), _LONGEST_WORDS_S)
        self._moved_s = max(self._moved_s, at_s)
        self._state = self._moved(self._state, step_s, np.zeros(len(self._names)))

    def _judged(self, estimate: EmotionEstimate, new_s: float) -> Array:
        """How likely the window is in each mood; at dice and rules no table is known better."""
        felt, rows = self._evidence.felt(estimate), len(PLAIN_SHARES)
        ratios = self._evidence.ratios(estimate, felt)
        likely = self._likelihood.of(estimate, ratios)
        here = self._talk.mixed(likely[:rows], ratios)
        if self._playing:
            self._talk.push(felt, new_s, self._names.index(self._playing))
        return np.vstack((here, likely[rows:]))

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
        return float(self._state.sum(axis=1) @ np.tile(PLAIN_SHARES, 2))

    def forecast(self, step_s: float) -> Iterator[dict[str, float]]:
        """The probabilities after every further `step_s` of talk like that of the last seconds."""
        state, step = self._state, self._step(step_s, self._lately * step_s)
        while True:
            state = step(state)
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
        playing, rules = np.split(self._state.sum(axis=1), 2)
        first = np.full(len(self._names), (1.0 - _OPENING) / len(self._names))
        first[self._names.index(opening)] += _OPENING
        self._state = np.outer(np.concatenate((playing + rules, np.zeros_like(rules))), first)
        self._lately = np.zeros_like(self._lately)

    def _moved(self, state: Array, step_s: float, said: Array) -> Array:
        """The state after `step_s` of talk that says `said`, in logarithms."""
        return self._step(step_s, said)(state)

    def _step(self, step_s: float, said: Array) -> Callable[[Array], Array]:
        """The same for any state: what all steps of a forecast share is worked out once."""
        moved = self._time.after(step_s)
        fits = np.exp(said - said.max())

        def judged(before: Array) -> Array:
            after = moved(before) * fits
            return np.asarray(after / np.add.reduce(after, axis=None))

        return judged
