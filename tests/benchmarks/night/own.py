"""Evenings that contain a mood of a user's own: its scenes, and whether they were met."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from dndmood.events import RATE_HZ
from dndmood.mood.book import Mood
from tests.benchmarks.night import composer, timeline
from tests.benchmarks.night.composer import Evening, Table
from tests.benchmarks.night.scoring import Moods, mood_before
from tests.benchmarks.night.timeline import JOY, Side, Stretch
from tests.benchmarks.night.voices import Cast

MOODS = (
    Mood(
        name="awe",
        folder=Path(),
        title="Awe",
        arousal=0.6,
        valence=0.7,
        emotions={"surprised": 1.0, "happy": 0.3},
    ),
    Mood(
        name="loathing",
        folder=Path(),
        title="Loathing",
        arousal=0.5,
        valence=0.3,
        emotions={"disgusted": 1.0},
    ),
)
"""The first is the example of `playlists/README.md`."""
_EVERY = 3
"""Every third stretch is a scene of the mood."""


def composed(
    root: Path, people: Cast, side: Side, *, seed: int, plain: float, mood: Mood
) -> Evening:
    """An evening in which every third stretch is a scene of `mood`, spoken in its first emotion.

    Such a stretch has the quadrant `JOY`, which the campaign hardly knows, in `truth` and `spoken`;
    only voices that have that emotion sit at the table.
    """
    emotion = next(iter(mood.emotions))
    chance = np.random.default_rng([seed, 5, side == "reporting"])
    truth = timeline.planned(root / "dnd_moods", side, seed=seed)
    truth = [_scene(each, number) for number, each in enumerate(truth)]
    table, response = Table(plain=plain), composer._drawn_response(root, side, chance)
    seats = list(composer._seated(_cast(people, emotion), response, table, chance))
    canvas = np.zeros(round((truth[-1].end_s + 5.0) * RATE_HZ), np.float32)
    talk = composer._Talk(canvas, seats, table=table, chance=chance)
    spoken = tuple(talk.spoken(truth))
    room = np.ones(1, np.float32)
    return Evening(
        f"own-{mood.name}-{side}-{seed}-plain{plain * 100:.0f}",
        seed,
        np.clip(canvas, -1.0, 1.0),
        tuple(truth),
        spoken,
        room,
    )


def _scene(stretch: Stretch, number: int) -> Stretch:
    return replace(stretch, quadrant=JOY) if number % _EVERY == _EVERY - 1 else stretch


def _cast(people: Cast, emotion: str) -> Cast:
    """The same people, `JOY` spoken in `emotion`, which then belongs to no other scene."""
    every = {line for lines in people.lines.values() for line in lines}
    lines = {
        key: tuple(line for line in found if line.emotion != emotion)
        for key, found in people.lines.items()
    }
    for who in people.speakers:
        own = tuple(
            sorted(
                (line for line in every if line.speaker == who and line.emotion == emotion),
                key=lambda line: line.path,
            )
        )
        lines[who, JOY] = own
    return replace(people, lines={key: found for key, found in lines.items() if found})


def met(chosen: Moods, evening: Evening, name: str) -> list[bool]:
    """For each scene of the mood whether it was chosen in it."""
    return [
        mood_before(chosen, each.start_s) == name
        or any(each.start_s <= at_s < each.end_s and mood == name for at_s, mood in chosen)
        for each in evening.truth
        if each.quadrant == JOY
    ]
