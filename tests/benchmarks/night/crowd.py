"""Many editors at once: the pacing of `mood/follow.py` for a whole population of parameters.

An optimiser asks for thousands of evenings. Each estimate is shown to all candidates together,
as arrays; the tests hold this to what `Editor` decides. Commands, lessons and long silences
are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from dndmood.events import EmotionEstimate
from dndmood.mood.belief import _LONGEST_STEP_S, confidence, evidence
from dndmood.mood.book import Mood
from dndmood.mood.follow import _BURST
from dndmood.mood.no_voice import NoVoice
from dndmood.mood.pacing import Pacing
from dndmood.mood.transitions import ease

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tape:
    """Estimates as arrays."""

    at_s: Array
    """Shape `(n,)`."""
    step_s: Array
    """How much talk each estimate stands for, shape `(n,)`."""
    evidence: Array
    """Shape `(n, moods)`, rows sum to 1."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """One value per candidate, shape `(p,)`; per mood where it says so, shape `(p, moods)`."""

    margin: Array
    soft_hold_s: Array
    changes_per_h: Array
    hold_s: Array
    """Per mood."""
    attack_s: Array
    """Per mood."""
    release_s: Array
    """Per mood."""
    readiness: Array
    """From mood to mood, shape `(p, moods, moods)`: above 1 a change needs less lead."""


def tape(estimates: Sequence[EmotionEstimate], moods: Mapping[str, Mood]) -> Tape:
    """`estimates` as all candidates see them: without those that count for nobody."""
    no_voice = NoVoice()
    estimates = [each for each in estimates if not no_voice.hear(each)]
    at_s = np.array([each.at_s for each in estimates])
    weight = [each.voiced * each.voice * confidence(each.scores) for each in estimates]
    elapsed_s = np.diff(at_s, prepend=at_s[0] - 1.0)
    return Tape(
        at_s=at_s,
        step_s=np.clip(elapsed_s, 0.0, _LONGEST_STEP_S) * np.array(weight),
        evidence=np.array([list(evidence(each, moods).values()) for each in estimates]),
    )


def as_shipped(moods: Mapping[str, Mood], pacing: Pacing, count: int = 1) -> Candidates:
    """`count` candidates that all do what the book and `pacing` say."""
    book = list(moods.values())

    def each(name: str) -> Array:
        return np.tile([float(getattr(mood, name)) for mood in book], (count, 1))

    return Candidates(
        margin=np.full(count, pacing.margin),
        soft_hold_s=np.full(count, pacing.soft_hold_s),
        changes_per_h=np.full(count, pacing.changes_per_h),
        hold_s=each("hold_s"),
        attack_s=each("attack_s"),
        release_s=each("release_s"),
        readiness=np.tile(
            [[1.0 / ease(left, taken) for taken in book] for left in book], (count, 1, 1)
        ),
    )


def decided(tape: Tape, who: Candidates, *, opening: int) -> list[list[tuple[float, int]]]:
    """For every candidate, when which mood (by its number) began."""
    count, moods = who.attack_s.shape
    everyone = np.arange(count)
    shares = np.full((count, moods), 1.0 / moods)
    mood = np.full(count, opening)
    since_s = np.zeros(count)
    budget, budget_s = np.full(count, _BURST), np.zeros(count)
    found: list[list[tuple[float, int]]] = [[(0.0, opening)] for _ in range(count)]
    for at_s, step_s, now in zip(tape.at_s, tape.step_s, tape.evidence, strict=True):
        half_life_s = np.where(now > shares, who.attack_s, who.release_s)
        shares += (now - shares) * (1.0 - np.exp2(-step_s / half_life_s))
        leader = shares.argmax(axis=1)
        other = np.flatnonzero(leader != mood)
        if not len(other):
            continue
        total = shares[other].sum(axis=1)
        lead = (shares[other, leader[other]] - shares[other, mood[other]]) / total
        age_s = at_s - since_s[other]
        hold_s = who.hold_s[other, mood[other]]
        soft_s = who.soft_hold_s[other]
        young = np.clip((soft_s - age_s) / np.maximum(soft_s - hold_s, 1.0), 0.0, 1.0)
        refill = (at_s - budget_s[other]) * who.changes_per_h[other] / 3600.0
        left = np.minimum(_BURST, budget[other] + refill)
        needed = who.margin[other] * (1.0 + young) * (1.0 + 2.0 * np.maximum(1.0 - left, 0.0))
        needed /= who.readiness[other, mood[other], leader[other]]
        going = (age_s >= hold_s) & (lead >= needed)
        for place, index in zip(everyone[other][going], left[going], strict=True):
            mood[place], since_s[place] = leader[place], at_s
            budget[place], budget_s[place] = index - 1.0, at_s
            found[place].append((float(at_s), int(leader[place])))
    return found


def one(candidates: Candidates, number: int) -> Candidates:
    """A population of one."""
    parts = {
        f.name: getattr(candidates, f.name)[number : number + 1] for f in fields(candidates)
    }
    return Candidates(**parts)
