"""Captions as an evening: the places, events and moods that its words would have brought."""

from pathlib import Path
from typing import Any

from dndmood.assembly import mood_book
from dndmood.journal_file import Say
from dndmood.library.names import meant
from dndmood.scene_assembly import mood_words, never_heard, place_book
from dndmood.settings import Settings
from dndmood.words import captions, timeline
from dndmood.words.timeline import Timeline


def read(settings: Settings, path: Path, *, say: Say) -> Timeline:
    """What the words of the captions in `path` bring.

    `say` gets which of the user's moods and places are left out. Raises `UserError` when the
    captions or a place cannot be used, and for a language without phrases.
    """
    lines = captions.read(path)
    places = place_book(settings, say)
    moods = mood_book(settings, say)
    for problem in never_heard(places, moods):
        say(problem)
    return timeline.of_captions(
        lines,
        places=places,
        moods=mood_words(moods),
        language=settings.language,
        opening=meant(settings.place, places),
    )


def as_json(found: Timeline) -> dict[str, Any]:
    """`found` for programs, every time in seconds."""
    return timeline.as_json(found)
