"""Which mood a track suits: how it sounds, what its names and tags say, and what the person said.

How it sounds is judged against the middle of its own collection, see `middle`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from dndmood.library.middle import Middle, MoodPlace, Places, chance, middle_of, odds, place_of
from dndmood.library.names import MoodNames
from dndmood.library.track import DecidedBy, Track

__all__ = ["Given", "MoodPlace", "chances", "proposed", "wanted"]

Said: TypeAlias = tuple[str, DecidedBy, str]
"""A mood, where a name speaks for it, and the word."""

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
"""What a name adds to the log odds of a mood. A folder decides, and this says how sure that is; a
word in a title is a hint."""
_WHERE: Mapping[DecidedBy, str] = {
    "folder": "its folder says {}",
    "playlist": "its playlist says {}",
    "file name": "its name says {}",
    "tag": "its tags say {}",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What a folder or a playlist says about a track."""

    mood: str
    by: DecidedBy
    """"folder" or "playlist"."""


def proposed(
    tracks: Sequence[Track],
    moods: Sequence[MoodPlace],
    *,
    given: Mapping[str, Given] | None = None,
    middle: Middle | None = None,
    places: Places | None = None,
) -> list[Track]:
    """`tracks`, a whole collection, each with its mood, how sure that is, why, and whose word it is.

    Tracks that the person decided come in so (`decided_by`) and stay so. `given` says by path
    what folders and playlists say. Arousal and valence are set against the collection's middle,
    which is found here unless it is `middle`. `places` says how far moods' music lies from the
    moods' own places, by default as the model knows it. A track of which nothing is known gets the mood "".
    """
    given = given or {}
    if middle is None:
        middle = middle_of(tracks, moods, wanted(tracks, given), places=places)
    judge = _Judge(moods, places)
    return [judge.proposed(_placed(one, middle), given.get(one.path)) for one in tracks]


def wanted(tracks: Iterable[Track], given: Mapping[str, Given]) -> dict[str, str]:
    """In which mood a person wants a track, by path: what folders say, and what was decided."""
    known = {path: one.mood for path, one in given.items()}
    return known | {one.path: one.mood for one in tracks if one.decided_by == "person"}


def chances(
    track: Track, moods: Sequence[MoodPlace], given: Given | None = None
) -> dict[str, float]:
    """How much speaks for each mood, by name, summing to 1; for a track from `proposed`."""
    judge = _Judge(moods, None)
    return judge.chances(track, judge.said(track, given))


class _Judge:
    """The moods, their names, and where their music lies."""

    def __init__(self, moods: Sequence[MoodPlace], places: Places | None) -> None:
        self._names = MoodNames(moods)
        self._places = {mood.name: place_of(mood, places) for mood in moods}

    def proposed(self, track: Track, given: Given | None) -> Track:
        """`track`, whose place in the collection is known, in its mood."""
        if track.decided_by == "person":
            return track
        said = [] if track.problem else self.said(track, given)
        if track.arousal is None and not said:
            return _of_no_mood(track)
        share = self.chances(track, said)
        best = max(share, key=lambda name: share[name], default="")
        if given and given.mood in share:  # whoever made that folder has decided
            best = given.mood
        for_it = [(by, word) for mood, by, word in said if mood == best]
        if track.problem or not best or (track.arousal is None and not for_it):
            return _of_no_mood(track)
        sound = self.chances(track, ())
        return replace(
            track,
            mood=best,
            confidence=round(share[best], 3),
            decided_by=for_it[0][0] if for_it else "sound",
            reason=_reason(track, for_it, agrees=sound[best] == max(sound.values())),
        )

    def said(self, track: Track, given: Given | None) -> list[Said]:
        """What names say, the strongest first, each place once."""
        return _said(track, self._names, given)

    def chances(self, track: Track, said: Iterable[Said]) -> dict[str, float]:
        """How much speaks for each mood, by name, summing to 1."""
        score = {name: _fit(track, place) for name, place in self._places.items()}
        for mood, by, _ in said:
            if mood in score:
                score[mood] += _EVIDENCE[by]
        return _shares(score)


def _of_no_mood(track: Track) -> Track:
    if (track.mood, track.decided_by, track.confidence, track.reason) == ("", "", None, ""):
        return track
    return replace(track, mood="", decided_by="", confidence=None, reason="")


def _shares(score: Mapping[str, float]) -> dict[str, float]:
    most = max(score.values(), default=0.0)
    parts = {name: math.exp(one - most) for name, one in score.items()}
    total = sum(parts.values())
    return {name: part / total for name, part in parts.items()}


def _placed(track: Track, middle: Middle) -> Track:
    if track.arousal_odds is None or track.valence_odds is None:
        return track
    return replace(
        track,
        arousal=round(chance(track.arousal_odds - middle.arousal), 3),
        valence=round(chance(track.valence_odds - middle.valence), 3),
    )


def _said(track: Track, names: MoodNames, given: Given | None) -> list[Said]:
    path = Path(track.path)
    found: list[Said] = []
    if given:
        found.append(
            (given.mood, given.by, path.parent.name if given.by == "folder" else given.mood)
        )
    mood, word = names.mentioned(path.stem)
    if mood:
        found.append((mood, "file name", word))
    for text in filter(None, (track.comment, track.genre, track.title, track.album)):
        mood, word = names.mentioned(text)
        if mood:
            found.append((mood, "tag", word))
            break
    return found


def _fit(track: Track, place: tuple[float, float]) -> float:
    """How well a track's sound suits a mood, in log odds; far away it falls slowly."""
    if track.arousal is None or track.valence is None:
        return 0.0
    square = sum(
        (odds(min(_FAR, max(_NEAR, mine))) - wanted) ** 2
        for mine, wanted in zip((track.arousal, track.valence), place, strict=True)
    )
    return -(_TAILS + 2) / 2 * math.log1p(square / _AROUND**2 / _TAILS)


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
