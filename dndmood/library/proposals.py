"""Which mood a track suits: how it sounds, what its names and tags say, and what the person said.

The estimate of arousal and valence is right about which of two tracks is the more excited, and
less so about where the middle lies: that depends on instruments and recordings. So the middle of
the collection itself is the border, and every decision of the person moves it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np

from dndmood.library.estimate.model import shipped
from dndmood.library.names import MoodNames
from dndmood.library.track import DecidedBy, Track

Axis: TypeAlias = Literal["arousal", "valence"]

_OWN_MIDDLE_FROM = 6.0
"""With so many tracks the collection's own middle counts as much as that of the music that the
estimator learned from; of fewer tracks the middle is too much a matter of chance."""
_DECISIONS = 4.0
"""So many decisions count as much as the collection's own middle."""
_AROUND = 0.9
"""Standard deviation, in log odds, of tracks around the place of their mood."""
_TAILS = 6.0
"""Degrees of freedom of Student's distribution: a track far from every mood is no proof of one."""
_NEAR, _FAR = 0.03, 0.97
_EVIDENCE: Mapping[DecidedBy, float] = {
    "folder": 5.0,
    "playlist": 5.0,
    "file name": 3.0,
    "tag": 2.6,
}
"""What a name adds to the log odds of a mood: a folder decides, a word in a title is a hint."""
_WHERE: Mapping[DecidedBy, str] = {
    "folder": "its folder says {}",
    "playlist": "its playlist says {}",
    "file name": "its name says {}",
    "tag": "its tags say {}",
}


class MoodPlace(Protocol):
    """What is read of a mood."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def arousal(self) -> float: ...
    @property
    def valence(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Given:
    """What a folder or a playlist says about a track."""

    mood: str
    by: DecidedBy
    """"folder" or "playlist"."""


@dataclass(frozen=True, slots=True)
class Middle:
    """Where the middle of a collection lies, in the log odds of the estimate."""

    arousal: float = 0.0
    valence: float = 0.0


def odds(share: float) -> float:
    """Log odds of a share, which is kept within 0.001 and 0.999."""
    share = min(0.999, max(0.001, share))
    return math.log(share / (1 - share))


def chance(log_odds: float) -> float:
    """The share with these log odds.

    >>> chance(0.0)
    0.5
    """
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def middle_of(
    tracks: Iterable[Track], moods: Iterable[MoodPlace], known: Mapping[str, str]
) -> Middle:
    """The middle of a collection of `tracks`.

    It is the median of what was heard. `known` says, by path, in which mood a person wants a
    track: these pull the middle to where their moods' own places fit.
    """
    heard = [
        one for one in tracks if one.arousal_odds is not None and one.valence_odds is not None
    ]
    places = {mood.name: mood for mood in moods}
    sure = [(one, places[known[one.path]]) for one in heard if known.get(one.path) in places]
    axes: tuple[Axis, ...] = ("arousal", "valence")
    return Middle(*(_middle(axis, heard, sure) for axis in axes))


def _middle(axis: Axis, heard: list[Track], sure: list[tuple[Track, MoodPlace]]) -> float:
    if not heard:
        return 0.0
    mine = [_odds(one, axis) for one in heard]
    middle = float(np.median(mine)) * len(mine) / (len(mine) + _OWN_MIDDLE_FROM)
    if not sure:
        return middle
    number = 0 if axis == "arousal" else 1
    theirs = [_odds(one, axis) - place_of(mood)[number] for one, mood in sure]
    return middle + len(sure) / (len(sure) + _DECISIONS) * (float(np.median(theirs)) - middle)


def _odds(track: Track, axis: Axis) -> float:
    return float(getattr(track, f"{axis}_odds"))


def proposed(
    tracks: Sequence[Track],
    moods: Sequence[MoodPlace],
    *,
    given: Mapping[str, Given] | None = None,
    middle: Middle | None = None,
) -> list[Track]:
    """`tracks`, a whole collection, each with its mood, how sure that is, why, and whose word it is.

    Tracks that the person decided come in so (`decided_by`) and stay so. `given` says by path
    what folders and playlists say. Arousal and valence are set against the collection's middle,
    which is found here unless it is `middle`. A track of which nothing is known gets the mood "".
    """
    given = given or {}
    if middle is None:
        middle = middle_of(tracks, moods, wanted(tracks, given))
    names = MoodNames(moods)
    return [_proposed(one, moods, names, middle, given.get(one.path)) for one in tracks]


def wanted(tracks: Iterable[Track], given: Mapping[str, Given]) -> dict[str, str]:
    """In which mood a person wants a track, by path: what folders say, and what was decided."""
    known = {path: one.mood for path, one in given.items()}
    return known | {one.path: one.mood for one in tracks if one.decided_by == "person"}


def chances(
    track: Track, moods: Sequence[MoodPlace], given: Given | None = None
) -> dict[str, float]:
    """How much speaks for each mood, by name, summing to 1; for a track from `proposed`."""
    score = _scores(track, moods, _said(track, MoodNames(moods), given))
    return _shares(score)


def _scores(
    track: Track, moods: Sequence[MoodPlace], said: Iterable[tuple[str, DecidedBy, str]]
) -> dict[str, float]:
    heard = track.arousal is not None
    score = {mood.name: _fit(track, mood) if heard else 0.0 for mood in moods}
    for mood, by, _ in said:
        if mood in score:
            score[mood] += _EVIDENCE[by]
    return score


def _shares(score: Mapping[str, float]) -> dict[str, float]:
    most = max(score.values(), default=0.0)
    parts = {name: math.exp(one - most) for name, one in score.items()}
    total = sum(parts.values())
    return {name: part / total for name, part in parts.items()}


def _proposed(
    track: Track,
    moods: Sequence[MoodPlace],
    names: MoodNames,
    middle: Middle,
    given: Given | None,
) -> Track:
    track = _placed(track, middle)
    if track.decided_by == "person":
        return track
    said = [] if track.problem else _said(track, names, given)
    nothing = replace(track, mood="", decided_by="", confidence=None, reason="")
    if track.problem or not moods or (track.arousal is None and not said):
        return nothing
    share = _shares(_scores(track, moods, said))
    best = max(share, key=lambda name: share[name])
    for_it = [(by, word) for mood, by, word in said if mood == best]
    if track.arousal is None and not for_it:
        return nothing
    sound = _scores(track, moods, ())
    return replace(
        track,
        mood=best,
        confidence=round(share[best], 3),
        decided_by=for_it[0][0] if for_it else "sound",
        reason=_reason(track, for_it, agrees=best == max(sound, key=lambda name: sound[name])),
    )


def _placed(track: Track, middle: Middle) -> Track:
    if track.arousal_odds is None or track.valence_odds is None:
        return track
    return replace(
        track,
        arousal=round(chance(track.arousal_odds - middle.arousal), 3),
        valence=round(chance(track.valence_odds - middle.valence), 3),
    )


def _said(
    track: Track, names: MoodNames, given: Given | None
) -> list[tuple[str, DecidedBy, str]]:
    """Mood, where a name speaks for it, and the word; the strongest first, each place once."""
    path = Path(track.path)
    found: list[tuple[str, DecidedBy, str]] = []
    if given:
        found.append(
            (given.mood, given.by, path.parent.name if given.by == "folder" else given.mood)
        )
    mood, word = names.mentioned(path.stem)
    if mood:
        found.append((mood, "file name", word))
    for text in (track.comment, track.genre, track.title, track.album):
        mood, word = names.mentioned(text)
        if mood:
            found.append((mood, "tag", word))
            break
    return found


def place_of(mood: MoodPlace) -> tuple[float, float]:
    """Where a mood's music lies, in log odds of arousal and valence.

    That is the mood's own place, moved by what was learned for moods of that name: music that
    keeps people in suspense is less pleasant than their talk then is.
    """
    arousal, valence = shipped().places.get(mood.name, (0.0, 0.0))
    return odds(mood.arousal) + arousal, odds(mood.valence) + valence


def _fit(track: Track, mood: MoodPlace) -> float:
    """How well a track's sound suits a mood, in log odds; far away it falls slowly."""
    away = (
        odds(min(_FAR, max(_NEAR, 0.5 if mine is None else mine))) - place
        for mine, place in zip((track.arousal, track.valence), place_of(mood), strict=True)
    )
    square = sum(one**2 for one in away) / _AROUND**2
    return -(_TAILS + 2) / 2 * math.log1p(square / _TAILS)


def _reason(track: Track, said: Sequence[tuple[DecidedBy, str]], *, agrees: bool) -> str:
    """Why a track is in its mood, as one clause."""
    sound = _sound(track)
    if not said:
        return sound
    by, word = said[0]
    names = _WHERE[by].format(word)
    if not sound:
        return names
    return f"{names}, and it {sound}" if agrees else f"{names}, though it {sound}"


def _sound(track: Track) -> str:
    if track.arousal is None or track.valence is None:
        return ""
    first = _degree(track.arousal, "drowsy", "quiet", "lively", "excited")
    second = _degree(track.valence, "unpleasant", "rather dark", "rather bright", "pleasant")
    details = [f"{track.tempo_bpm:.0f} beats a minute"] if track.tempo_bpm else []
    if track.key:
        details.append(track.key)
    return f"sounds {first} and {second}" + (f" ({', '.join(details)})" if details else "")


def _degree(share: float, *words: str) -> str:
    return words[min(3, sum(share > border for border in (0.25, 0.5, 0.75)))]
