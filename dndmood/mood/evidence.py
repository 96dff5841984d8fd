"""How likely one window of talk is in every mood: learned parts, and a formula for any mood.

    p(window | mood) ~ p x plain + (1 - p) x ((1 - s) x own + s x stray)

*plain* is talk without a feeling, *own* the mood's own talk and *stray* anybody's of another mood,
with s of `STRAY`; p, the share of plain talk at this table, is not known and is believed in like
the mood itself (`dndmood.mood.belief`). Every part is a mixture over tones: the emotions of the
model, a loud and a soft fear where they can be told apart. How much likelier a window is when
somebody really speaks in a tone than on the whole evening is learned once for each model
(`Evidence.ratios`), so a mood needs no training. Its own talk is

    own = sum over tones of  w x ratio x g / E[g]     (and `KIN` of it as the moods of its kind have it)

with weights w (summing to 1) from the mood's file: its emotions as it weighs them, `neutral` and
`calm` together as plain talk is, several tones of one emotion by how near they lie to the mood's
place. g is the Gaussian around that place with the mood's spread and `_LOOSER`, s^2 together; E[g]
its mean over talk of that tone, in closed form as that is taken for Gaussian in the plane too:
`s/sqrt(s^2 + d^2) x exp(-(place - mean)^2 / 2(s^2 + d^2))` in either direction, with its deviation d.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.events import EmotionEstimate
from dndmood.mood.book import Mood
from dndmood.mood.transitions import kin

Array: TypeAlias = NDArray[np.float64]
Curve: TypeAlias = Sequence[tuple[float, float]]
"""Points of a line, by their first number; beyond its ends it is level."""

PLAIN = ("neutral", "calm")
"""Emotions that are none: plain talk."""
PLACES: Mapping[str, tuple[float, float]] = {
    "neutral": (0.42, 0.52),
    "calm": (0.32, 0.58),
    "happy": (0.68, 0.76),
    "sad": (0.32, 0.22),
    "angry": (0.80, 0.18),
    "fearful": (0.64, 0.24),
    "disgusted": (0.52, 0.24),
    "surprised": (0.70, 0.58),
}
"""Arousal and valence at which a model usually puts an emotion of which nothing was measured."""
STRAY = 0.08
"""Share of the talk with a feeling that belongs to another mood: the middle of 5 to 10 % that
composed evenings have (`tests/benchmarks/night/composer.py`)."""
_LOOSER = 0.8
"""Added to a mood's spread (root of the sum of squares): a place is a hint, and single windows lie
far apart. Chosen on composed tuning evenings."""
KIN = 0.25
"""So much of a mood's own talk is that of the other moods of its kind (`dndmood.mood.transitions`):
where there is dread somebody is sad as well. Chosen on composed tuning evenings."""
_SOMETHING = 0.01
"""Whatever is heard, so much of it may be something that nobody has thought of."""
LEAST_SCORE = 0.05
"""Scores below it are taken for it: which of two tiny ones is the smaller is a habit of the voices
that were learned from, and misleads with others (the synthetic ones of the demo, for example)."""
_LEAST_AT_ITS_WORD = 1e-3
_DEVIATION = 0.16
_USUAL = 0.1
_WINDOW_S = 3.0
"""How long a window is; a window that comes sooner after the one before holds less that is new."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What one model's estimates say about what was felt.

    For a model that nobody measured `of_any_model` takes its scores at their word.
    """

    labels: tuple[str, ...]
    """The emotions, as the model names them."""
    tones: tuple[str, ...]
    """The emotion of each tone that is told apart; one emotion may have several."""
    weights: Array
    """Shape `(tones, labels + 2)`: of the logarithms of the scores, then arousal and valence."""
    biases: Array
    """Shape `(tones,)`."""
    shares: Array
    """How much of the talk that was learned from had each tone, shape `(tones,)`, sums to 1."""
    places: Array
    """Mean arousal and valence of each tone's talk, shape `(tones, 2)`."""
    deviations: Array
    """Their standard deviations, shape `(tones, 2)`."""
    window: float = 0.9
    """The power to which a whole window of new talk counts: below 1, as neighbouring windows hold
    the same sentence and the same voice."""
    voice: Curve = ((0.4, 0.5), (0.9, 1.0))
    """By how sure the model is that this is a voice: the window's weight."""
    voiced: Curve = ((0.3, 0.5), (0.8, 1.0))
    """By which share of the window the voice detector heard speech."""
    over_music_db: Curve = ((0.0, 0.6), (12.0, 1.0))
    """By how far the talk stood above our own music."""
    least: float = LEAST_SCORE
    """Scores below it are taken for it."""
    model: str = ""
    """First digits of the sha256 of the graph that it was learned from; empty for any."""
    _stray: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        feeling = np.array([tone not in PLAIN for tone in self.tones])
        stray = np.where(feeling, self.shares, 0.0)
        stray = 0.5 * stray / max(stray.sum(), 1e-9) + 0.5 / len(self.tones)
        object.__setattr__(self, "_stray", stray / stray.sum())

    def felt(self, estimate: EmotionEstimate) -> Array:
        """The probability of each tone in this window, shape `(tones,)`, sums to 1."""
        scores = [
            np.log(max(estimate.scores.get(each, 0.0), self.least)) for each in self.labels
        ]
        heard = np.array([*scores, estimate.arousal, estimate.valence])
        exponent = self.weights @ heard + self.biases
        likely = np.exp(exponent - exponent.max())
        return np.asarray(likely / likely.sum())

    def ratios(self, estimate: EmotionEstimate, felt: Array | None = None) -> Array:
        """How much likelier the window is in each tone than on the whole evening.

        `felt` is what `felt` gives, where it is known.
        """
        felt = self.felt(estimate) if felt is None else felt
        return np.asarray(felt / np.maximum(self.shares, 1e-3))

    def plain(self) -> Array:
        """Plain talk as shares of tones, shape `(tones,)`; all alike when the model knows none."""
        plain = np.array([tone in PLAIN for tone in self.tones])
        found = np.where(plain, self.shares, 0.0) if plain.any() else self.shares
        return np.asarray(found / found.sum())

    def own(self, mood: Mood) -> Array:
        """The talk of `mood` as shares of tones, shape `(tones,)`."""
        off = (np.array([mood.arousal, mood.valence]) - self.places) ** 2
        near = np.exp(-off.sum(axis=1) / (2.0 * mood.spread**2)) + 1e-9
        found = np.zeros(len(self.tones))
        for label, weight in mood.emotions.items():
            same = np.array([tone == label for tone in self.tones])
            if label not in PLAIN and same.any():
                found += weight * np.where(same, near, 0.0) / near[same].sum()
        calm = max((mood.emotions.get(label, 0.0) for label in PLAIN), default=0.0)
        found += calm * self.plain()
        whole = found.sum()
        return np.asarray(found / whole) if whole else self.shares

    def weight(
        self, estimate: EmotionEstimate, new_s: float, over_music_db: float | None
    ) -> float:
        """The power to which a window counts of which the last `new_s` were not heard before."""
        sure = _at(self.voice, estimate.voice) * _at(self.voiced, estimate.voiced)
        if over_music_db is not None:
            sure *= _at(self.over_music_db, over_music_db)
        return self.window * min(new_s, _WINDOW_S) / _WINDOW_S * sure * estimate.weight


class Likelihood:
    """How likely a window is in each of some moods, at each share of plain talk."""

    def __init__(
        self, evidence: Evidence, moods: Iterable[Mood], plain_shares: Sequence[float]
    ) -> None:
        self._evidence = evidence
        every = list(moods)
        self._plain = evidence.plain()
        self._own = kin(every, KIN) @ np.array([evidence.own(mood) for mood in every])
        self._places = np.array([[mood.arousal, mood.valence] for mood in every])
        variances = np.array([[mood.spread**2 + _LOOSER**2] for mood in every])
        self._variances = variances
        spread = variances[:, np.newaxis, :] + evidence.deviations[np.newaxis] ** 2
        off = (self._places[:, np.newaxis] - evidence.places[np.newaxis]) ** 2
        usual = np.sqrt(variances[:, np.newaxis] / spread) * np.exp(-off / (2.0 * spread))
        self._tilted = self._own / np.maximum(usual.prod(axis=2), 1e-4)
        self._shares = np.array(plain_shares)[:, np.newaxis]

    def of(self, estimate: EmotionEstimate, ratios: Array | None = None) -> Array:
        """Likelihoods up to a common factor, shape `(plain shares, moods)`.

        `ratios` are those of `Evidence.ratios`, where they are known.
        """
        ratios = self._evidence.ratios(estimate) if ratios is None else ratios
        off = (np.array([estimate.arousal, estimate.valence]) - self._places) ** 2
        near = np.exp(-(off / (2.0 * self._variances)).sum(axis=1))
        own = (self._tilted @ ratios) * near
        plain, stray = self._plain @ ratios, self._evidence._stray @ ratios  # noqa: SLF001 - of this module
        felt = (1.0 - STRAY) * own + STRAY * stray
        mixed = self._shares * plain + (1.0 - self._shares) * felt
        return np.asarray((1.0 - _SOMETHING) * mixed + _SOMETHING)


def of_any_model(
    labels: Sequence[str], usual: Mapping[str, float] | None = None, *, model: str = ""
) -> Evidence:
    """Evidence for a model of which nothing was measured: its scores are taken at their word.

    `usual` is what it answers on the whole over an evening, label to mean score; emotions that are
    not named there are rare.
    """
    usual = usual or {}
    share = np.array(
        [max(usual.get(label, 0.0), 0.02) if usual else _USUAL for label in labels]
    )
    share /= share.sum()
    return Evidence(
        labels=tuple(labels),
        tones=tuple(labels),
        weights=np.hstack((np.eye(len(labels)), np.zeros((len(labels), 2)))),
        biases=np.zeros(len(labels)),
        shares=share,
        places=np.array([PLACES.get(label, (0.5, 0.5)) for label in labels]),
        deviations=np.full((len(labels), 2), _DEVIATION),
        least=_LEAST_AT_ITS_WORD,
        model=model,
    )


def _at(curve: Curve, place: float) -> float:
    if not curve:
        return 1.0
    return float(np.interp(place, [x for x, _ in curve], [y for _, y in curve]))
