"""Stage `spin`: puts on music when the mood changes."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate
from random import Random

from dndmood.events import Command, Cue, Event, Heard, MoodBook, MoodState, NowPlaying, Track
from dndmood.music.shelf import Shelf
from dndmood.timetable import Timetable, cued, pieces, skipped

_UNDO_FADE_S = 0.8
_FIRST_FADE_S = 1.5
"""The evening's first music comes out of silence and need not be faded in slowly."""
_ENOUGH_S, _ENOUGH = 6 * 3600.0, 100
"""A cue carries music for a whole evening; thousands of tracks in each would fill journals."""


def playing_order(
    tracks: Iterable[Track], *, seed: int, heard: Container[str] = ()
) -> tuple[Track, ...]:
    """`tracks` shuffled by `seed`, those whose title was `heard` in recent evenings last."""
    order = sorted(tracks, key=lambda track: track.path)
    Random(seed).shuffle(order)  # noqa: S311 - an order of songs needs no secrecy
    return tuple(sorted(order, key=lambda track: track.title in heard))


class Rotation:
    """A mood's tracks in playing order: each is heard once before any is heard again."""

    def __init__(self, order: Iterable[Track]) -> None:
        self._tracks = {track.path: track for track in order}
        self._heard: set[str] = set()

    def hear(self, path: str) -> None:
        """Put the track `path` last, if it is one of these."""
        if path not in self._tracks:
            return
        self._tracks[path] = self._tracks.pop(path)
        self._heard.add(path)
        if len(self._heard) == len(self._tracks):
            self._heard.clear()

    def next(self, shelf: Shelf) -> tuple[Track, ...]:
        """From the next track on, enough for an evening; those of unknown length come later."""
        order = shelf.as_known(self._tracks.values())
        order = tuple(
            sorted(order, key=lambda one: (one.path in self._heard, one.duration_s <= 0.0))
        )
        past_s = accumulate((track.duration_s for track in order), initial=0.0)
        return tuple(
            track
            for number, (track, past) in enumerate(zip(order, past_s, strict=False))
            if number < _ENOUGH or past < _ENOUGH_S
        )


class Programme:
    """What each mood plays next: its shelf, and what of it has been heard."""

    def __init__(
        self, shelves: Mapping[str, Shelf], *, seed: int, heard: Container[str] = ()
    ) -> None:
        self._seed, self._before = seed, heard
        self._shelves: dict[str, Shelf] = {}
        self._rotations: dict[str, tuple[Rotation, Rotation]] = {}
        self._timetable = Timetable()
        self._reported = False
        for name, shelf in shelves.items():
            self.put(name, shelf)

    def put(self, mood: str, shelf: Shelf) -> None:
        """From now on `mood` plays from `shelf`; what was heard is kept while the files are the same."""
        old = self._shelves.get(mood)
        self._shelves[mood] = shelf
        if old and {one.path for one in old.tracks} == {one.path for one in shelf.tracks}:
            return
        first = shelf.as_known(shelf.tracks)
        self._rotations[mood] = (
            Rotation(playing_order(first, seed=self._seed, heard=self._before)),
            Rotation(playing_order(shelf.spare, seed=self._seed)),
        )

    def take(self, event: Event) -> None:
        """Put last what was heard: by the player's word or, if it never speaks, by the timetable."""
        match event:
            case NowPlaying(track=Track(path=path)) | Heard(track=Track(path=path)):
                self._reported = True
                self._hear(path)
            case NowPlaying():  # nothing can be heard
                self._reported = True
            case Cue():
                self._until(event.at_s)
                self._timetable = cued(self._timetable, event)
            case Command(verb="skip", at_s=at_s):
                self._until(at_s)
                self._timetable = skipped(self._timetable, at_s)
            case MoodBook(shelves=shelves):
                for name, shelf in shelves.items():
                    if isinstance(shelf, Shelf):
                        self.put(name, shelf)

    def cue(self, at_s: float, mood: str, fade_s: float) -> Cue:
        """The next music of `mood`; its spare tracks when nothing else can be played."""
        shelf, (own, stand_by) = self._shelves[mood], self._rotations[mood]
        order, spare = own.next(shelf), stand_by.next(shelf)
        return Cue(
            at_s, mood, order or spare, fade_s, self.why(mood, order or spare), spare=spare
        )

    def why(self, mood: str, order: tuple[Track, ...]) -> str:
        """What plays, and what had to be left out."""
        shelf = self._shelves[mood]
        left_out = f" (left out: {'; '.join(shelf.skipped)})" if shelf.skipped else ""
        if not order:
            return f"nothing plays: {shelf.title.lower()} has no tracks{left_out}"
        return f"plays {order[0].title}{left_out}"

    def _until(self, at_s: float) -> None:
        """By the timetable, what was heard of the present cue up to `at_s`."""
        if self._reported:
            return
        for _, track in pieces(self._timetable.now, self._timetable.now.since_s, at_s):
            self._hear(track.path)

    def _hear(self, path: str) -> None:
        for pair in self._rotations.values():
            for rotation in pair:
                rotation.hear(path)


def spin(
    tape: Iterable[Event],
    *,
    shelves: Mapping[str, Shelf],
    fade_s: float = 6.0,
    seed: int = 0,
    heard: Container[str] = (),
) -> Iterator[Event]:
    """Add a `Cue` after each `MoodState` that brings another mood.

    A mood that comes back goes on with the track after those that were heard, until all have
    been. What was heard is what the player reports (`NowPlaying`, `Heard`); for a player that
    never does, what its cues should have given. A mood that comes back because its change was
    undone goes on quickly with the music it had. A `MoodBook` brings other tracks from the next
    cue on.
    """
    programme = Programme(shelves, seed=seed, heard=heard)
    playing: Cue | None = None
    before: Cue | None = None
    undo = False
    for event in tape:
        yield event
        programme.take(event)
        if isinstance(event, Command):
            undo = event.verb in ("undo", "reject")
        if not isinstance(event, MoodState) or (playing and event.mood == playing.mood):
            continue
        if undo and before is not None and before.mood == event.mood:
            why = programme.why(event.mood, before.tracks)
            cue = replace(before, at_s=event.at_s, fade_s=_UNDO_FADE_S, why=why, resume=True)
        else:
            cue = programme.cue(event.at_s, event.mood, fade_s if playing else _FIRST_FADE_S)
        before, playing, undo = playing, cue, False
        programme.take(cue)
        yield cue
