"""Which tracks sound at a moment and how far each has come, as cues alone have it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dndmood.events import Cue, Track

JOIN_S = 3.0
"""Crossfade from one track of a mood to the next; a short track has a shorter one."""
SKIP_FADE_S = 1.5
"""Crossfade to the next track when the game master asks for it."""


@dataclass(frozen=True, slots=True)
class TrackLoop:
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
class Timetable:
    """What plays or comes, what it took over from, and what an undo would bring back."""

    now: TrackLoop = field(default_factory=TrackLoop)
    before: TrackLoop = field(default_factory=TrackLoop)
    """What was heard until `now` began: another mood's music, or the track that was skipped."""
    left: TrackLoop = field(default_factory=TrackLoop)
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


def cued(timetable: Timetable, cue: Cue) -> Timetable:
    """The timetable after `cue`, which may bring the music before it back, or let it go on."""
    if cue.goes_on and cue.tracks:
        return replace(timetable, now=_going_on(timetable.now, cue))
    now = TrackLoop(cue.tracks, cue.at_s, cue.fade_s)
    if cue.resume and timetable.left.tracks:
        # The piece before played on until it was faded out; there it goes on now.
        away_s = max(cue.at_s - timetable.left_s, 0.0)
        now = TrackLoop(
            timetable.left.tracks, timetable.left.begun_s + away_s, cue.fade_s, cue.at_s
        )
    return Timetable(now, timetable.now, left=timetable.now, left_s=cue.at_s + cue.fade_s)


def _going_on(loop: TrackLoop, cue: Cue) -> TrackLoop:
    """`loop` with what `cue` says comes after the present track."""
    begun_s = cue.at_s
    if loop.tracks:
        index, place_s, first_round = _place(loop, cue.at_s)
        if _same(loop.tracks[index], cue.tracks[0]):
            if index == 0 and first_round:  # it may still be fading in
                return replace(loop, tracks=cue.tracks)
            begun_s -= place_s
    return TrackLoop(cue.tracks, begun_s)


def _same(one: Track, other: Track) -> bool:
    """Whether both are one file; a journal knows only titles."""
    return one.path == other.path if one.path else one.title == other.title


def skipped(timetable: Timetable, at_s: float) -> Timetable:
    """The timetable after the next track was asked for; one track alone plays on."""
    if len(timetable.now.tracks) < 2:  # noqa: PLR2004 - nothing to skip to
        return timetable
    now = TrackLoop(following(timetable.now, at_s), at_s, SKIP_FADE_S)
    left_s = timetable.left_s if at_s >= timetable.left_s else at_s + SKIP_FADE_S
    return replace(timetable, now=now, before=timetable.now, left_s=left_s)


def pieces(loop: TrackLoop, from_s: float, until_s: float) -> Iterator[tuple[float, Track]]:
    """Every track of `loop` that is heard from `from_s` on, and the audio time at which it begins."""
    if not loop.tracks:
        return
    index, place_s, _ = _place(loop, from_s)
    strides, at_s = _strides(loop), from_s
    yield at_s, loop.tracks[index]
    if len(loop.tracks) == 1 or sum(strides) <= 0.0:
        return
    at_s += strides[index] - place_s
    while at_s < until_s:
        index = (index + 1) % len(strides)
        yield at_s, loop.tracks[index]
        at_s += strides[index]


def sounding(timetable: Timetable, at_s: float) -> tuple[Sounding, ...]:
    """What is heard at `at_s`: first the track that stays or comes, then the one that leaves."""
    now = timetable.now
    age_s = max(at_s - now.since_s, 0.0)
    coming, leaving = _heard(now, at_s), _heard(timetable.before, at_s)
    if age_s >= now.fade_s or not (coming or leaving):
        return coming
    share = age_s / now.fade_s
    fading = [Sounding(one.track, one.place_s, share) for one in coming[:1]]
    fading += [Sounding(one.track, one.place_s, 1.0 - share) for one in leaving[:1]]
    return tuple(fading)


def following(loop: TrackLoop, at_s: float) -> tuple[Track, ...]:
    """The tracks of `loop` in playing order, beginning with the one after the present one."""
    if not loop.tracks:
        return ()
    after = _place(loop, at_s)[0] + 1
    return loop.tracks[after:] + loop.tracks[:after]


def _heard(loop: TrackLoop, at_s: float) -> tuple[Sounding, ...]:
    """The present track of `loop`, and the one before it while they are being joined."""
    if not loop.tracks:
        return ()
    index, place_s, first_round = _place(loop, at_s)
    track = loop.tracks[index]
    last = loop.tracks[index - 1]
    joined_s = join_s(last)
    if len(loop.tracks) == 1 or place_s >= joined_s or (first_round and index == 0):
        return (Sounding(track, place_s),)
    share = place_s / joined_s
    return (
        Sounding(track, place_s, share),
        Sounding(last, last.duration_s - joined_s + place_s, 1.0 - share),
    )


def _place(loop: TrackLoop, at_s: float) -> tuple[int, float, bool]:
    """Which track of `loop` plays, how far it has come, and whether this is the first round."""
    left_s = max(at_s - loop.begun_s, 0.0)
    strides = _strides(loop)
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


def _strides(loop: TrackLoop) -> list[float]:
    """Seconds from the beginning of each track to the beginning of the next one."""
    if len(loop.tracks) == 1:
        return [loop.tracks[0].duration_s]
    return [track.duration_s - join_s(track) for track in loop.tracks]


def join_s(track: Track) -> float:
    """How long the end of `track` sounds together with the beginning of the next one."""
    return min(JOIN_S, track.duration_s / 4.0)
