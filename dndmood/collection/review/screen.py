"""The review as a picture, in the style of the dashboard: same state, same picture."""

import os
from dataclasses import dataclass
from pathlib import Path

from dndmood.dashboard.block import Block, Part, Row, beside, box, folded, row, sized
from dndmood.dashboard.meter import bar
from dndmood.dashboard.palette import BAD, BAR, BOLD, PLAIN, QUIET, Glyphs, hues
from dndmood.dashboard.plane import plane
from dndmood.dashboard.talk import Spot
from dndmood.file_names import printable
from dndmood.library import Track
from dndmood.library.decisions import LEFT_OUT
from dndmood.mood_places import Place
from dndmood.times import minutes_seconds

LEAST = (80, 24)
_KEYS = (
    ("enter", "accept"),
    ("n", "next"),
    ("u", "undo"),
    ("x", "leave out"),
    ("p", "play"),
    ("q", "quit"),
)
_TRACK_ROWS = 8


@dataclass(frozen=True, slots=True)
class View:
    """All that the screen shows."""

    track: Track | None
    """None when the last one is behind us."""
    shares: dict[str, float]
    """Mood to how much speaks for it."""
    number: int
    """Of the track, from 1."""
    count: int
    decided: int
    said: str = ""
    """What the last key did."""
    trouble: str = ""
    """Why nothing plays; empty while it does."""
    played_s: float = 0.0
    """How much of the excerpt was heard."""
    length_s: float = 15.0
    playing: bool = False


def render(
    view: View, places: tuple[Place, ...], width: int, height: int, glyphs: Glyphs
) -> Block:
    """The screen as `height` rows of `width` cells, at least 80 by 24."""
    width, height = max(width, LEAST[0]), max(height, LEAST[1])
    head = _head(view, width)
    foot = _foot(view, places, width, glyphs)
    if view.track is None:
        return sized((head, *_finished(view, width, glyphs)), width, height - len(foot)) + foot
    upper = _track(view, places, width, glyphs)
    room = height - 1 - len(upper) - len(foot)
    left = round(width * 0.55)
    middle = beside(
        _map(view, places, left, room, glyphs), _moods(view, places, width - left, room, glyphs)
    )
    return sized((head, *upper, *middle, *foot), width, height)


def _head(view: View, width: int) -> Row:
    place = f" {view.number} of {view.count} " if view.track else " all heard "
    decided = f"{view.decided} decided"
    return row(
        width, (" dndmood library review ", BOLD), (place, PLAIN), (f" {decided} ", QUIET)
    )


def _track(view: View, places: tuple[Place, ...], width: int, glyphs: Glyphs) -> Block:
    track = view.track
    assert track is not None  # noqa: S101 - asked for by `render`
    inner = width - 4
    path = Path(track.path)
    where = os.path.join(path.parent.name, path.name)  # noqa: PTH118 - shown, not opened
    facts = [minutes_seconds(round(track.duration_s))] if track.duration_s else []
    facts += [f"{track.lufs:.0f} LUFS"] if track.lufs is not None else []
    facts += [f"{track.tempo_bpm:.0f} beats a minute"] if track.tempo_bpm else []
    facts += [track.key] if track.key else []
    by = f"by {track.artist}" if track.artist else ""
    lines: list[Row] = [
        row(inner, (printable(track.title or path.stem), BOLD), (f"  {printable(by)}", QUIET)),
        row(inner, (printable(where), QUIET)),
        row(inner, (", ".join(facts), PLAIN)),
        _proposal(view, places, inner),
        *(row(inner, (line, PLAIN)) for line in folded(track.reason, inner, 1, glyphs)),
        _played(view, inner, glyphs),
    ]
    return box(lines, width, _TRACK_ROWS, glyphs, title="Track")


def _proposal(view: View, places: tuple[Place, ...], width: int) -> Row:
    track = view.track
    assert track is not None  # noqa: S101 - asked for by `render`
    titles = {place.name: place.title for place in places}
    if track.decided_by == "person":
        what = "left out" if track.mood == LEFT_OUT else titles.get(track.mood, track.mood)
        return row(width, ("You decided: ", PLAIN), (printable(what), BOLD))
    if track.mood not in titles:
        return row(width, ("No proposal: press a mood's key.", BOLD))
    colour = hues(places).get(track.mood, PLAIN)
    return row(
        width,
        (f"{printable(titles[track.mood])}? ", colour + BOLD),
        (f"{track.confidence or 0.0:.0%} sure", PLAIN),
    )


def _played(view: View, width: int, glyphs: Glyphs) -> Row:
    if view.trouble:
        return row(width, (printable(view.trouble), BAD))
    label = (
        "loudest part " if view.playing else "silent, p plays " if view.played_s else "coming "
    )
    share = view.played_s / max(view.length_s, 1.0)
    return row(width, (label, QUIET), *bar(share, max(10, width - len(label)), glyphs, BAR))


def _map(
    view: View, places: tuple[Place, ...], width: int, height: int, glyphs: Glyphs
) -> Block:
    track = view.track
    spot: tuple[Spot, ...] = ()
    if track is not None and track.arousal is not None and track.valence is not None:
        spot = (Spot(0.0, track.arousal, track.valence),)
    current = track.mood if track is not None else ""
    land = plane(places, current, spot, width - 4, height - 2, glyphs, fresh=True)
    foot = ("unpleasant", "drowsy", "pleasant")
    return box(land, width, height, glyphs, title="How it sounds", middle="excited", foot=foot)


def _moods(
    view: View, places: tuple[Place, ...], width: int, height: int, glyphs: Glyphs
) -> Block:
    """The moods with their keys, and how much speaks for each."""
    inner, colours = width - 4, hues(places)
    wide = max((len(printable(place.title)) for place in places), default=0)
    wide = min(wide, inner // 2)
    lines: list[Row] = []
    for place in places[: height - 2]:
        share = view.shares.get(place.name, 0.0)
        mine = view.track is not None and place.name == view.track.mood
        look = colours[place.name] + BOLD if mine else colours[place.name]
        label = printable(place.title)[:wide].ljust(wide)
        parts: list[Part] = [(f"{place.key or ' '} ", BOLD), (f"{label} ", look)]
        parts += bar(share, max(4, inner - wide - 8), glyphs, look)
        lines.append(row(inner, *parts, (f" {share:>4.0%}", PLAIN)))
    return box(lines, width, height, glyphs, title="What speaks for it")


def _foot(view: View, places: tuple[Place, ...], width: int, glyphs: Glyphs) -> Block:
    moods: list[Part] = []
    for place in places:
        if place.key:
            moods += [(f" {place.key}", BOLD), (f" {printable(place.title)} ", PLAIN)]
    keys: list[Part] = []
    for key, what in _KEYS:
        keys += [(f" {key}", BOLD), (f" {what} ", PLAIN)]
    said = folded(view.said, width - 1, 1, glyphs)[0]
    return row(width, (f" {said}", QUIET)), row(width, *moods), row(width, *keys)


def _finished(view: View, width: int, glyphs: Glyphs) -> Block:
    text = (
        f"That was the last one: you decided {view.decided} of {view.count}. Press u to go back, "
        "q to end."
    )
    lines = [row(width - 4, (line, PLAIN)) for line in folded(text, width - 4, 2, glyphs)]
    return box(lines, width, 4, glyphs, title="Done")
