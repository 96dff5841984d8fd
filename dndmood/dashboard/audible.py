"""What can be heard as the player reports it; a cue only announces what is to come."""

from dataclasses import dataclass, replace

from dndmood.events import Cue, NowPlaying, Track
from dndmood.timetable import JOIN_S, Sounding, Timetable, following, sounding

_ANSWER_S = 5.0
"""A report so soon after a cue or a skip is the answer to it."""


@dataclass(frozen=True, slots=True)
class Audible:
    """What the player reported last; without any report the cues are all that is known."""

    report: NowPlaying | None = None
    """The last report about the present cue."""
    before: NowPlaying | None = None
    """The report before: that track fades out under the new one."""
    fade_s: float = 0.0
    """Length of that crossfade."""
    after: Track | None = None
    """What comes after the present track; None when nobody knows."""
    spare: tuple[Track, ...] = ()
    """What may be heard in place of the present cue's tracks."""

    @property
    def mute(self) -> bool:
        """True when music was asked for and none can be heard."""
        return self.report is not None and self.report.track is None


def announced(audible: Audible, cue: Cue) -> Audible:
    """After `cue`: what plays goes on, unless nothing is to come after it."""
    if audible.report is None or not cue.tracks:
        return Audible(spare=cue.spare)
    after = cue.tracks[1 % len(cue.tracks)] if cue.goes_on else cue.tracks[0]
    return replace(audible, after=after, spare=cue.spare)


def reported(audible: Audible, report: NowPlaying, timetable: Timetable) -> Audible:
    """After the player has reported what sounds from now on."""
    last, now = audible.report, timetable.now
    playing = replace(
        audible,
        report=report,
        before=None,
        after=_after(report.track, now.tracks, audible.spare),
    )
    if last is None or last.track in (None, report.track) or report.track is None:
        return playing
    answers = report.at_s - now.since_s <= _ANSWER_S
    return replace(playing, before=last, fade_s=now.fade_s if answers else JOIN_S)


def heard(audible: Audible, timetable: Timetable, at_s: float) -> tuple[Sounding, ...]:
    """What is heard at `at_s`: first the track that stays or comes, then the one that leaves."""
    report, before = audible.report, audible.before
    if report is None:
        return sounding(timetable, at_s)
    if report.track is None:
        return ()
    alone = audible.after is not None and audible.after.path == report.track.path
    now = Sounding(report.track, _place_s(report, report.track, at_s, again=alone))
    share = (at_s - report.at_s) / audible.fade_s if audible.fade_s > 0.0 else 1.0
    if before is None or before.track is None or share >= 1.0:
        return (now,)
    share = max(share, 0.0)
    return (
        Sounding(now.track, now.place_s, share),
        Sounding(before.track, _place_s(before, before.track, at_s), 1.0 - share),
    )


def coming(audible: Audible, timetable: Timetable, at_s: float) -> Track | None:
    """The track that comes after what is heard; None when nobody knows any."""
    if audible.report is None:
        return next(iter(following(timetable.now, at_s)), None)
    return audible.after


def _after(
    track: Track | None, tracks: tuple[Track, ...], spare: tuple[Track, ...]
) -> Track | None:
    """What follows `track` in the list that it is from; of no such list, the first of `tracks`."""
    for listed in (tracks, spare):
        paths = [one.path for one in listed]
        if track is not None and track.path in paths:
            return listed[(paths.index(track.path) + 1) % len(listed)]
    return next(iter(tracks), None)


def _place_s(report: NowPlaying, track: Track, at_s: float, *, again: bool = False) -> float:
    """How far `track` has come; with `again` it plays alone, and begins again at its end."""
    place_s = report.place_s + max(at_s - report.at_s, 0.0)
    if track.duration_s <= 0.0:
        return place_s
    return place_s % track.duration_s if again else min(place_s, track.duration_s)
