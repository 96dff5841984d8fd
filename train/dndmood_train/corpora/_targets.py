"""What a student should say about a clip: emotion shares, arousal, valence, or nothing.

Soft before hard: what listeners heard is mixed with what the actor meant. Where only a
category is known, arousal and valence come from the category's place on the plane, drawn
nearer to or farther from neutral by the intensity. What a corpus cannot know is masked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dndmood_train.corpora._clip import EMOTIONS, Clip
from dndmood_train.corpora._splits import split_of

PLANE: Mapping[str, tuple[float, float]] = {
    "neutral": (0.44, 0.50),
    "calm": (0.25, 0.64),
    "happy": (0.76, 0.90),
    "sad": (0.22, 0.16),
    "angry": (0.92, 0.12),
    "fearful": (0.68, 0.18),
    "disgusted": (0.56, 0.20),
    "surprised": (0.80, 0.62),
}
"""Arousal and valence, 0 to 1, of each emotion when fully shown.

Order and distances follow Russell and Mehrabian's scales and the NRC-VAD word norms; neutral
is moved to where speech tests expect it (arousal .3 to .6) instead of the word norm's .18."""

DOMINANCE: Mapping[str, float] = {
    "neutral": 0.50,
    "calm": 0.55,
    "happy": 0.70,
    "sad": 0.25,
    "angry": 0.70,
    "fearful": 0.25,
    "disgusted": 0.50,
    "surprised": 0.45,
}
"""Rounded from the NRC-VAD norms and the PAD scales; it only tells the octants apart."""

_FELT = (0.805, 0.575)
"""Strength of an emotion felt with intensity 0, and what is added up to intensity 1; what is
shown with middling intensity comes out about at the emotion's own place."""
_HEARD_MORE = 1.6
"""How much more listeners' votes weigh for the plane than for emotions: what is in a voice, not
what was meant."""

_UNDECIDED = frozenset({"xxx", "X", "no agreement"})
"""Labels of clips on which listeners did not agree. Leaving these out teaches that voices are
clearer than they are: Chou and Lee, arXiv 2510.05934."""

_PLAIN_VALENCE = (0.38, 0.58)
"""What lies between is neither pleasant nor unpleasant."""
_VALENCE_WEIGHTS = (0.4, 4.0)


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What to learn from `n` clips; NaN and False are masked."""

    shares: NDArray[np.float32]
    """Emotion shares, shape `(n, 8)` over `EMOTIONS`, rows sum to 1; NaN where unknown."""
    known: NDArray[np.bool_]
    """Which emotions each clip's corpus has a word for, shape `(n, 8)`."""
    dims: NDArray[np.float32]
    """Arousal and valence, shape `(n, 2)`, 0 to 1; NaN where unknown."""
    voice: NDArray[np.float32]
    """1 for somebody who speaks, 0 for anything else, laughter too, shape `(n,)`."""
    dominance: NDArray[np.float32]
    """0 to 1, shape `(n,)`; NaN where unknown."""


def one_hot(emotion: str) -> NDArray[np.float32]:
    """All shares on one emotion.

    >>> one_hot("calm").tolist()
    [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    shares = np.zeros(len(EMOTIONS), np.float32)
    shares[EMOTIONS.index(emotion)] = 1.0
    return shares


def targets(clips: Sequence[Clip], *, vote_share: float = 0.25) -> Targets:
    """Targets of `clips`, in their order; listeners' votes weigh `vote_share` where there are any.

    Votes are freed of the listeners' habits first, corpus by corpus: in doubt people say
    "neutral", and a student that learns this habit says it too.
    """
    habits = {name: _habit(clips, name) for name in {clip.corpus for clip in clips}}
    words = {name: _words(clips, name) for name in habits}
    shares = np.full((len(clips), len(EMOTIONS)), np.nan, np.float32)
    dims = np.full((len(clips), 2), np.nan, np.float32)
    for row, clip in enumerate(clips):
        if clip.emotion is not None:
            heard = _heard(clip, habits[clip.corpus])
            shares[row] = _blend(one_hot(clip.emotion), heard, vote_share)
            felt = _blend(one_hot(clip.emotion), heard, min(1.0, _HEARD_MORE * vote_share))
            dims[row] = on_plane(felt, strength=_strength(clip))
        elif clip.votes and clip.label in _UNDECIDED:
            # Nobody's verdict, but everybody's ears: what single listeners heard is all there is.
            heard = _heard(clip, habits[clip.corpus])
            felt = _votes(clip) if heard is None else heard
            shares[row] = felt
            dims[row] = on_plane(felt, strength=_strength(clip))
        if clip.arousal is not None:
            dims[row, 0] = clip.arousal
        if clip.valence is not None:
            dims[row, 1] = clip.valence
    known = np.stack([words[clip.corpus] for clip in clips])
    voice = np.array([clip.speech for clip in clips], np.float32)
    dominance = np.asarray(
        shares @ np.array([DOMINANCE[name] for name in EMOTIONS]), np.float32
    )
    for row, clip in enumerate(clips):
        if clip.dominance is not None:
            dominance[row] = clip.dominance
    return Targets(shares, known, dims, voice, dominance)


def valence_weights(valence: NDArray[np.float32], groups: Sequence[str]) -> NDArray[np.float32]:
    """Weights that make pleasant, plain and unpleasant clips of every group count the same, `(n,)`.

    Two thirds of what actors show is unpleasant. Whoever is unsure and counts every clip once
    therefore says "unpleasant", of joy as well: weighed so, the middle of doubt is plain.
    Between .4 and 4; 1 where the valence is not known.

    >>> valence_weights(np.array([0.1, 0.1, 0.9], np.float32), ["a"] * 3).tolist()
    [0.75, 0.75, 1.5]
    """
    low, high = _PLAIN_VALENCE
    side = np.where(valence < low, 0, np.where(valence > high, 2, 1))
    side = np.where(np.isnan(valence), -1, side)
    weights = np.ones(len(valence), np.float32)
    names = np.array(groups)
    for group in np.unique(names):
        mine = np.flatnonzero((names == group) & (side >= 0))
        sides, counts = np.unique(side[mine], return_counts=True)
        for one, count in zip(sides, counts, strict=True):
            weights[mine[side[mine] == one]] = len(mine) / (len(sides) * count)
    return np.clip(weights, *_VALENCE_WEIGHTS)


def _words(clips: Sequence[Clip], corpus: str) -> NDArray[np.bool_]:
    spoken = {clip.emotion for clip in clips if clip.corpus == corpus}
    # One word alone (a corpus of everyday speech) says nothing by being said.
    return np.array([name in spoken or len(spoken - {None}) < 2 for name in EMOTIONS])  # noqa: PLR2004


def _habit(clips: Sequence[Clip], corpus: str) -> NDArray[np.float32] | None:
    """By what to multiply votes so that every emotion is heard as often as it is acted."""
    voted = [
        clip
        for clip in clips
        # Development voices teach nothing, not even this.
        if clip.corpus == corpus
        and clip.votes
        and clip.emotion
        and split_of(clip.speaker) == "train"
    ]
    if not voted:
        return None
    acted = np.mean([one_hot(str(clip.emotion)) for clip in voted], axis=0)
    heard = np.mean([_votes(clip) for clip in voted], axis=0)
    return np.asarray(acted / np.maximum(heard, 1e-3), np.float32)


def _votes(clip: Clip) -> NDArray[np.float32]:
    votes = clip.votes or {}
    return np.array([votes.get(name, 0.0) for name in EMOTIONS], np.float32)


def _heard(clip: Clip, habit: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    if habit is None or not clip.votes:
        return None
    freed = (_votes(clip) + 0.02) * habit
    return np.asarray(freed / freed.sum(), np.float32)


def _blend(
    acted: NDArray[np.float32], heard: NDArray[np.float32] | None, share: float
) -> NDArray[np.float32]:
    return acted if heard is None else (1.0 - share) * acted + share * heard


def _strength(clip: Clip) -> float:
    if clip.intensity is None:
        return 1.0
    least, more = _FELT
    return least + more * clip.intensity


def on_plane(shares: NDArray[np.float32], *, strength: float = 1.0) -> tuple[float, float]:
    """Arousal and valence of emotion shares, `strength` times as far from neutral, in [.04, .96].

    >>> on_plane(one_hot("neutral"))
    (0.44, 0.5)
    >>> tuple(round(number, 2) for number in on_plane(one_hot("angry"), strength=0.5))
    (0.68, 0.31)
    """
    places = np.array([PLANE[name] for name in EMOTIONS])
    place = places[0] + strength * (shares @ (places - places[0]))
    arousal, valence = np.clip(place, 0.04, 0.96)
    return round(float(arousal), 6), round(float(valence), 6)
