"""A follower that lets the sounds of the place be heard: what Kenku and Foundry share."""

from typing import Protocol

from dndmood.followers._now import Now
from dndmood.followers._playlists import Jukebox, PlaylistFollower


class Soundboard(Protocol):
    """A program that plays any number of sounds at once; its methods may raise."""

    def sounds(self, place: str, title: str) -> tuple[str, ...]:
        """What it calls the sounds of that place, asked afresh; empty when it has none."""
        ...

    def sounding(self) -> frozenset[str]:
        """What can be heard now."""
        ...

    def begin(self, sound: str) -> None: ...
    def cease(self, sound: str) -> None: ...


class PlaceFollower:
    """Lets a `Soundboard` play what is called like the place, and stops what it began.

    A place that it has no sounds for is no trouble: then nothing of the place is heard.
    """

    def __init__(self, board: Soundboard) -> None:
        self._board = board
        self._place = ""  # whose sounds were begun
        self._begun: tuple[str, ...] = ()

    def follow(self, now: Now, *, afresh: bool) -> None:
        """Begin and stop as `now` says; with `afresh` the program may have forgotten all."""
        wanted = "" if now.silent else now.place
        if wanted == self._place and not (afresh and wanted):
            return
        sounds = self._board.sounds(now.place, now.place_title) if wanted else ()
        sounding = self._board.sounding() if afresh and sounds else frozenset(self._begun)
        self._stop(self._begun, but=sounds)
        for sound in sounds:
            if sound not in sounding:
                self._board.begin(sound)
        self._place, self._begun = wanted, sounds

    def end(self) -> None:
        """Stop what was begun: the evening is over."""
        self._stop(self._begun, but=())
        self._place, self._begun = "", ()

    def _stop(self, sounds: tuple[str, ...], *, but: tuple[str, ...]) -> None:
        for sound in sounds:
            if sound not in but:
                self._board.cease(sound)


class JukeboxAndSoundboard(Jukebox, Soundboard, Protocol):
    """A program that has playlists, and plays sounds beside them."""


class MoodAndPlaceFollower:
    """Lets one program play the playlist of the mood, and the sounds of the place beside it."""

    def __init__(self, program: JukeboxAndSoundboard) -> None:
        self.called, self.remedy = program.called, program.remedy
        self._playlists, self._places = PlaylistFollower(program), PlaceFollower(program)

    def follow(self, now: Now, *, afresh: bool) -> None:
        """Play what `now` says; a playlist that is missing keeps no sound from being heard."""
        try:
            self._playlists.follow(now, afresh=afresh)
        finally:
            self._places.follow(now, afresh=afresh)

    def look(self) -> None:
        """See whether it is still there."""
        self._playlists.look()

    def hurry(self) -> None:
        """Nothing here waits for longer than an answer takes."""

    def end(self) -> None:
        """Stop what was begun."""
        try:
            self._playlists.end()
        finally:
            self._places.end()
