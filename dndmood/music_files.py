"""Music that becomes known while the evening goes on: it joins its mood."""

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeAlias

from dndmood import assembly
from dndmood.errors import UserError
from dndmood.events import MoodBook, Problem, Track
from dndmood.file_names import at_home, printable
from dndmood.library.decisions import Decisions
from dndmood.library.index import Index
from dndmood.mood import Mood
from dndmood.music import Shelves
from dndmood.settings import Settings

_ABOUT = "the music folder"
_BETWEEN = 5
"""So many looks lie between two lists of the music: a scan knows another track every second."""
_AT_REST = 30
"""So many looks are waited for a folder into which files are being copied to come to rest."""
_MOST_PLACES = 1000

_Stamps: TypeAlias = Mapping[str, tuple[int, ...]]


def notes(shelves: Shelves) -> Iterator[Problem]:
    """What there is to say of the music as the evening begins."""
    if shelves.late:
        yield Problem(0.0, shelves.late, about=_ABOUT)  # `MusicWatch` says when it answers
    for text in shelves.notes:
        yield Problem(0.0, text)


class MusicWatch:
    """Looks now and then at the music and what is known of it, and says which moods have other tracks."""

    def __init__(
        self,
        settings: Settings,
        moods: Mapping[str, Mood],
        shelves: Shelves,
    ) -> None:
        self.moves = 0
        """How often files have come or gone so far, for a scan that listens to them."""
        self._settings, self._moods = settings, dict(moods)
        top = os.path.abspath(at_home(settings.music))  # noqa: PTH100 - as people see it
        self._top = top if settings.music else ""
        self._tracks = {name: _paths(shelf.tracks) for name, shelf in shelves.items()}
        self._waiting, self._away = shelves.waiting, bool(shelves.late)
        self._had = _own_plays(shelves)
        self._index, self._decisions = Index(), Decisions()
        self._known = self._knowledge()
        self._stamps = self._resting = _stamped(self._places(shelves), {})
        self._looks = 0

    def look(self) -> Iterator[MoodBook | Problem]:
        """The moods whose tracks are others now; once, that all are known; and a folder that is gone."""
        self._looks += 1
        if self._looks < _BETWEEN:
            return
        if not self._there():
            yield from self._gone()
            return
        known, stamps = self._knowledge(), _stamped(self._stamps, {})
        moved = self._away or stamps != self._stamps
        being_copied = stamps != self._resting and self._looks < _AT_REST
        self._resting = stamps
        if (moved and being_copied) or not (moved or known != self._known):
            return
        self._known, self._looks = known, 0
        try:
            shelves = assembly.music(self._settings, self._moods, read=moved, missing_ok=True)
        except UserError:
            return
        if shelves.late:
            return
        if moved:
            self.moves += 1
        # What was seen before it was listed: what comes meanwhile is seen at the next look.
        self._stamps = self._resting = _stamped(self._places(shelves), stamps)
        yield from self._taken_up(shelves)

    def _taken_up(self, shelves: Shelves) -> Iterator[MoodBook | Problem]:
        changed = {
            name: shelf
            for name, shelf in shelves.items()
            if _paths(shelf.tracks) != self._tracks.get(name)
        }
        self._tracks |= {name: _paths(shelf.tracks) for name, shelf in changed.items()}
        if changed:
            yield MoodBook({}, changed)
        if self._away:
            so = "plays" if _own_plays(shelves) else "joins as it is listened to"
            text = f"The music folder {printable(self._top)} is there: your own music {so}."
            yield Problem(0.0, text, solved=True, about=_ABOUT)
        elif self._waiting and not shelves.waiting:
            yield Problem(
                0.0,
                "All of your music is listened to and plays in the moods that fit: check with "
                "'dndmood library review'.",
                solved=True,
            )
        self._waiting, self._away = shelves.waiting, False
        self._had = self._had or _own_plays(shelves)

    def _gone(self) -> Iterator[Problem]:
        """What plays from there stays on the shelves: players try it again, and have spare tracks."""
        if not self._away:
            self._away = True
            text = (
                f"The music folder {printable(self._top)} is gone: the starter tracks play until "
                "it is back."
            )
            yield Problem(0.0, text, about=_ABOUT)

    def _places(self, shelves: Shelves) -> tuple[str, ...]:
        return (self._top, *shelves.places) if self._top else shelves.places

    def _there(self) -> bool:
        """Whether the music folder is; where there was music, an empty one is a drive's place."""
        if not self._top:
            return True
        try:
            with os.scandir(self._top) as entries:
                return not self._had or any(entries)
        except (OSError, ValueError):
            return False

    def _knowledge(self) -> tuple[int, int]:
        self._decisions.refresh()
        return self._index.version(), self._decisions.changes


def _own_plays(shelves: Shelves) -> bool:
    return any(shelf.own and shelf.tracks for shelf in shelves.values())


def _stamped(places: Iterable[str], seen: _Stamps) -> _Stamps:
    """By which a change of a folder or playlist is known; of those in `seen` what was seen."""
    return {
        place: seen[place] if place in seen else _stamp(place)
        for place in islice(dict.fromkeys(places), _MOST_PLACES)
    }


def _stamp(place: str) -> tuple[int, ...]:
    try:
        state = os.stat(place)  # noqa: PTH116 - a path object would not take all bytes
    except (OSError, ValueError):
        return ()
    return state.st_dev, state.st_ino, state.st_mtime_ns


def _paths(tracks: Iterable[Track]) -> frozenset[str]:
    return frozenset(track.path for track in tracks)
