"""A follower that plays playlists which are called like moods: what Kenku, MPD and Foundry share."""

import unicodedata
from collections.abc import Iterable
from typing import Protocol, TypeVar

from dndmood.followers._following import RefusedError
from dndmood.followers._now import Now

T = TypeVar("T")


class Jukebox(Protocol):
    """A program that has playlists; its methods may raise as those of a `Follower`."""

    called: str
    remedy: str

    def playlist(self, mood: str, title: str) -> str | None:
        """What it calls the playlist of that mood, asked afresh; None when it has none."""
        ...

    def plays(self, playlist: str) -> bool:
        """Whether `playlist` can be heard now, or could be before it was paused."""
        ...

    def play(self, playlist: str) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def next(self) -> None: ...
    def look(self) -> None: ...
    def close(self) -> None: ...


class PlaylistFollower:
    """Lets a `Jukebox` play the mood's playlist, and pauses it with our own music and at the end."""

    def __init__(self, jukebox: Jukebox) -> None:
        self.called, self.remedy = jukebox.called, jukebox.remedy
        self._jukebox = jukebox
        self._mood = ""  # whose playlist was begun
        self._playing = ""  # that playlist; empty when there was none
        self._paused = False
        self._skips = 0

    def follow(self, now: Now, *, afresh: bool) -> None:
        """Play, pause or go on as `now` says."""
        skip, self._skips = now.skips > self._skips, now.skips
        if now.silent:
            self._silence()
            if afresh:
                self._mood = ""
            return
        if afresh or now.mood != self._mood:
            self._begin(now, afresh=afresh)
        elif self._paused:
            self._jukebox.resume()
            self._paused = False
        elif skip and self._playing:
            self._jukebox.next()

    def look(self) -> None:
        """See whether it is still there."""
        self._jukebox.look()

    def hurry(self) -> None:
        """Nothing here waits for longer than an answer takes."""

    def end(self) -> None:
        """Pause what was begun: the evening's music is over."""
        try:
            if self._playing and not self._paused:
                self._jukebox.pause()
        finally:
            self._jukebox.close()

    def _begin(self, now: Now, *, afresh: bool) -> None:
        playlist = self._jukebox.playlist(now.mood, now.title)
        if playlist is None:
            self._mood = now.mood
            raise RefusedError(
                f"{self.called} has no playlist called {now.title}: make one, and it plays when "
                "that mood comes again."
            )
        goes_on = afresh and playlist == self._playing and self._jukebox.plays(playlist)
        if not goes_on or self._paused:
            self._jukebox.play(playlist)
        self._mood, self._playing, self._paused = now.mood, playlist, False

    def _silence(self) -> None:
        if not self._paused:
            self._jukebox.pause()
            self._paused = True


def named(every: Iterable[tuple[str, T]], mood: str, title: str) -> T | None:
    """Which of `every`, by name, is called like the mood, by its title before its name."""
    found = [(_plain(name), one) for name, one in every]
    for wanted in (_plain(title), _plain(mood)):
        for name, one in found:
            if name == wanted:
                return one
    return None


def _plain(name: str) -> str:
    """`name` as people compare names: without case, and with one kind of space."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
