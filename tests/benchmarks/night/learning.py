"""What a model's estimates say about what was felt, learned from evenings of development voices.

Every window of a composed evening belongs to the sentence that fills most of it, whose emotion is
known: a logistic regression from the logarithms of the model's scores, arousal and valence tells
how likely each emotion is. How much a window counts by its surety is measured, not chosen: for each
range of a measure the power to which the odds must be taken so that they predict best. Last comes
the power of a whole window, so that the filter believes best in what is true.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from dndmood.events import EmotionEstimate
from dndmood.mood.belief import Belief
from dndmood.mood.book import Mood
from dndmood.mood.corrections import Lessons
from dndmood.mood.decision import Decision
from dndmood.mood.evidence import LEAST_SCORE, Curve, Evidence
from dndmood.mood.pacing import Pacing
from tests.benchmarks.night.composer import Evening, Utterance
from tests.benchmarks.night.loop import Played
from tests.benchmarks.night.timeline import Quadrant, quadrant

_WINDOW_S = 3.0
_LEAST_VOICE = 0.4
"""What is less surely a voice is held back before it is judged (`dndmood.mood.no_voice`)."""
_FOLDS = 6
_STEPS = {
    "voice": (0.4, 0.7, 0.85, 0.95, 1.0),
    "voiced": (0.0, 0.5, 0.65, 0.8, 0.95, 1.0),
    "over_music_db": (-60.0, 0.0, 4.0, 8.0, 12.0, 18.0, 60.0),
}
_FEWEST = 150
"""Windows that a range needs to say anything."""
_RAREST = 40
"""Windows in which a tone must have been heard to be learned."""
_POWERS = np.arange(0.2, 1.65, 0.05)
_WINDOWS = np.arange(0.6, 1.25, 0.1)
_PENALTY = 50.0
"""On half the squared weights of the regression. Windows are many but voices few: with this, voices that
were not learned from surprise it least, by both shipped models (.964 and .768 nats; 1.000 and .782 with .5)."""
_AS_GOOD_NATS = 0.003
"""So little surprise more is none: with 1.0 instead of 1.1 bonfire's filter is surprised by .0016 more,
as often right and makes two changes an hour less."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """An evening, what was heard in it, and which sentence fills most of each window."""

    evening: Evening
    played: Played
    said: tuple[Utterance | None, ...]

    @classmethod
    def of(cls, evening: Evening, played: Played) -> "Lesson":
        """Windows to sentences by the time they share."""
        return cls(evening, played, tuple(_foremost(evening, played)))

    def windows(self) -> Iterator[tuple[EmotionEstimate, Utterance, float | None]]:
        """Windows of which the sentence is known, with how far talk stood above the music."""
        over = self.played.over_music_db or (None,) * len(self.said)
        for estimate, said, over_db in zip(self.played.estimates, self.said, over, strict=True):
            if said is not None and estimate.voice >= _LEAST_VOICE:
                yield estimate, said, over_db


def _foremost(evening: Evening, played: Played) -> Iterator[Utterance | None]:
    starts = [each.start_s for each in evening.spoken]
    for estimate in played.estimates:
        last = int(np.searchsorted(starts, estimate.at_s))
        shared = {
            each: min(each.end_s, estimate.at_s) - max(each.start_s, estimate.at_s - _WINDOW_S)
            for each in evening.spoken[max(0, last - 6) : last]
        }
        best = max(shared, key=lambda each: shared[each], default=None)
        yield best if best is not None and shared[best] > 0.0 else None


def features(estimates: Sequence[EmotionEstimate], labels: Sequence[str]) -> Array:
    """What the regression sees, shape `(windows, labels + 2)`."""
    return np.array(
        [
            [math.log(max(e.scores.get(label, 0.0), LEAST_SCORE)) for label in labels]
            + [e.arousal, e.valence]
            for e in estimates
        ]
    )


def learned(lessons: Sequence[Lesson], labels: Sequence[str], *, model: str) -> Evidence:
    """The evidence of `model`, without the weight of a whole window."""
    windows = [each for lesson in lessons for each in lesson.windows()]
    heard = features([estimate for estimate, _, _ in windows], labels)
    spoken = [tone(said) for _, said, _ in windows]
    tones = [each for each in sorted(set(spoken)) if spoken.count(each) >= _RAREST]
    kept = [number for number, each in enumerate(spoken) if each in tones]
    felt = np.array([tones.index(spoken[number]) for number in kept])
    heard = heard[kept]
    weights, biases = _regression(heard, felt, len(tones))
    plane = heard[:, -2:]
    return Evidence(
        labels=tuple(labels),
        tones=tuple(emotion for emotion, _ in tones),
        weights=weights,
        biases=biases,
        shares=np.bincount(felt, minlength=len(tones)) / len(felt),
        places=np.array([plane[felt == c].mean(axis=0) for c in range(len(tones))]),
        deviations=np.array([plane[felt == c].std(axis=0) for c in range(len(tones))]),
        voice=(),
        voiced=(),
        over_music_db=(),
        model=model,
    )


def tone(said: Utterance) -> tuple[str, bool]:
    """The emotion of a sentence, and whether its scene is a loud one: fear is soft or loud."""
    loud = said.emotion == "fearful" and said.said is not None and bool(said.said[1])
    return said.emotion, loud


def held_out(
    lessons: Sequence[Lesson], evidence: Evidence
) -> Callable[[EmotionEstimate], Array]:
    """How likely each emotion is in a window, by a regression that never heard its speaker."""
    windows = [each for lesson in lessons for each in lesson.windows()]
    heard = features([estimate for estimate, _, _ in windows], evidence.labels)
    felt = _tones(windows, evidence)
    who = [said.speaker for _, said, _ in windows]
    fold = {speaker: number % _FOLDS for number, speaker in enumerate(sorted(set(who)))}
    folds = np.array([fold[speaker] for speaker in who])
    known: dict[int, Array] = {}
    for number in range(_FOLDS):
        weights, biases = _regression(
            heard[(folds != number) & (felt >= 0)],
            felt[(folds != number) & (felt >= 0)],
            len(evidence.tones),
        )
        exponent = heard[folds == number] @ weights.T + biases
        likely = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        for place, each in zip(np.flatnonzero(folds == number), likely, strict=True):
            known[id(windows[place][0])] = each
    return lambda estimate: known.get(id(estimate), evidence.shares)


def surety(
    lessons: Sequence[Lesson], evidence: Evidence, felt: Callable[[EmotionEstimate], Array]
) -> Evidence:
    """`evidence` with the weight of a window by each measure of how surely it was heard."""
    windows = [each for lesson in lessons for each in lesson.windows()]
    windows = [
        each
        for each, number in zip(windows, _tones(windows, evidence), strict=True)
        if number >= 0
    ]
    odds = np.array([np.log(felt(estimate)) for estimate, _, _ in windows])
    right = _tones(windows, evidence)
    prior = np.log(evidence.shares)
    measures = {
        "voice": np.array([estimate.voice for estimate, _, _ in windows]),
        "voiced": np.array([estimate.voiced for estimate, _, _ in windows]),
        "over_music_db": np.array([np.nan if db is None else db for _, _, db in windows]),
    }
    curves = {
        name: _curve(measures[name], steps, odds - prior, prior, right)
        for name, steps in _STEPS.items()
    }
    return replace(evidence, **curves)


def _tones(
    windows: Sequence[tuple[EmotionEstimate, Utterance, float | None]], evidence: Evidence
) -> NDArray[np.int64]:
    """The number of each window's tone; -1 for one that was too rare to learn."""
    emotions = list(evidence.tones)
    found = []
    for _, said, _ in windows:
        emotion, loud = tone(said)
        last = len(emotions) - 1 - emotions[::-1].index(emotion) if emotion in emotions else -1
        first = emotions.index(emotion) if emotion in emotions else -1
        found.append(last if loud else first)
    return np.array(found)


def _curve(
    measure: Array,
    steps: Sequence[float],
    ratios: Array,
    prior: Array,
    right: NDArray[np.int64],
) -> Curve:
    points: list[tuple[float, float]] = []
    for low, high in pairwise(steps):
        inside = (measure >= low) & ((measure < high) | (high == steps[-1]))
        if inside.sum() >= _FEWEST:
            power = _power(ratios[inside], prior, right[inside])
            points.append((round(float(np.median(measure[inside])), 3), power))
    most = max((power for _, power in points), default=1.0)
    return tuple((place, round(power / most, 3)) for place, power in points)


def _power(ratios: Array, prior: Array, right: NDArray[np.int64]) -> float:
    """The power to which ratios predict best what is `right`."""

    def surprise(power: float) -> float:
        exponent = prior + power * ratios
        exponent -= exponent.max(axis=1, keepdims=True)
        whole = np.log(np.exp(exponent).sum(axis=1))
        return float(np.mean(whole - exponent[np.arange(len(right)), right]))

    return float(min(_POWERS, key=surprise))


def weighed(
    lessons: Sequence[Lesson],
    evidence: Evidence,
    felt: Callable[[EmotionEstimate], Array],
    moods: dict[str, Mood],
    opening: str,
) -> Evidence:
    """`evidence` with the power of a whole window at which the filter believes best in the truth.

    Of powers that do so equally well the least, as a larger one changes the music oftener.
    """

    def surprise(window: float) -> float:
        held = HeldOut.of(replace(evidence, window=float(window)), felt)
        return float(
            np.mean([surprised(believed(each, held, moods, opening)) for each in lessons])
        )

    found = {float(window): surprise(window) for window in _WINDOWS}
    best = min(found.values())
    least = next(window for window, nats in found.items() if nats <= best + _AS_GOOD_NATS)
    return replace(evidence, window=round(least, 2))


class HeldOut(Evidence):
    """Evidence in which no window is judged by what was learned from its own speaker."""

    _known: Callable[[EmotionEstimate], Array]

    @classmethod
    def of(cls, evidence: Evidence, felt: Callable[[EmotionEstimate], Array]) -> "HeldOut":
        """`evidence` that judges by `felt`."""
        names = [name for name in evidence.__dataclass_fields__ if not name.startswith("_")]
        found = cls(**{name: getattr(evidence, name) for name in names})
        object.__setattr__(found, "_known", felt)
        return found

    def felt(self, estimate: EmotionEstimate) -> Array:
        """As the regression says that never heard the speaker."""
        return self._known(estimate)


@dataclass(frozen=True, slots=True, eq=False)
class Believed:
    """Probabilities of the quadrants at every window that lies in a stretch."""

    probabilities: Array
    """Shape `(windows, quadrants)`."""
    truth: NDArray[np.int64]


def believed(
    lesson: Lesson, evidence: Evidence, moods: dict[str, Mood], opening: str
) -> Believed:
    """What the filter believes of an evening, while what it decides plays."""
    where: list[Quadrant] = [
        quadrant(m.name, arousal=m.arousal, valence=m.valence) for m in moods.values()
    ]
    kinds = sorted(set(where) | {each.quadrant for each in lesson.evening.truth})
    onto = np.array([[q == k for k in kinds] for q in where], float)
    belief, mood, since_s = Belief(moods, evidence, opening=opening), opening, 0.0
    decision = Decision(moods, Pacing(), Lessons(), opening=opening)
    rows: list[Array] = []
    truth: list[int] = []
    stretches = iter(lesson.evening.truth)
    stretch = next(stretches, None)
    over = lesson.played.over_music_db or (None,) * len(lesson.said)
    for estimate, over_db in zip(lesson.played.estimates, over, strict=True):
        if estimate.voice >= _LEAST_VOICE:
            belief.push(estimate, over_db)
            best, gain_s = decision.best(belief.shares(), mood)
            if best != mood and not decision.refusal(
                best, gain_s, estimate.at_s, mood=mood, since_s=since_s
            ):
                mood, since_s = best, estimate.at_s
                belief.plays(mood)
        while stretch is not None and stretch.end_s < estimate.at_s:
            stretch = next(stretches, None)
        if stretch is not None and stretch.start_s < estimate.at_s:
            rows.append(np.array(list(belief.shares().values())) @ onto)
            truth.append(kinds.index(stretch.quadrant))
    return Believed(np.array(rows), np.array(truth))


def surprised(found: Believed) -> float:
    """Mean surprise at the truth, in nats: 0 at best."""
    likely = found.probabilities[np.arange(len(found.truth)), found.truth]
    return float(-np.log(np.maximum(likely, 1e-6)).mean())


def calibration_error(every: Sequence[Believed], *, bins: int = 10) -> float:
    """Expected calibration error of the likeliest quadrant, in `bins` equal ranges of probability."""
    sure = np.concatenate([each.probabilities.max(axis=1) for each in every])
    right = np.concatenate([each.probabilities.argmax(axis=1) == each.truth for each in every])
    place = np.minimum((sure * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(sure[place == b].mean() - right[place == b].mean()) * (place == b).mean()
            for b in range(bins)
            if (place == b).any()
        )
    )


def _regression(heard: Array, felt: NDArray[np.int64], count: int) -> tuple[Array, Array]:
    """Weights and biases for each of `count` emotions; one that was never felt is never found."""
    mean, spread = heard.mean(axis=0), np.maximum(heard.std(axis=0), 1e-6)
    fitted = LogisticRegression(C=0.5 / _PENALTY, max_iter=400).fit(
        (heard - mean) / spread, felt
    )
    weights, biases = np.zeros((count, heard.shape[1])), np.full(count, -20.0)
    weights[fitted.classes_] = fitted.coef_ / spread
    biases[fitted.classes_] = fitted.intercept_ - (fitted.coef_ / spread) @ mean
    return weights, biases
