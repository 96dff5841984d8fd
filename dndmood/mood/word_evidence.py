"""What was said, or what another program reported, as evidence for the mood beside the tone.

An event does one of two things. With the probability `turns` it says which mood begins now,
whatever was believed; otherwise it is a witness like a window of talk, and what was believed is
weighed by how much oftener the event comes in a mood than at any time. Both follow from counts of
which kind of mood followed; a mood gets its part by how near it lies to the kind in the plane, so a
mood of somebody's own has it as well.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dndmood.mood.book import Mood
from dndmood.mood.evidence import Array
from dndmood.scene import SceneCue

Place = tuple[float, float]
"""Arousal and valence."""

AGITATED, SUSPENSE, CALM = (0.84, 0.20), (0.50, 0.36), (0.34, 0.58)
HAPPY, TRIUMPHANT = (0.74, 0.82), (0.88, 0.88)
_USUAL: Mapping[Place, float] = {SUSPENSE: 0.444, AGITATED: 0.389, CALM: 0.159, HAPPY: 0.008}
"""Share of the time in the campaign in which the events were counted."""
_UNSEEN = 3.0
"""So many events of each kind are taken to have come at any time: one campaign is not every table.
No mood is so rare that an event could never be evidence of it."""
_RAREST = 0.05
_NEAR = 0.15
"""How far from a place a mood still has a part of what is said for it (standard deviation)."""
_MINDED = 0.02
"""Added to each probability where a place is shared among moods, which otherwise goes to those that
are believed in."""
MOOD_WORD = math.log(2.0)
"""By how much (in log-odds) a mood's own word of strength 1 speaks for it: twice as likely."""
_CLEARLY = 0.2
"""Log-odds above which a cue is named as the reason for a mood."""
_PLAINLY = 0.5
_MOST = math.log(60.0)
"""No single cue counts for more."""


@dataclass(frozen=True, slots=True)
class EventEvidence:
    """What an event says about the mood."""

    turns: float
    """How probably it says which mood begins now, 0 to 1."""
    followed: Mapping[Place, float]
    """How often which mood was there 15 to 30 s later, by its place."""


EVENT_EVIDENCE: Mapping[str, EventEvidence] = {
    "initiative": EventEvidence(0.9, {AGITATED: 13, SUSPENSE: 1}),
    "combat_end": EventEvidence(0.7, {SUSPENSE: 9, AGITATED: 2, CALM: 1, HAPPY: 1}),
    "victory": EventEvidence(0.5, {CALM: 2, AGITATED: 1, SUSPENSE: 1, TRIUMPHANT: 3}),
    "death": EventEvidence(0.1, {AGITATED: 21, SUSPENSE: 6, CALM: 3}),
    "arrival": EventEvidence(0.1, {SUSPENSE: 6, CALM: 2, AGITATED: 1}),
    "departure": EventEvidence(0.1, {SUSPENSE: 3, CALM: 2, AGITATED: 1, HAPPY: 1}),
    "rest": EventEvidence(0.5, {CALM: 4}),
}
"""Counted in episodes 1 to 6 of the campaign "Call of the Wild": 14 times initiative, 13 ends of a
fight, 30 deaths, 9 arrivals, 7 departures, 4 victories, one rest. The mood had changed within 15 s
before and 20 s after in 57, 69, 20, 11, 14, 25 and 0 %, at any time in 13 %. The `turns` are set by
hand from that; initiative, after which there was a fight 13 times of 14 whatever came before, nearly
always turns. Three triumphs are added to the victories and three calms to the rest, of which the
campaign has too few to count."""


def weighed(
    state: Array, cue: SceneCue, moods: Sequence[Mood], *, strength: float = 1.0
) -> Array:
    """`state`, shape `(plain shares, moods)`, after `cue`; unchanged by one that says nothing.

    `strength` multiplies the cue's own. What is returned sums to 1.
    """
    strong = cue.strength * strength
    if not math.isfinite(strong) or strong <= 0.0:
        return state
    if cue.what == "mood":
        parts = cue.moods or {cue.name: cue.strength}
        said = np.array([parts.get(mood.name, 0.0) for mood in moods]) * strength * MOOD_WORD
        return _scaled(state, np.minimum(said, _MOST))
    event = EVENT_EVIDENCE.get(cue.name) if cue.what == "event" else None
    if event is None:
        return state
    whole = sum(event.followed.values())
    share = {place: count / whole for place, count in event.followed.items()}
    held = _scaled(state, np.minimum(_said(event, moods) * strong, _MOST))
    believed = state.sum(axis=0)
    begun = sum(part * _shared(believed, moods, place) for place, part in share.items())
    turned = state.sum(axis=1)[:, np.newaxis] * begun
    turns = 1.0 - (1.0 - event.turns) ** strong
    return np.asarray((1.0 - turns) * held + turns * turned)


def speaks_for(cue: SceneCue, mood: Mood) -> bool:
    """Whether `cue` makes `mood` likelier than it was."""
    if cue.what == "mood":
        return cue.name == mood.name
    event = EVENT_EVIDENCE.get(cue.name) if cue.what == "event" else None
    return event is not None and bool(_said(event, [mood])[0] > _CLEARLY)


def begins(cue: SceneCue) -> bool:
    """Whether `cue` says by itself that a mood begins."""
    event = EVENT_EVIDENCE.get(cue.name) if cue.what == "event" else None
    return event is not None and event.turns * min(cue.strength, 1.0) >= _PLAINLY


def _said(event: EventEvidence, moods: Sequence[Mood]) -> Array:
    """By how much (in log-odds) the event is likelier in each mood than at any time."""
    whole = sum(event.followed.values()) + _UNSEEN
    found = np.zeros(len(moods))
    for number, mood in enumerate(moods):
        near = {place: _nearness(mood, place) for place in {*_USUAL, *event.followed}}
        usual = sum(_USUAL.get(place, _RAREST) * part for place, part in near.items())
        usual = max(usual, _RAREST * sum(near.values()))
        count = sum(event.followed.get(place, 0.0) * part for place, part in near.items())
        found[number] = math.log((count + _UNSEEN * usual) / whole / usual)
    return found


def _shared(believed: Array, moods: Sequence[Mood], place: Place) -> Array:
    """Which of the moods begins when one begins at `place`, shape `(moods,)`, sums to 1."""
    near = np.array([_nearness(mood, place) for mood in moods]) * (believed + _MINDED)
    return np.asarray(near / near.sum())


def _nearness(mood: Mood, place: Place) -> float:
    off = math.dist(place, (mood.arousal, mood.valence))
    return math.exp(-(off**2) / (2.0 * _NEAR**2)) + 1e-9


def _scaled(state: Array, said: Array) -> Array:
    found = state * np.exp(said - said.max())
    return np.asarray(found / found.sum())
