"""Which tracks sound at a moment and how far each has come, told from cues alone. Pure."""

from dataclasses import dataclass

from dndmood.events import Track

_JOIN_S = 3.0
"""Crossfade from one track of a mood to the next."""
SKIP_FADE_S = 1.5
"""Crossfade to the next track when the game master asks for it."""


@dataclass(frozen=True, slots=True)
class Reel:
    """The tracks of one cue, played in order and over again."""

    tracks: tuple[Track, ...] = ()
    begun_s: float = 0.0
    """Audio time at which the first track began."""
    fade_s: float = 0.0
    """Length of its fade in."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """One track that is heard."""

    track: Track
    place_s: float
    """How far into the track, from its beginning."""
    share: float = 1.0
    """How far its fade has come, 0 (not heard) to 1 (full)."""


def sounding(now: Reel, before: Reel, at_s: float) -> tuple[Sounding, ...]:
    """What is heard at `at_s`: first the track that stays or comes, then the one that leaves."""
    age_s = max(at_s - now.begun_s, 0.0)
    coming, leaving = _heard(now, at_s), _heard(before, at_s)
    if age_s >= now.fade_s or not (coming or leaving):
        return coming
    share = age_s / now.fade_s
    fading = [Sounding(deck.track, deck.place_s, share) for deck in coming[:1]]
    fading += [Sounding(deck.track, deck.place_s, 1.0 - share) for deck in leaving[:1]]
    return tuple(fading)


def following(reel: Reel, at_s: float) -> tuple[Track, ...]:
    """The tracks of `reel` in playing order, beginning with the one after the present one."""
    if not reel.tracks:
        return ()
    after = _index(reel, at_s)[0] + 1
    return reel.tracks[after:] + reel.tracks[:after]


def _heard(reel: Reel, at_s: float) -> tuple[Sounding, ...]:
    """The present track of `reel`, and the one before it while they are being joined."""
    if not reel.tracks:
        return ()
    index, place_s, first_round = _index(reel, at_s)
    track = reel.tracks[index]
    last = reel.tracks[index - 1]
    join_s = _join_s(last)
    if len(reel.tracks) == 1 or place_s >= join_s or (first_round and index == 0):
        return (Sounding(track, place_s),)
    share = place_s / join_s
    return (
        Sounding(track, place_s, share),
        Sounding(last, last.duration_s - join_s + place_s, 1.0 - share),
    )


def _index(reel: Reel, at_s: float) -> tuple[int, float, bool]:
    """Which track of `reel` plays, how far it has come, and whether this is the first round."""
    left_s = max(at_s - reel.begun_s, 0.0)
    alone = len(reel.tracks) == 1
    strides = [t.duration_s - (0.0 if alone else _join_s(t)) for t in reel.tracks]
    round_s = sum(strides)
    if round_s <= 0.0:
        return 0, left_s, True
    first_round = left_s < round_s
    left_s %= round_s
    for index, stride_s in enumerate(strides):
        if left_s < stride_s:
            return index, left_s, first_round
        left_s -= stride_s
    return 0, 0.0, False


def _join_s(track: Track) -> float:
    return min(_JOIN_S, track.duration_s / 4.0)
