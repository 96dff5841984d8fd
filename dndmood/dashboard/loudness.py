"""How loud the music is, in words: by hand, under talk, and against the voices at the microphone."""

from dndmood.dashboard.block import Part
from dndmood.dashboard.palette import BAD, QUIET, Glyphs
from dndmood.dashboard.state import Music

_STALE_S = 5.0
"""A balance older than this says nothing about now."""


def note(music: Music, at_s: float, glyphs: Glyphs) -> Part:
    """The right end of the music's frame."""
    if music.silent:
        return ("silenced: x brings it back", BAD)
    parts = [f"volume {_signed(music.volume_db, glyphs)} dB"]
    if music.stepped_db < 0.0:
        parts.insert(0, f"stepped back {-music.stepped_db:.0f} dB")
    if music.over_db is not None and at_s - music.over_s <= _STALE_S:
        parts.insert(0, f"voice over music {_signed(music.over_db, glyphs)} dB")
    return (", ".join(parts), QUIET)


def _signed(level_db: float, glyphs: Glyphs) -> str:
    whole = round(level_db)
    return f"{'+' if whole > 0 else glyphs.minus if whole < 0 else ''}{abs(whole)}"
