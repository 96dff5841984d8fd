"""Stage `spin`: puts on music when the mood changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from dndmood.events import (
    Command,
    Cue,
    EmotionEstimate,
    Event,
    Heard,
    MoodBook,
    MoodState,
    NowPlaying,
    Track,
)
from dndmood.music.choosing import Choice, Now, chosen
from dndmood.music.rounds import Rounds
from dndmood.music.shelf import Shelf
from dndmood.music.versions import with_versions
from dndmood.timetable import Timetable, cued, pieces, skipped

_UNDO_FADE_S = 0.8
_FIRST_FADE_S = 1.5
"""The evening's first music comes out of silence and need not be faded in slowly."""
_WAIT_S = 4.0
"""So long a change that came by itself may wait for the end of a phrase: with the usual fade of
6 s as far as players look ahead."""
_ENOUGH_S, _ENOUGH = 6 * 3600.0, 100
"""A cue carries music for a whole evening; thousands of tracks in each would fill journals."""
_BLEND = 0.06
"""Weight of each new window of talk in how the table sounds: some 15 windows count."""
_VOICE = 0.5
_FEW = 5
"""A cue of fewer tracks is replaced when its mood has got to know twice as many; and no more that
join at once are heard before all others."""


class Programme:
    """What each mood plays next: its shelf, and what of it has been heard."""

    def __init__(
        self, shelves: Mapping[str, Shelf], *, seed: int, rounds: Rounds | None = None
    ) -> None:
        self._seed = seed
        self._rounds = Rounds(rounds.moods if rounds else None)
        self._shelves: dict[str, Shelf] = {}
        self._moods: dict[str, set[str]] = {}  # by track
        self._put(shelves)
        self._now = Now()
        self._mood = ""  # whose music plays
        self._timetable = Timetable()
        self._reported = False
        self._plays: Track | None = None  # of the present cue, as far as the player has said
        self._news = self._told = False

    def take(self, event: Event) -> None:
        """Put last what was heard: by the player's word or, if it never speaks, by the timetable."""
        match event:
            case NowPlaying(track=Track(path=path) as track):
                self._reported = True
                self._plays = track
                self._hear(path)
            case Heard(track=Track(path=path)):
                self._reported = True
                self._hear(path, again=False)
            case NowPlaying():  # nothing can be heard
                self._reported = True
            case EmotionEstimate(voice=voice) if voice >= _VOICE:
                self._now = _moved(self._now, event)
            case Cue():
                self._until(event.at_s)
                self._timetable, self._mood = cued(self._timetable, event), event.mood
                if not event.goes_on:
                    self._plays, self._news, self._told = None, False, False
            case Command(verb="skip", at_s=at_s):
                self._until(at_s)
                self._timetable = skipped(self._timetable, at_s)
            case MoodBook(shelves=shelves):
                self._put({n: one for n, one in shelves.items() if isinstance(one, Shelf)})

    def cue(self, at_s: float, mood: str, fade_s: float) -> Cue:
        """The next music of `mood`; its spare tracks when nothing else can be played."""
        shelf = self._shelves[mood]
        tracks = with_versions(shelf.as_known(shelf.tracks))
        choice = self._chosen(shelf, tracks)
        order = _evening(choice.tracks)
        spare = _evening(self._chosen(shelf, shelf.as_known(shelf.spare)).tracks)
        why = self.why(mood, order or spare, choice.why)
        return Cue(at_s, mood, order or spare, fade_s, why, spare=spare)

    def more(self, event: MoodBook | NowPlaying, cue: Cue) -> Cue | None:
        """`cue` with other tracks after the present one, when its mood has others by now.

        While one track plays that is said once; what is known after that waits for the next track:
        a scan gets to know another track every second.
        """
        if isinstance(event, NowPlaying):
            self._told = False
        else:
            self._news = self._news or cue.mood in event.shelves
        if not self._news or (self._told and self._reported):
            return None
        self._news, self._told = False, True
        return self._going_on(event.at_s, cue)

    def _going_on(self, at_s: float, cue: Cue) -> Cue | None:
        shelf, plays = self._shelves[cue.mood], self._present(at_s, cue)
        if plays is None:
            return None
        fresh = self.cue(at_s, cue.mood, cue.fade_s)
        rest = tuple(track for track in fresh.tracks if track.path != plays.path)
        known = {track.path for track in cue.tracks}
        if {plays.path, *(track.path for track in rest)} == known:
            return None
        new = tuple(track for track in rest if track.path not in known)
        if len(new) <= _FEW:  # whoever puts a file into the folder waits for it
            rest = (*new, *(track for track in rest if track.path in known))
        why = _joins(new, shelf.title) if new else f"plays {plays.title}"
        return replace(fresh, tracks=(plays, *rest), why=why, goes_on=True)

    def _present(self, at_s: float, cue: Cue) -> Track | None:
        """Which track of `cue` is heard: as the player says, else as the timetable has it."""
        if self._plays is not None or self._reported:
            paths = {track.path for track in cue.tracks}
            known = self._plays is not None and self._plays.path in paths
            return self._plays if known else next(iter(cue.tracks), None)
        heard = pieces(self._timetable.now, at_s, at_s)
        return next((track for _, track in heard), None)

    def _chosen(self, shelf: Shelf, tracks: tuple[Track, ...]) -> Choice:
        return chosen(
            shelf.mood, tracks, self._rounds, self._now, shelf.sounds, seed=self._seed
        )

    def why(self, mood: str, order: tuple[Track, ...], reason: str = "") -> str:
        """What plays, and what speaks for it."""
        if order:
            return f"plays {order[0].title}" + (f": {reason}" if reason else "")
        shelf = self._shelves[mood]
        return f"nothing plays in {shelf.title.lower()}: {shelf.why_empty()}"

    def outgrown(self, cue: Cue, before: Shelf | None) -> bool:
        """Whether the mood of `cue` knows so much more by now that it should not wait.

        That is when the user's own music comes in the place of starter tracks or of silence, or a
        few tracks have become many.
        """
        shelf = self._shelves.get(cue.mood)
        if shelf is None or before is None or not shelf.tracks:
            return False
        came = (shelf.own and not before.own) or not before.tracks
        return came or (
            len(before.tracks) < _FEW and len(shelf.tracks) >= 2 * max(len(before.tracks), 1)
        )

    def shelf(self, mood: str) -> Shelf | None:
        """The music of `mood` as it is known now."""
        return self._shelves.get(mood)

    def _until(self, at_s: float) -> None:
        """By the timetable, what was heard of the present cue up to `at_s`."""
        if self._reported:
            return
        for _, track in pieces(self._timetable.now, self._timetable.now.since_s, at_s):
            self._hear(track.path)

    def _put(self, shelves: Mapping[str, Shelf]) -> None:
        self._shelves |= shelves
        self._moods.clear()
        for mood, shelf in self._shelves.items():
            for track in (*shelf.tracks, *shelf.spare):
                self._moods.setdefault(track.path, set()).add(mood)

    def _hear(self, path: str, *, again: bool = True) -> None:
        """In the mood that plays, and in every other one that has the track too."""
        for mood in self._moods.get(path, ()):
            self._rounds.hear(mood, path, again=again and mood == self._mood)
        shelf = self._shelves.get(self._mood)
        known = shelf.sounds.get(path) if shelf else None
        if known is not None:
            self._now = replace(self._now, playing=known)


def _joins(new: Sequence[Track], title: str) -> str:
    """That tracks have come in, in a few words."""
    more = f" and {len(new) - 1} more join" if len(new) > 1 else " joins"
    return f"{new[0].title}{more} {title.lower()}"


def _moved(now: Now, estimate: EmotionEstimate) -> Now:
    if now.arousal is None or now.valence is None:
        return replace(now, arousal=estimate.arousal, valence=estimate.valence)
    return replace(
        now,
        arousal=now.arousal + (estimate.arousal - now.arousal) * _BLEND,
        valence=now.valence + (estimate.valence - now.valence) * _BLEND,
    )


def _evening(order: tuple[Track, ...]) -> tuple[Track, ...]:
    """As much of `order` as an evening takes."""
    past_s = accumulate((track.duration_s for track in order), initial=0.0)
    return tuple(
        track
        for number, (track, past) in enumerate(zip(order, past_s, strict=False))
        if number < _ENOUGH or past < _ENOUGH_S
    )


def spin(
    tape: Iterable[Event],
    *,
    shelves: Mapping[str, Shelf],
    fade_s: float = 6.0,
    seed: int = 0,
    rounds: Rounds | None = None,
) -> Iterator[Event]:
    """Add a `Cue` after each `MoodState` that brings another mood.

    A mood plays every track once before any comes again, also across evenings: `rounds` is what
    was heard in those before. Of the tracks whose turn it is one comes that is near to how the
    table sounds. What was heard is what the player reports (`NowPlaying`, `Heard`); for a player
    that never does, what its cues should have given. A mood that comes back because its change
    was undone goes on quickly with the music it had. A change that came by itself may wait a
    moment for a quiet place in what plays; one by hand, and an undo, may not. A `MoodBook` brings
    other tracks: to the mood that plays after its present track, or at once when the music that
    plays was only standing in.
    """
    programme = Programme(shelves, seed=seed, rounds=rounds)
    playing: Cue | None = None
    before: Cue | None = None
    undo = False
    for event in tape:
        yield event
        shelf = programme.shelf(playing.mood) if playing else None
        programme.take(event)
        if isinstance(event, MoodBook) and playing and programme.outgrown(playing, shelf):
            playing = replace(programme.cue(event.at_s, playing.mood, fade_s), wait_s=_WAIT_S)
            programme.take(playing)
            yield playing
        elif (
            isinstance(event, MoodBook | NowPlaying)
            and playing
            and (more := programme.more(event, playing))
        ):
            playing = more
            programme.take(more)
            yield more
        if isinstance(event, Command):
            undo = event.verb in ("undo", "reject")
        if not isinstance(event, MoodState) or (playing and event.mood == playing.mood):
            continue
        if undo and before is not None and before.mood == event.mood:
            why = programme.why(event.mood, before.tracks)
            cue = replace(
                before,
                at_s=event.at_s,
                fade_s=_UNDO_FADE_S,
                why=why,
                resume=True,
                wait_s=0.0,
                goes_on=False,
            )
        else:
            cue = programme.cue(event.at_s, event.mood, fade_s if playing else _FIRST_FADE_S)
            if playing and not event.forced:
                cue = replace(cue, wait_s=_WAIT_S)
        before, playing, undo = playing, cue, False
        programme.take(cue)
        yield cue
