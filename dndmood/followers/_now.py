"""What a follower is told: the evening at one moment, without what changes every second (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dndmood.bounds import clamp
from dndmood.events import LOUDEST_DB, SOFTEST_DB, Command, Event, MoodState, NowPlaying
from dndmood.scene import PlaceState


@dataclass(frozen=True, slots=True)
class Now:
    """The evening at one moment; of two that are equal only the first is told."""

    mood: str = ""
    """Name of the mood; empty before the first."""
    title: str = ""
    """Its title, as people read it."""
    why: str = ""
    """Why it came, one line for humans."""
    before: str = ""
    """The mood before it; empty for the first."""
    since_s: float = 0.0
    """Audio time at which it began."""
    forced: bool = False
    """Whether the game master rules by hand."""
    track: str = ""
    """Title of what our own player plays; empty when nothing can be heard."""
    silent: bool = False
    """Whether all music was silenced."""
    skips: int = 0
    """How often the next track was asked for."""
    volume_db: float = 0.0
    """How far the volume was moved by hand."""
    place: str = ""
    """Name of the place where the party is; empty while nobody knows."""
    place_title: str = ""
    """Its title."""


def fold(  # noqa: PLR0911 - one return for each fact
    now: Now, event: Event, titles: Mapping[str, str], locations: Mapping[str, str]
) -> Now:
    """What is told after `event`; `titles` of the moods and of the `locations` are by name."""
    match event:
        case PlaceState(place=place):
            return replace(now, place=place, place_title=locations.get(place, place))
        case MoodState(mood=mood) if mood != now.mood:
            return replace(
                now,
                mood=mood,
                title=titles.get(mood, mood),
                why=event.why,
                before=now.mood,
                since_s=event.since_s,
                forced=event.forced,
            )
        case MoodState(forced=forced):
            return replace(now, forced=forced)
        case NowPlaying(track=track):
            return replace(now, track=track.title if track else "")
        case Command(verb="silence"):
            return replace(now, silent=not now.silent)
        case Command(verb="skip"):
            return replace(now, skips=now.skips + 1)
        case Command(verb="volume", change_db=change_db):
            return replace(
                now, volume_db=clamp(now.volume_db + change_db, SOFTEST_DB, LOUDEST_DB)
            )
    return now
