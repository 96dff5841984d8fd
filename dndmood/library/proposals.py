"""Which mood a track suits: how it sounds, what its names and tags say, and what the person said.

The estimate of arousal and valence is right about which of two tracks is the more excited, and
less so about where the middle lies: that depends on instruments and recordings. So the middle of
the collection itself is the border, and every decision of the person moves it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

import numpy as np

from dndmood.file_names import printable
from dndmood.library.track import DecidedBy, Track
from dndmood.library.words import found

_OWN_MIDDLE_FROM = 8.0
"""With so many tracks the collection's own middle counts as much as that of the music the model learned from."""
_DECISION = 0.25
"""A decision counts against the collection's middle as so large a part of a decided collection."""
_ODDS = 0.9
"""Standard deviation, in log odds, of a track around the place of its mood."""
_EVIDENCE: Mapping[DecidedBy, float] = {"folder": 5.0, "file name": 2.2, "tag": 2.2}
_WHY = {"folder": "its folder", "file name": "its name", "tag": "its tags"}
_NEAR, _FAR = 0.03, 0.97


@dataclass(frozen=True, slots=True)
class MoodPlace:
    """A mood that tracks may be proposed for."""

    name: str
    """As the program calls it."""
    title: str
    """As people read it."""
    arousal: float
    """0 drowsy to 1 excited."""
    valence: float
    """0 unpleasant to 1 pleasant."""
    names: tuple[str, ...] = field(default=())
    """What else people call it."""


@dataclass(frozen=True, slots=True)
class Borders:
    """Where the middle of a collection lies, in the log odds of the estimate."""

    arousal: float = 0.0
    valence: float = 0.0

    def placed(self, track: Track) -> tuple[float, float] | None:
        """Arousal and valence of `track` against this middle, 0 to 1; None when it was not heard."""
        if track.arousal is None or track.valence is None:
            return None
        return (
            chance(odds(track.arousal) - self.arousal),
            chance(odds(track.valence) - self.valence),
        )


def odds(share: float) -> float:
    """Log odds of a share, which is kept within 0.001 and 0.999."""
    share = min(0.999, max(0.001, share))
    return math.log(share / (1 - share))


def chance(log_odds: float) -> float:
    """The share with these log odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def borders(tracks: Iterable[Track], moods: Iterable[MoodPlace]) -> Borders:
    """The middle of a collection.

    It is the median of what was heard; a collection of a few tracks is trusted less. Tracks
    whose mood the person or a folder says pull it to where those moods' own places fit.
    """
    heard = [one for one in tracks if one.arousal is not None and one.valence is not None]
    places = {mood.name: mood for mood in moods}
    known = [
        one for one in heard if one.decided_by in {"person", "folder"} and one.mood in places
    ]
    middles = []
    for axis in ("arousal", "valence"):
        if not heard:
            return Borders()
        mine = np.array([odds(getattr(one, axis)) for one in heard])
        count = len(mine)
        middle = float(np.median(mine)) * count / (count + _OWN_MIDDLE_FROM)
        if known:
            wanted = [odds(getattr(places[one.mood], axis)) for one in known]
            shifts = [
                odds(getattr(one, axis)) - want for one, want in zip(known, wanted, strict=True)
            ]
            trust = len(known) / (len(known) + 1 / _DECISION)
            middle += trust * (float(np.median(shifts)) - middle)
        middles.append(middle)
    return Borders(*middles)


def proposed(
    tracks: Sequence[Track], moods: Sequence[MoodPlace], *, middle: Borders | None = None
) -> list[Track]:
    """`tracks` with mood, confidence, reason and whose word it is, and with arousal and valence against the collection's middle.

    What the person decided stays. A track of which nothing is known keeps the mood "".
    """
    known = [_by_names(track, moods) for track in tracks]
    middle = middle or borders(known, moods)
    return [_proposed(track, moods, middle) for track in known]


def _by_names(track: Track, moods: Sequence[MoodPlace]) -> Track:
    """`track` in the mood that its folder names, before anything of its sound counts."""
    if track.decided_by in {"person", "playlist"}:
        return track
    said = {mood.name: _said(track, mood) for mood in moods}
    named = [name for name, words in said.items() if "folder" in words]
    if len(named) == 1:
        return replace(track, mood=named[0], decided_by="folder")
    return replace(track, mood="", decided_by="")


def _said(track: Track, mood: MoodPlace) -> dict[DecidedBy, str]:
    """The words that speak for `mood`, by where they are found."""
    path = PurePath(track.path)
    names = (mood.title, *mood.names)
    folders = [part for part in path.parts[-3:-1]]
    tags = " ".join((track.genre, track.comment, track.album, track.title))
    everywhere: list[tuple[DecidedBy, str]] = [
        ("folder", folders[-1] if folders else ""),
        ("file name", f"{' '.join(folders[:-1])} {path.stem}"),
        ("tag", tags),
    ]
    return {kind: word for kind, text in everywhere if (word := found(text, names, mood.name))}


def _proposed(track: Track, moods: Sequence[MoodPlace], middle: Borders) -> Track:
    place = middle.placed(track)
    if place:
        track = replace(track, arousal=round(place[0], 3), valence=round(place[1], 3))
    if track.decided_by in {"person", "playlist"}:
        return track
    said = {mood.name: _said(track, mood) for mood in moods}
    if not moods or (place is None and not any(said.values())):
        return replace(track, mood="", decided_by="", confidence=None, reason="not heard yet")
    sound = {mood.name: _fit(place, mood) if place else 0.0 for mood in moods}
    score = {
        name: fit + sum(_EVIDENCE[kind] for kind in said[name]) for name, fit in sound.items()
    }
    best = max(score, key=lambda name: score[name])
    total = sum(math.exp(one - score[best]) for one in score.values())
    title = next(mood.title for mood in moods if mood.name == best)
    decided_by: DecidedBy = next(iter(said[best]), "sound")
    reason = _reason(
        track,
        said[best],
        heard=place is not None,
        agrees=best == max(sound, key=lambda n: sound[n]),
        title=title,
    )
    return replace(
        track, mood=best, confidence=round(1 / total, 3), decided_by=decided_by, reason=reason
    )


def _fit(place: tuple[float, float], mood: MoodPlace) -> float:
    """How well a place in the plane suits a mood, in log odds; far away it falls slowly."""
    away = [
        odds(min(_FAR, max(_NEAR, mine))) - odds(wanted)
        for mine, wanted in zip(place, (mood.arousal, mood.valence), strict=True)
    ]
    square = sum(one**2 for one in away) / _ODDS**2
    return -3.0 * math.log1p(square / 6.0)


def _reason(
    track: Track, said: Mapping[DecidedBy, str], *, heard: bool, agrees: bool, title: str
) -> str:
    sound = _sound(track) if heard else ""
    if not said:
        return sound
    kind, word = next(iter(said.items()))
    names = f"{_WHY[kind]} {'say' if kind == 'tag' else 'says'} {printable(word)}"
    if not sound:
        return names
    return f"{names}, and it {sound}" if agrees else f"{names}, though it {sound}"


def _sound(track: Track) -> str:
    arousal, valence = track.arousal or 0.5, track.valence or 0.5
    first = _degree(arousal, "drowsy", "quiet", "lively", "excited")
    second = _degree(valence, "unpleasant", "rather dark", "rather bright", "pleasant")
    details = [f"{track.tempo_bpm:.0f} beats a minute"] if track.tempo_bpm else []
    if track.key:
        details.append(track.key)
    return f"sounds {first} and {second}" + (f" ({', '.join(details)})" if details else "")


def _degree(share: float, *words: str) -> str:
    return words[min(3, sum(share > border for border in (0.25, 0.5, 0.75)))]
