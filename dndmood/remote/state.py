"""The tape folded into what a page shows: the same facts in the same order give the same page."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dndmood.bounds import clamp
from dndmood.events import (
    LOUDEST_DB,
    SOFTEST_DB,
    AudioChunk,
    Command,
    Cue,
    Event,
    MoodBook,
    MoodState,
    NowPlaying,
    Problem,
    SpeechWindow,
    Track,
)
from dndmood.scene import AmbienceCue, PlaceState
from dndmood.standing import standing
from dndmood.timetable import Timetable, cued, following, skipped, sounding

_STRETCHES = 240
_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Playing:
    """A track that is heard, and how far it had come at some moment."""

    track: Track
    place_s: float
    """How far into the track."""
    at_s: float
    """Audio time of that moment."""


@dataclass(frozen=True, slots=True)
class Evening:
    """Everything that a page shows, at one moment."""

    heard_s: float = 0.0
    """Audio time."""
    spoken_s: float | None = None
    """Audio time of the last speech; None before anybody has spoken."""
    mood: MoodState | None = None
    stretches: tuple[tuple[str, float], ...] = ()
    """Each mood of the evening and when it began; when they are many, the shortest are left out."""
    timetable: Timetable = field(default_factory=Timetable)
    report: NowPlaying | None = None
    """What the player said last; None while it has said nothing."""
    music_why: str = ""
    tracks: tuple[tuple[str, tuple[Track, ...]], ...] = ()
    """What each mood plays, as far as its cues have said."""
    volume_db: float = 0.0
    ambience_db: float = 0.0
    silent: bool = False
    paused: bool = False
    place: PlaceState | None = None
    ambience: AmbienceCue | None = None
    places: tuple[str, ...] = ()
    """Places that the evening has spoken of, in that order."""
    problems: tuple[Problem, ...] = ()
    """The last few and all that still stand, oldest first."""
    standing: tuple[Problem, ...] = ()
    """Those that nothing has ended, oldest first."""
    titles: tuple[tuple[str, str], ...] = ()
    """Moods whose files were edited, by name, with their titles."""
    commands: int = 0
    """How many commands were met."""
    over: bool = False
    """True once somebody has ended the evening."""

    def playing(self) -> Playing | None:
        """What is heard; None when that is nothing."""
        if self.report is not None:
            track = self.report.track
            return Playing(track, self.report.place_s, self._begun_s()) if track else None
        now = next(iter(sounding(self.timetable, self.heard_s)), None)
        return Playing(now.track, now.place_s, self.heard_s) if now else None

    def _begun_s(self) -> float:
        """When the player reported what is heard; of one that repeats, as if in this round."""
        report = self.report
        if report is None or report.track is None:
            return 0.0
        length_s, tracks = report.track.duration_s, self.timetable.now.tracks
        for_s = report.place_s + self.heard_s - report.at_s
        known = length_s > 0.0 and math.isfinite(for_s + length_s)
        if not known or [track.path for track in tracks] != [report.track.path]:
            return report.at_s
        rounds = math.floor(for_s / length_s)
        return report.at_s + max(rounds, 0) * length_s

    def ambience_plays(self) -> bool:
        """Whether the ambience of the place where the party is can be heard."""
        sounds = self.ambience
        return (
            self.place is not None
            and sounds is not None
            and bool(sounds.beds)
            and sounds.place == self.place.place
            and not self.silent
            and self.ambience_db > SOFTEST_DB
        )

    def coming(self) -> Track | None:
        """The track after the one that is heard; None when nobody knows."""
        tracks, now = self.timetable.now.tracks, self.playing()
        if self.report is None or now is None:
            return next(iter(following(self.timetable.now, self.heard_s)), None)
        paths = [track.path for track in tracks]
        if now.track.path not in paths:
            return next(iter(tracks), None)
        return tracks[(paths.index(now.track.path) + 1) % len(tracks)]


def fold(evening: Evening, event: Event) -> Evening:  # noqa: C901, PLR0911 - one return for each fact
    """The evening after one more fact."""
    match event:
        case AudioChunk():
            return replace(evening, heard_s=event.end_s)
        case SpeechWindow():
            return replace(evening, spoken_s=event.at_s)
        case MoodState():
            return _decided(evening, event)
        case Cue():
            tracks = dict(evening.tracks) | {event.mood: event.tracks}
            return replace(
                evening,
                timetable=cued(evening.timetable, event),
                music_why=event.why,
                tracks=tuple(tracks.items()),
                report=None if not event.tracks else evening.report,
            )
        case NowPlaying():
            return replace(evening, report=event)
        case Command():
            return _asked(evening, event)
        case Problem():
            return _troubled(evening, event)
        case PlaceState():
            known = dict.fromkeys(
                (*evening.places, *filter(None, (event.place, *event.shares)))
            )
            return replace(evening, place=event, places=tuple(known))
        case AmbienceCue():
            return replace(evening, ambience=event)
        case MoodBook(moods=moods):
            return replace(evening, titles=_titles(evening, moods))
    return evening


def _troubled(evening: Evening, problem: Problem) -> Evening:
    stands = standing(evening.standing, problem)
    every = (*evening.problems, problem)
    kept = tuple(one for one in every[:-_PROBLEMS] if one in stands)
    return replace(evening, problems=kept + every[-_PROBLEMS:], standing=stands)


def _decided(evening: Evening, state: MoodState) -> Evening:
    if evening.mood is not None and evening.mood.mood == state.mood:
        return replace(evening, mood=state)
    stretches = (*evening.stretches, (state.mood, state.since_s))
    return replace(evening, mood=state, stretches=_fewer(stretches))


def _fewer(stretches: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    """At most so many as a page can show: the shortest goes to the one before it."""
    if len(stretches) <= _STRETCHES:
        return stretches
    inner = range(1, len(stretches) - 1)
    shortest = min(inner, key=lambda n: stretches[n + 1][1] - stretches[n][1])
    kept = stretches[:shortest] + stretches[shortest + 1 :]
    same = kept[shortest - 1][0] == kept[shortest][0]
    return kept[:shortest] + kept[shortest + 1 :] if same else kept


def _asked(evening: Evening, command: Command) -> Evening:
    asked = replace(evening, commands=evening.commands + 1)
    match command.verb:
        case "pause":
            asked = replace(asked, paused=not asked.paused)
        case "silence":
            asked = replace(asked, silent=not asked.silent)
        case "volume":
            asked = replace(asked, volume_db=_moved(asked.volume_db, command))
        case "ambience":
            asked = replace(asked, ambience_db=_moved(asked.ambience_db, command))
        case "skip":
            at_s = max(command.at_s, asked.heard_s)
            asked = replace(asked, timetable=skipped(asked.timetable, at_s))
        case "quit":
            asked = replace(asked, over=True)
    return asked


def _moved(level_db: float, command: Command) -> float:
    return clamp(level_db + command.change_db, SOFTEST_DB, LOUDEST_DB)


def _titles(evening: Evening, moods: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    new = {name: str(getattr(mood, "title", name)) for name, mood in moods.items()}
    return tuple((dict(evening.titles) | new).items())
