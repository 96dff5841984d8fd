"""Titles, moods and reasons of any signs, drawn on the dashboard and printed as lines."""

import numpy as np

from dndmood.dashboard.plain import line
from dndmood.dashboard.state import Screen, fold
from dndmood.dashboard.view import render
from dndmood.events import AudioChunk, Cue, MoodState, Problem, Track
from dndmood.mood_places import Place

SEEDS = (
    b"Iron Weather",
    b"\x1b]0;PWNED\x07",
    "夜の歌\u202e\u0301".encode(),
    b"\xf0\x9f\x90\x89" * 20,
    b"[bold]",
)
MUTATIONS = 60


def run(data: bytes) -> None:
    """A picture of the right size comes of it, without control signs."""
    text = data.decode("utf-8", "surrogateescape")
    width, height = 80 + len(data) % 60, 24 + len(data) % 30
    events = (
        AudioChunk(np.zeros(160, np.float32), start=0),
        MoodState(0.0, "calm", 0.0, text, outlook=text),
        Cue(0.0, "calm", (Track(text, text, float(len(data))),) * 2, 1.0, text),
        Problem(0.0, text),
    )
    screen = Screen()
    for event in events:
        assert line(event).isprintable() or not line(event)
        screen = fold(screen, event)
    places = (Place("calm", text or "Calm", "1", 0.3, 0.6), Place(text, text, "2", 0.9, 0.1))
    rows = render(screen, places, width=width, height=height).rows
    assert len(rows) == height
