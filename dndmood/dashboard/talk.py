"""What the table sounds like, as the dashboard shows it."""

import math
from dataclasses import dataclass, replace

from dndmood.events import EmotionEstimate

_TRAIL = 30  # estimates; at one a second these are the last 30 s of talk
_SURE = 0.5  # a window that is less surely a voice is no talk


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the talk was in the plane at one moment; each estimate moves it half the way."""

    at_s: float
    arousal: float
    valence: float


@dataclass(frozen=True, slots=True)
class Talk:
    """What the table sounds like."""

    spoken_s: float | None = None
    """Audio time of the last speech; None before anybody has spoken."""
    scores: tuple[tuple[str, float], ...] = ()
    """Emotion label and probability of the last estimate of a voice, in the order of the card."""
    trail: tuple[Spot, ...] = ()
    """The way through the plane, oldest first."""


def judged(talk: Talk, estimate: EmotionEstimate) -> Talk:
    """The talk after `estimate`, if that is surely of a voice."""
    arousal, valence = estimate.arousal, estimate.valence
    sane = all(map(math.isfinite, (arousal, valence, *estimate.scores.values())))
    if not (sane and estimate.voice >= _SURE):
        return talk
    if talk.trail:
        last = talk.trail[-1]
        arousal, valence = (last.arousal + arousal) / 2.0, (last.valence + valence) / 2.0
    return replace(
        talk,
        scores=tuple(estimate.scores.items()),
        trail=(*talk.trail[1 - _TRAIL :], Spot(estimate.at_s, arousal, valence)),
    )
