"""What is sent to a page: the evening as plain values, less of it for guests."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from dndmood.events import Problem, Track
from dndmood.mood_places import Place, colours
from dndmood.printable import printable
from dndmood.remote.state import Evening


def message(
    evening: Evening, moods: tuple[Place, ...], places: Mapping[str, str], *, guest: bool
) -> dict[str, Any]:
    """All that a page shows; `places` are their titles by name.

    Guests are not sent what the game master alone should know: reasons, probabilities, problems.
    """
    shown: dict[str, Any] = {
        "role": "guest" if guest else "master",
        "over": evening.over,
        "heard_s": finite(evening.heard_s),
        "spoken_s": None if evening.spoken_s is None else finite(evening.spoken_s),
        "paused": evening.paused,
        "silent": evening.silent,
        "volume_db": finite(evening.volume_db),
        "mood": _mood(evening),
        "music": _music(evening),
        "strip": [[name, finite(from_s)] for name, from_s in evening.stretches],
        "place": _place(evening, places),
        "moods": _moods(evening, moods),
        "places": [],
    }
    if guest:
        return shown
    known = titles(evening, places)
    shown["places"] = [{"name": name, "title": title} for name, title in known.items()]
    shown["music"] |= {"why": printable(evening.music_why)}
    shown["problems"] = [_problem(one, evening) for one in reversed(evening.problems)]
    if evening.mood is not None:
        shares = evening.mood.shares
        shown["shares"] = {name: round(finite(share), 3) for name, share in shares.items()}
        shown["mood"] |= {
            "why": _why(evening, moods),
            "outlook": printable(evening.mood.outlook),
        }
    if evening.place is not None and shown["place"] is not None:
        shown["place"] |= {"why": printable(evening.place.why)}
    return shown


def finite(value: float) -> float:
    """`value`, or 0 for what JSON cannot say: NaN and infinity."""
    return round(value, 2) if math.isfinite(value) else 0.0


def titles(evening: Evening, places: Mapping[str, str]) -> dict[str, str]:
    """Every place that is known, by name, with its title; in one order all evening.

    What came up this evening and is none of `places` stands behind them: a thumb may be on its way.
    """
    known = dict(places)
    for name in evening.places:
        known.setdefault(name, name.replace("_", " ").capitalize())
    return {name: printable(title) for name, title in known.items()}


def mood_titles(evening: Evening, moods: Iterable[Place]) -> dict[str, str]:
    """Every mood by name with its title as it is now."""
    edited = dict(evening.titles)
    return {one.name: printable(edited.get(one.name, one.title)) for one in moods}


def _moods(evening: Evening, moods: tuple[Place, ...]) -> list[dict[str, str]]:
    shades = colours(moods)
    return [
        {"name": name, "title": title, "colour": shades[name]}
        for name, title in mood_titles(evening, moods).items()
    ]


def _mood(evening: Evening) -> dict[str, Any] | None:
    if evening.mood is None:
        return None
    state = evening.mood
    return {"name": state.mood, "since_s": finite(state.since_s), "forced": state.forced}


def _why(evening: Evening, moods: tuple[Place, ...]) -> str:
    """The reason, without the title that stands above it."""
    if evening.mood is None:
        return ""
    title = dict(evening.titles).get(evening.mood.mood) or next(
        (one.title for one in moods if one.name == evening.mood.mood), evening.mood.mood
    )
    why = evening.mood.why
    return printable(why.removeprefix(f"stays {title}: ").removeprefix(f"{title}: "))


def _music(evening: Evening) -> dict[str, Any]:
    now, coming = evening.playing(), evening.coming()
    asked = bool(evening.timetable.now.tracks)
    same = now is not None and coming is not None and coming.path == now.track.path
    return {
        "now": None
        if now is None
        else {
            "title": printable(now.track.title),
            "place_s": finite(now.place_s),
            "at_s": finite(now.at_s),
            "length_s": finite(now.track.duration_s),
        },
        "mute": asked and now is None,
        "next": None if coming is None or same else _title(coming),
    }


def _title(track: Track) -> str:
    return printable(track.title)


def _place(evening: Evening, places: Mapping[str, str]) -> dict[str, Any] | None:
    if evening.place is None or not evening.place.place:
        return None
    name = evening.place.place
    return {
        "name": name,
        "title": titles(evening, places).get(name, name),
        "forced": evening.place.forced,
        "ambience": evening.ambience_plays(),
    }


def _problem(problem: Problem, evening: Evening) -> dict[str, Any]:
    return {
        "at_s": finite(problem.at_s),
        "text": printable(problem.text),
        "solved": problem.solved,
        "stands": problem in evening.standing,
    }
