"""Music that becomes known while the evening goes on: it joins its mood."""

from collections.abc import Iterable, Iterator, Mapping

from dndmood import assembly
from dndmood.errors import UserError
from dndmood.events import MoodBook, Problem, Track
from dndmood.library.decisions import Decisions
from dndmood.library.index import Index
from dndmood.mood import Mood
from dndmood.music import Shelves
from dndmood.settings import Settings

_ABOUT = "the music folder"
_BETWEEN = 5
"""So many looks lie between two lists of the music: a scan knows another track every second."""


def notes(shelves: Shelves) -> Iterator[Problem]:
    """What there is to say of the music as the evening begins."""
    for number, text in enumerate(shelves.notes):
        # The folder itself comes first, and `MusicWatch` says when it answers.
        yield Problem(0.0, text, about=_ABOUT if shelves.late and number == 0 else "")


class MusicWatch:
    """Looks now and then at what is known of the music, and says which moods have other tracks."""

    def __init__(self, settings: Settings, moods: Mapping[str, Mood], shelves: Shelves) -> None:
        self._settings, self._moods = settings, dict(moods)
        self._tracks = {name: _paths(shelf.tracks) for name, shelf in shelves.items()}
        self._waiting, self._late = shelves.waiting, shelves.late
        self._index, self._decisions = Index(), Decisions()
        self._seen = self._state()
        self._looks = 0

    def look(self) -> Iterator[MoodBook | Problem]:
        """The moods whose tracks are others now; and, once, that all of them are known."""
        self._looks += 1
        if self._looks < _BETWEEN or (self._state() == self._seen and not self._late):
            return
        self._seen, self._looks = self._state(), 0
        try:
            shelves = assembly.music(self._settings, self._moods, read=self._late)
        except UserError:  # the folder is gone; the player says so when it misses a track
            return
        changed = {
            name: shelf
            for name, shelf in shelves.items()
            if _paths(shelf.tracks) != self._tracks.get(name)
        }
        self._tracks |= {name: _paths(shelf.tracks) for name, shelf in changed.items()}
        if changed:
            yield MoodBook({}, changed)
        if self._late and not shelves.late:
            text = "The music folder answers: your own music plays."
            yield Problem(0.0, text, solved=True, about=_ABOUT)
        elif self._waiting and not shelves.waiting:
            yield Problem(
                0.0,
                "All of your music is listened to and plays in the moods that fit: check with "
                "'dndmood library review'.",
                solved=True,
            )
        self._waiting, self._late = shelves.waiting, shelves.late

    def _state(self) -> tuple[int, int]:
        self._decisions.refresh()
        return self._index.version(), self._decisions.changes


def _paths(tracks: Iterable[Track]) -> frozenset[str]:
    return frozenset(track.path for track in tracks)
