"""Which tracks sound at a moment and how far each has come, told from cues alone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dndmood.events import Cue, Track

JOIN_S = 3.0
"""Crossfade from one track of a mood to the next; a short track has a shorter one."""
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
    again_s: float | None = None
    """Audio time at which an undo brought it back; None when it is new."""

    @property
    def since_s(self) -> float:
        """Audio time at which its fade in began."""
        return self.begun_s if self.again_s is None else self.again_s


@dataclass(frozen=True, slots=True)
class Decks:
    """What plays or comes, what it took over from, and what an undo would bring back."""

    now: Reel = field(default_factory=Reel)
    before: Reel = field(default_factory=Reel)
    """What was heard until `now` began: another mood's music, or the track that was skipped."""
    left: Reel = field(default_factory=Reel)
    """The music of the mood before."""
    left_s: float = 0.0
    """Audio time until which it was heard; an undo goes on from there."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """One track that is heard."""

    track: Track
    place_s: float
    """How far into the track, from its beginning."""
    share: float = 1.0
    """How far its fade has come, 0 (not heard) to 1 (full)."""


def cued(decks: Decks, cue: Cue) -> Decks:
    """The decks after `cue`, which may bring the music before it back."""
    now = Reel(cue.tracks, cue.at_s, cue.fade_s)
    if cue.resume and decks.left.tracks:
        # The piece before played on until it was faded out; there it goes on now.
        away_s = max(cue.at_s - decks.left_s, 0.0)
        now = Reel(decks.left.tracks, decks.left.begun_s + away_s, cue.fade_s, cue.at_s)
    return Decks(now, decks.now, left=decks.now, left_s=cue.at_s + cue.fade_s)


def skipped(decks: Decks, at_s: float) -> Decks:
    """The decks after the next track was asked for; one track alone plays on."""
    if len(decks.now.tracks) < 2:  # noqa: PLR2004 - nothing to skip to
        return decks
    now = Reel(following(decks.now, at_s), at_s, SKIP_FADE_S)
    left_s = decks.left_s if at_s >= decks.left_s else at_s + SKIP_FADE_S
    return replace(decks, now=now, before=decks.now, left_s=left_s)


def pieces(reel: Reel, from_s: float, until_s: float) -> Iterator[tuple[float, Track]]:
    """Every track of `reel` that is heard from `from_s` on, and the audio time at which it begins."""
    if not reel.tracks:
        return
    index, place_s, _ = _place(reel, from_s)
    strides, at_s = _strides(reel), from_s
    yield at_s, reel.tracks[index]
    if len(reel.tracks) == 1 or sum(strides) <= 0.0:
        return
    at_s += strides[index] - place_s
    while at_s < until_s:
        index = (index + 1) % len(strides)
        yield at_s, reel.tracks[index]
        at_s += strides[index]


def sounding(decks: Decks, at_s: float) -> tuple[Sounding, ...]:
    """What is heard at `at_s`: first the track that stays or comes, then the one that leaves."""
    now = decks.now
    age_s = max(at_s - now.since_s, 0.0)
    coming, leaving = _heard(now, at_s), _heard(decks.before, at_s)
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
    after = _place(reel, at_s)[0] + 1
    return reel.tracks[after:] + reel.tracks[:after]


def _heard(reel: Reel, at_s: float) -> tuple[Sounding, ...]:
    """The present track of `reel`, and the one before it while they are being joined."""
    if not reel.tracks:
        return ()
    index, place_s, first_round = _place(reel, at_s)
    track = reel.tracks[index]
    last = reel.tracks[index - 1]
    joined_s = join_s(last)
    if len(reel.tracks) == 1 or place_s >= joined_s or (first_round and index == 0):
        return (Sounding(track, place_s),)
    share = place_s / joined_s
    return (
        Sounding(track, place_s, share),
        Sounding(last, last.duration_s - joined_s + place_s, 1.0 - share),
    )


def _place(reel: Reel, at_s: float) -> tuple[int, float, bool]:
    """Which track of `reel` plays, how far it has come, and whether this is the first round."""
    left_s = max(at_s - reel.begun_s, 0.0)
    strides = _strides(reel)
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


def _strides(reel: Reel) -> list[float]:
    """Seconds from the beginning of each track to the beginning of the next one."""
    if len(reel.tracks) == 1:
        return [reel.tracks[0].duration_s]
    return [track.duration_s - join_s(track) for track in reel.tracks]


def join_s(track: Track) -> float:
    """How long the end of `track` sounds together with the beginning of the next one."""
    return min(JOIN_S, track.duration_s / 4.0)
