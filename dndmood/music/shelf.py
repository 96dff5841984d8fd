"""The music of one mood."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dndmood.events import Track
from dndmood.library.track import Track as Known


@dataclass(frozen=True, slots=True)
class Shelf:
    """The music of one mood, listed once at the start."""

    mood: str
    title: str
    """The mood's name for people."""
    tracks: tuple[Track, ...]
    skipped: tuple[str, ...] = ()
    """What cannot be played, in a few sentences without full stops."""
    own: bool = False
    """True when the tracks are the game master's own."""
    spare: tuple[Track, ...] = ()
    """Starter tracks of the mood, for when none of `tracks` can be read any more."""
    known: Mapping[str, Track | None] = field(default_factory=dict)
    """Path to what has been read of the file since: title and length; None if it is broken."""
    sounds: Mapping[str, Known] = field(default_factory=dict)
    """Path to what the index knows of the file: how it sounds, its key and its tempo."""

    def as_known(self, tracks: Iterable[Track]) -> tuple[Track, ...]:
        """`tracks` with what has been read of them by now, without those that are broken."""
        latest = (self.known.get(track.path, track) for track in tracks)
        return tuple(track for track in latest if track is not None)

    def why_empty(self) -> str:
        """Why nothing plays, as a few words after a colon."""
        if self.skipped:
            return self.skipped[0]
        where = "its folder of yours is empty" if self.own else "no files were found for it"
        return f"{where}; put music there"
