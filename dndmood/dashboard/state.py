"""The tape folded into one screen: the same facts in the same order give the same screen."""

import math
import re
from dataclasses import dataclass, field, replace

from dndmood.bounds import clamp
from dndmood.dashboard.audible import Audible, announced, reported
from dndmood.dashboard.ear import FLOOR_DB, Ear, heard
from dndmood.dashboard.history import MoodHistory, decided
from dndmood.dashboard.talk import Talk, judged
from dndmood.events import (
    LOUDEST_DB,
    RATE_HZ,
    SOFTEST_DB,
    AudioChunk,
    Balance,
    Command,
    Correction,
    Cue,
    Duck,
    EmotionEstimate,
    Event,
    Heard,
    MoodBook,
    MoodState,
    NowPlaying,
    Problem,
    SpeechWindow,
    TableScale,
)
from dndmood.mood_places import Place
from dndmood.scene import AmbienceCue, PlaceState, SceneCue
from dndmood.standing import standing
from dndmood.timetable import Timetable, cued, skipped

_NOTES = 48
_ALONE_S = 1.5  # so much later a further ear hears while the microphone is gone
_NUMBERS = re.compile(r"[\d.,]+")


@dataclass(frozen=True, slots=True)
class Note:
    """One line of what happened this evening."""

    at_s: float
    kind: str
    """mood, music, ambience, key, problem, or better for one that is over."""
    text: str


@dataclass(frozen=True, slots=True)
class Music:
    """What is heard."""

    timetable: Timetable = field(default_factory=Timetable)
    """What was asked for."""
    audible: Audible = field(default_factory=Audible)
    """What the player says it plays."""
    why: str = ""
    """Why this music, one line."""
    volume_db: float = 0.0
    """How far the volume was moved."""
    ambience: str = ""
    """The place whose ambience is heard; empty for none."""
    ambience_db: float = 0.0
    """How far its volume was moved."""
    silent: bool = False
    stepped_db: float = 0.0
    """How far it stepped back under talk, 0 or below."""
    over_db: float | None = None
    """By how much talk stood above it at the microphone; None when nobody knows."""
    over_s: float = 0.0
    """Audio time of that look."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything that can be seen, at one moment."""

    ear: Ear = field(default_factory=Ear)
    talk: Talk = field(default_factory=Talk)
    history: MoodHistory = field(default_factory=MoodHistory)
    music: Music = field(default_factory=Music)
    place: PlaceState | None = None
    """Where the party is; None while nobody has said."""
    visited: tuple[tuple[str, float], ...] = ()
    """Seconds spent in each place, without the present stay, in the order of the first visits."""
    paused: bool = False
    problem: Problem | None = None
    """The last one, also when it is over."""
    relief: Problem | None = None
    """The last word that one is over."""
    standing: tuple[Problem, ...] = ()
    """Those that nothing has ended, oldest first."""
    problems: int = 0
    """How many there were; one that is over is not counted again."""
    notes: tuple[Note, ...] = ()
    """The latest happenings, oldest first."""
    ears: tuple[tuple[str, Ear], ...] = ()
    """What further ears hear, by name."""
    edited: tuple[tuple[str, Place], ...] = ()
    """Moods whose files were edited this evening, by name, as they are now, without their keys."""

    def troubles(self) -> tuple[Problem, ...]:
        """What stands, the newest first; when nothing does, the last word about a problem."""
        just = self.problem if self.problem and not self.problem.about else None
        last = max(filter(None, (just, self.relief)), key=lambda one: one.at_s, default=None)
        return self.standing[::-1] or ((last,) if last else ())

    def current(self, places: tuple[Place, ...]) -> tuple[Place, ...]:
        """`places`, as the evening began with them, with what was edited since."""
        edited = dict(self.edited)
        return tuple(replace(edited.get(p.name, p), key=p.key) for p in places)


def fold(screen: Screen, event: Event) -> Screen:  # noqa: C901, PLR0911, PLR0912 - one return for each fact
    """The screen after one more fact."""
    match event:
        case AudioChunk(ear=""):
            return replace(screen, ear=heard(screen.ear, event))
        case AudioChunk():
            return _further(screen, event)
        case SpeechWindow():
            return replace(screen, talk=replace(screen.talk, spoken_s=event.at_s))
        case EmotionEstimate():
            return replace(screen, talk=judged(screen.talk, event))
        case MoodState():
            return _decided(screen, event)
        case Cue():
            noted = _noted(screen, event.at_s, "music", event.why)
            timetable, audible = cued(screen.music.timetable, event), screen.music.audible
            music = replace(screen.music, timetable=timetable, why=event.why)
            return replace(noted, music=replace(music, audible=announced(audible, event)))
        case Balance(ear=further) if further:
            return screen
        case Balance():
            over_db, over_s = event.over_music_db, event.at_s
            over_db = over_db if over_db is None or math.isfinite(over_db) else None
            return replace(screen, music=replace(screen.music, over_db=over_db, over_s=over_s))
        case Duck():
            return replace(screen, music=replace(screen.music, stepped_db=event.gain_db))
        case Command():
            return _asked(screen, event)
        case NowPlaying():
            return _playing(screen, event)
        case PlaceState():
            noted = _noted(screen, event.at_s, "place", event.why)
            return replace(noted, place=event, visited=stays(screen, event.since_s))
        case SceneCue():
            return screen
        case AmbienceCue():
            noted = _noted(screen, event.at_s, "ambience", event.why)
            place = event.place if event.beds or event.shots else ""
            return replace(noted, music=replace(screen.music, ambience=place))
        case Correction() | Heard() | TableScale():
            return screen  # the decision before a correction says that it was noted
        case MoodBook():
            edited = dict(screen.edited) | {name: _place(m) for name, m in event.moods.items()}
            return replace(screen, edited=tuple(edited.items()))
        case Problem():
            kind = "better" if event.solved else "problem"
            return replace(
                _noted(screen, event.at_s, kind, event.text),
                problem=screen.problem if event.solved else event,
                relief=event if event.solved else screen.relief,
                standing=standing(screen.standing, event),
                problems=screen.problems + (not event.solved),
            )


def stays(screen: Screen, until_s: float) -> tuple[tuple[str, float], ...]:
    """Seconds spent in each place up to `until_s`."""
    place, spent = screen.place, dict(screen.visited)
    if place is not None and place.place:
        spent[place.place] = spent.get(place.place, 0.0) + max(until_s - place.since_s, 0.0)
    return tuple(spent.items())


def _further(screen: Screen, chunk: AudioChunk) -> Screen:
    """What one of the further ears hears; it carries the time on while the microphone is gone."""
    ears = dict(screen.ears)
    first = Ear(heard_s=chunk.start / RATE_HZ)
    ears[chunk.ear] = heard(ears.get(chunk.ear, first), chunk)
    ear = screen.ear
    if chunk.end_s - ear.heard_s > _ALONE_S:
        ear = replace(ear, heard_s=chunk.end_s, level_db=FLOOR_DB, peak_db=FLOOR_DB)
    return replace(screen, ear=ear, ears=tuple(ears.items()))


def _place(mood: object) -> Place:
    """A mood of the book, of which this room knows no more than that it has a place."""
    fields = ("name", "title", "arousal", "valence", "spread")
    return Place(key="", **{field: getattr(mood, field) for field in fields})


def kind_of(why: str) -> str:
    """The reason without its numbers: two decisions of one kind are noted only once."""
    return _NUMBERS.sub("#", why)


def _decided(screen: Screen, state: MoodState) -> Screen:
    last = screen.history.mood
    says = last is None or last.mood != state.mood or last.forced != state.forced
    noted = _noted(screen, state.at_s, "mood", state.why) if says else screen
    return replace(noted, history=decided(screen.history, state))


def _asked(screen: Screen, command: Command) -> Screen:
    at_s, music = max(command.at_s, screen.ear.heard_s), screen.music
    match command.verb:
        case "pause":
            noted = _noted(screen, at_s, "key", "listens again" if screen.paused else "paused")
            return replace(noted, paused=not screen.paused)
        case "silence":
            noted = _noted(screen, at_s, "key", "sound again" if music.silent else "silence")
            return replace(noted, music=replace(music, silent=not music.silent))
        case "volume" | "ambience":
            return replace(screen, music=_turned(music, command))
        case "skip" if len(music.timetable.now.tracks) > 1:
            timetable = skipped(music.timetable, at_s)
            noted = _noted(screen, at_s, "key", f"next track: {timetable.now.tracks[0].title}")
            return replace(noted, music=replace(music, timetable=timetable))
        case "undo" | "reject":
            asked = "undo" if command.verb == "undo" else "not now"
            return _noted(screen, at_s, "key", asked)
    return screen


def _turned(music: Music, command: Command) -> Music:
    if command.verb == "volume":
        volume_db = clamp(music.volume_db + command.change_db, SOFTEST_DB, LOUDEST_DB)
        return replace(music, volume_db=volume_db)
    ambience_db = clamp(music.ambience_db + command.change_db, SOFTEST_DB, LOUDEST_DB)
    return replace(music, ambience_db=ambience_db)


def _playing(screen: Screen, report: NowPlaying) -> Screen:
    music = screen.music
    audible = reported(music.audible, report, music.timetable)
    noted = screen
    if audible.mute and not music.audible.mute:
        noted = _noted(screen, report.at_s, "music", "no music can be heard")
    elif music.audible.mute and report.track is not None:
        noted = _noted(screen, report.at_s, "music", f"{report.track.title} can be heard")
    return replace(noted, music=replace(music, audible=audible))


def _noted(screen: Screen, at_s: float, kind: str, text: str) -> Screen:
    notes = (*screen.notes[1 - _NOTES :], Note(at_s, kind, text))
    return replace(screen, notes=notes)
