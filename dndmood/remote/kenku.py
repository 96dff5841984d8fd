"""Kenku FM's remote API in its own words: moods as playlists, places as soundboards.

Verbs, bodies and answers are those of Kenku FM 1.5 (kenku.fm/docs/using-kenku-remote), so that
what was made for it (plug-ins for Stream Deck, the module for Companion) steers an evening.
"""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from dndmood.bounds import clamp
from dndmood.events import LOUDEST_DB, SOFTEST_DB, Track
from dndmood.mood_places import Place
from dndmood.printable import printable
from dndmood.remote.message import finite, mood_titles
from dndmood.remote.state import Evening

_MOST_TRACKS = 100
_FADE_S = 4


def playlists(evening: Evening, moods: tuple[Place, ...]) -> dict[str, Any]:
    """Every mood as a playlist, with the tracks that its cues have named so far."""
    known = dict(evening.tracks)
    tracks = {
        track_id(track): _track(track)
        for listed in known.values()
        for track in listed[:_MOST_TRACKS]
    }
    return {
        "playlists": [
            {
                "id": name,
                "title": title,
                "background": "",
                "tracks": [track_id(track) for track in known.get(name, ())[:_MOST_TRACKS]],
            }
            for name, title in mood_titles(evening, moods).items()
        ],
        "tracks": list(tracks.values()),
    }


def playback(evening: Evening, moods: tuple[Place, ...]) -> dict[str, Any]:
    """What plays. Paused and muted are one here: silence."""
    now = evening.playing()
    told: dict[str, Any] = {
        "playing": not evening.silent and now is not None,
        "volume": volume(evening.volume_db),
        "muted": evening.silent,
        "shuffle": True,
        "repeat": "playlist",
    }
    if now is not None:
        run_s = evening.heard_s - now.at_s
        progress_s = clamp(now.place_s + run_s, 0.0, now.track.duration_s or math.inf)
        told["track"] = _track(now.track) | {
            "duration": finite(now.track.duration_s),
            "progress": finite(progress_s),
        }
    if evening.mood is not None:
        name = evening.mood.mood
        told["playlist"] = {"id": name, "title": mood_titles(evening, moods).get(name, name)}
    return told


def soundboards(places: Mapping[str, str]) -> dict[str, Any]:
    """Every place as a soundboard with one sound, its ambience."""
    boards = [
        {"id": f"board-{name}", "title": title, "background": "", "sounds": [name]}
        for name, title in places.items()
    ]
    return {
        "soundboards": boards,
        "sounds": [_sound(name, title) for name, title in places.items()],
    }


def sounds_playing(evening: Evening, places: Mapping[str, str]) -> dict[str, Any]:
    """The ambience of the place where the party is."""
    if evening.place is None or not evening.place.place or evening.silent:
        return {"sounds": []}
    name = evening.place.place
    sound = _sound(name, places.get(name, name))
    progress_s = max(evening.heard_s - evening.place.since_s, 0.0)
    return {"sounds": [sound | {"duration": 0, "progress": finite(progress_s)}]}


def mood_of(evening: Evening, moods: tuple[Place, ...], wanted: str) -> str:
    """The mood that the playlist or track `wanted` belongs to; empty when there is none."""
    if any(one.name == wanted for one in moods):
        return wanted
    return next(
        (
            mood
            for mood, tracks in evening.tracks
            if any(track_id(track) == wanted for track in tracks[:_MOST_TRACKS])
        ),
        "",
    )


def place_of(places: Mapping[str, str], wanted: str) -> str:
    """The place whose sound or soundboard `wanted` is; empty when there is none."""
    name = wanted if wanted in places else wanted.removeprefix("board-")
    return name if name in places else ""


def volume(volume_db: float) -> float:
    """0 to 1, where 1 is the music as loud as it is levelled.

    >>> volume(0.0), volume(-6.0), volume(-40.0), volume(12.0)
    (1.0, 0.5, 0.0, 1.0)
    """
    if volume_db <= SOFTEST_DB:
        return 0.0
    return round(clamp(10.0 ** (volume_db / 20.0)), 2)


def change_db(evening: Evening, wanted: float) -> float:
    """By how much the volume must move to be `wanted`, 0 to 1; what is louder by hand counts as 1."""
    share = clamp(wanted)
    target_db = 20.0 * math.log10(share) if share > 0.0 else SOFTEST_DB
    target_db = clamp(target_db, SOFTEST_DB, LOUDEST_DB)
    if share >= 1.0 and evening.volume_db > 0.0:
        return 0.0
    return target_db - evening.volume_db


def track_id(track: Track) -> str:
    """A name for a track that tells nothing of where its file is."""
    return hashlib.sha256(track.path.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _track(track: Track) -> dict[str, Any]:
    own = track_id(track)
    return {"id": own, "url": f"dndmood:{own}", "title": printable(track.title)}


def _sound(name: str, title: str) -> dict[str, Any]:
    return {
        "id": name,
        "url": f"dndmood:{name}",
        "title": printable(title),
        "loop": True,
        "volume": 1,
        "fadeIn": _FADE_S * 1000,
        "fadeOut": _FADE_S * 1000,
    }
