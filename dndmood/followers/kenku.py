"""Kenku FM plays the playlist that is called like the mood, over its remote (`/v1`, version 1.5).

With it the sound that is called like the place is heard, or of a soundboard that is called so all
that loop. Asked for as `--tell kenku` or `kenku:HOST:PORT`. Kenku answers 200 to any id and never runs two
questions at once, so one thread asks.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dndmood.followers import Follower, Report
from dndmood.followers._address import Address, parsed
from dndmood.followers._http import asked
from dndmood.followers._playlists import named
from dndmood.followers._soundboards import MoodAndPlaceFollower
from dndmood.mood_places import Place

_PORT = 3333


@contextmanager
def opened(argument: str, _places: Sequence[Place], _report: Report) -> Iterator[Follower]:
    """Kenku FM at `argument`, by default on this computer."""
    yield MoodAndPlaceFollower(Kenku(parsed(argument, "kenku", port=_PORT)))


class Kenku:
    """Kenku's playlists and soundboards."""

    remedy = "start Kenku FM and switch on the remote in its settings"

    def __init__(self, address: Address) -> None:
        self.called = f"Kenku FM at {address.place}"
        self._address = address

    def playlist(self, mood: str, title: str) -> str | None:
        every = self._asked("GET", "/v1/playlist")["playlists"]
        return named(((str(one["title"]), str(one["id"])) for one in every), mood, title)

    def plays(self, playlist: str) -> bool:
        now = self._asked("GET", "/v1/playlist/playback")
        return bool(now["playing"]) and (now.get("playlist") or {}).get("id") == playlist

    def play(self, playlist: str) -> None:
        self._asked("PUT", "/v1/playlist/play", {"id": playlist})

    def pause(self) -> None:
        self._asked("PUT", "/v1/playlist/playback/pause")

    def resume(self) -> None:
        self._asked("PUT", "/v1/playlist/playback/play")

    def next(self) -> None:
        self._asked("POST", "/v1/playlist/playback/next")

    def sounds(self, place: str, title: str) -> tuple[str, ...]:
        """The sound that is called like the place, or all that loop on a soundboard so called."""
        known = self._asked("GET", "/v1/soundboard")
        every = {str(one["id"]): one for one in known["sounds"]}
        if found := named(
            ((str(one["title"]), key) for key, one in every.items()), place, title
        ):
            return (found,)
        boards = ((str(one["title"]), one) for one in known["soundboards"])
        board = named(boards, place, title) or {}
        ids = (str(one) for one in board.get("sounds", ()))
        return tuple(one for one in ids if one in every and every[one].get("loop"))

    def sounding(self) -> frozenset[str]:
        now = self._asked("GET", "/v1/soundboard/playback")
        return frozenset(str(one["id"]) for one in now["sounds"])

    def begin(self, sound: str) -> None:
        self._asked("PUT", "/v1/soundboard/play", {"id": sound})

    def cease(self, sound: str) -> None:
        self._asked("PUT", "/v1/soundboard/stop", {"id": sound})

    def look(self) -> None:
        self._asked("GET", "/v1/playlist/playback")

    def close(self) -> None:
        """Nothing is held."""

    def _asked(self, verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return asked(self._address, verb, path, body)
