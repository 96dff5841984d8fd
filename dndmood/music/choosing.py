"""Which of a mood's tracks comes next: near to how the table sounds, fitting, not heard lately."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from dndmood.events import Track
from dndmood.library.track import Track as Known
from dndmood.music.rounds import Rounds

_CHANCE = 0.12
"""How far chance moves a track, in the plane of arousal and valence: else every evening would
begin alike."""
_MISFIT = 0.08
"""So far the worst key counts, and as far the worst tempo."""
_UNKNOWN = 0.3
"""How far a track of unknown sound counts from the table: that of an ordinary one in its mood."""
_NEAR = 0.06
"""What is not so much nearer to the table than other tracks was not chosen for that."""
_FIFTH, _OCTAVE, _TO_MAJOR = 7, 12, 3
_NOTES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"#": 1, "♯": 1, "b": -1, "♭": -1}


@dataclass(frozen=True, slots=True)
class Now:
    """What the next track has to fit to."""

    arousal: float | None = None
    """How the table sounds now, 0 to 1; None before anybody has spoken."""
    valence: float | None = None
    playing: Known | None = None
    """What is known of the track that plays."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A mood's tracks in the order in which they shall be heard."""

    tracks: tuple[Track, ...] = ()
    why: str = ""
    """What speaks for the first of them, in a few words; "" when it was chance."""


def chosen(
    mood: str,
    tracks: Sequence[Track],
    rounds: Rounds,
    now: Now,
    sounds: Mapping[str, Known],
    *,
    seed: int = 0,
) -> Choice:
    """`tracks` in order: those whose turn it is, then those heard longest ago.

    Of those whose turn it is the ones heard lately come later. So do those of unknown length and,
    before anything plays, of unknown loudness: they would have to be listened to before the first
    sound of the evening. Then the distance to `now` counts, with a little chance that `seed` and
    the round decide.
    """
    paths = [track.path for track in tracks]
    due, age = rounds.due(mood, paths), rounds.by_age(mood, paths)
    lately = {path for path, place in age.items() if place >= (len(paths) + 1) // 2}
    lots = _lots(paths, f"{seed} {mood} {rounds.number(mood, paths)}")
    far = {path: distance(sounds.get(path), now) for path in paths}

    def order(track: Track) -> tuple[bool, float, bool, float]:
        path = track.path
        turn = path in due
        late = float(path in lately) if turn else age.get(path, -1)
        unknown = track.duration_s <= 0.0 or (now.playing is None and track.gain_db is None)
        return not turn, late, unknown, far[path] + lots[path]

    ordered = tuple(sorted(tracks, key=order))
    return Choice(ordered, _why(ordered, due, age, sounds, now) if ordered else "")


def distance(track: Known | None, now: Now) -> float:
    """How badly `track` fits, 0 for perfectly: its place in the plane, its key and its tempo."""
    return _from_table(track, now) + _misfit(track, now.playing)


def _from_table(track: Known | None, now: Now) -> float:
    if now.arousal is None or now.valence is None:
        return 0.0
    if track is None or track.arousal is None or track.valence is None:
        return _UNKNOWN
    return math.hypot(track.arousal - now.arousal, track.valence - now.valence)


def _misfit(track: Known | None, before: Known | None) -> float:
    if track is None or before is None or track.path == before.path:
        return 0.0
    away = 0.0
    one, other = _fifths(track.key), _fifths(before.key)
    if one is not None and other is not None:
        steps = abs(one - other)
        sure = min(track.key_strength or 0.0, before.key_strength or 0.0, 1.0)
        away += min(steps, _OCTAVE - steps) / 6 * max(sure, 0.0) * _MISFIT
    if track.tempo_bpm and before.tempo_bpm:
        octaves = abs(math.log2(track.tempo_bpm / before.tempo_bpm)) % 1.0
        away += min(octaves, 1.0 - octaves) * 2 * _MISFIT  # half and double time fit
    return away


def _fifths(key: str) -> int | None:
    """The place of `key` on the circle of fifths, a minor key at its relative major's.

    >>> _fifths("C major"), _fifths("A minor"), _fifths("F# minor"), _fifths("?")
    (0, 0, 3, None)
    """
    note, _, mode = key.partition(" ")
    if note[:1] not in _NOTES:
        return None
    pitch = _NOTES[note[0]] + sum(_SIGNS.get(sign, 0) for sign in note[1:])
    pitch += _TO_MAJOR if mode.startswith("min") else 0
    return pitch * _FIFTH % _OCTAVE


def _lots(paths: Sequence[str], seed: str) -> dict[str, float]:
    every = sorted(paths)
    Random(seed).shuffle(every)  # noqa: S311 - an order of songs needs no secrecy
    return {path: _CHANCE * place / len(every) for place, path in enumerate(every)}


def _why(
    ordered: Sequence[Track],
    due: frozenset[str],
    age: Mapping[str, int],
    sounds: Mapping[str, Known],
    now: Now,
) -> str:
    first = sounds.get(ordered[0].path)
    others = [sounds.get(track.path) for track in ordered[1:] if track.path in due]
    if first is None or not others:
        return ""
    mine, theirs = _from_table(first, now), [_from_table(other, now) for other in others]
    if mine <= min(theirs) + _NEAR and mine <= median(theirs) - _NEAR:
        return "near to how the table sounds"
    misfits = [_misfit(other, now.playing) for other in others]
    if now.playing is not None and _misfit(first, now.playing) < min(misfits):
        return "its key and tempo fit what played"
    return "not heard lately" if age and first.path not in age else ""
