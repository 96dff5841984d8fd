"""Foundry VTT plays the playlist that is called like the mood, through the relay of its REST module.

Another one that is called like the place plays beside it.

Foundry itself answers nobody; the module `foundryvtt-rest-api` (version 3) connects it to a relay,
which you run yourself or rent. Asked for as `--tell foundry:KEY@HOST:PORT/WORLD`: the key may stand in
`DNDMOOD_FOUNDRY_KEY` and needs the scopes `playlist:control` and `events:subscribe`, and the world is
needed only where the key has several. Combat that starts there is evidence for the mood.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from threading import Event as Flag
from threading import Thread
from typing import Any
from urllib.parse import quote

from dndmood.followers import Follower, Report
from dndmood.followers._address import Address, parsed
from dndmood.followers._following import RefusedError
from dndmood.followers._http import StatusError, asked, connected
from dndmood.followers._now import Now
from dndmood.followers._playlists import named
from dndmood.followers._soundboards import MoodAndPlaceFollower
from dndmood.mood_places import Place
from dndmood.scene import SceneCue

_PORT = 3010
_SILENT_S = 40.0
"""The relay says that it lives every 15 s."""
_AGAIN_S = (1.0, 2.0, 5.0, 15.0, 30.0)
_LEAST_S = 5.0
"""A stream that held for so long was well, and the next try may come soon."""
_LONGEST_LINE = 1_000_000
_COMBAT = SceneCue(0.0, "event", "initiative", phrase="", witness="foundry")


@contextmanager
def opened(argument: str, _places: Sequence[Place], report: Report) -> Iterator[Follower]:
    """Foundry behind the relay at `argument`, by default on this computer."""
    address = parsed(argument, "foundry", port=_PORT)
    yield Foundry(Relay(address, os.environ.get("DNDMOOD_FOUNDRY_KEY", "")), report)


class Foundry(MoodAndPlaceFollower):
    """Foundry's playlists, and an ear for its combats."""

    def __init__(self, relay: "Relay", report: Report) -> None:
        super().__init__(relay)
        self._combats = Combats(relay, report)

    def follow(self, now: Now, *, afresh: bool) -> None:
        """Play as `now` says, and listen for combats from now on."""
        super().follow(now, afresh=afresh)
        self._combats.listen()

    def hurry(self) -> None:
        """The stream of combats is let go."""
        self._combats.leave()


class Relay:
    """What the relay can be asked."""

    remedy = "start the relay and the world, or give the relay's address and key"

    def __init__(self, address: Address, key: str) -> None:
        self.called = f"Foundry behind {address.place}"
        self.address = address
        self.headers = {"x-api-key": address.password or key}
        self._world: str | None = None
        self._last = ""  # the playlist that was begun

    def world(self) -> str:
        """The relay's name of the world; raises `RefusedError` when it is not clear which."""
        if self._world is None:
            self._world = self._chosen(self._asked("GET", "/clients")["clients"])
        return self._world

    def playlist(self, mood: str, title: str) -> str | None:
        """The id of the playlist that is called like the mood."""
        return named(((str(one["name"]), str(one["id"])) for one in self._all()), mood, title)

    def plays(self, playlist: str) -> bool:
        """Whether it is playing."""
        return playlist in self.sounding()

    def sounds(self, place: str, title: str) -> tuple[str, ...]:
        """The playlist that is called like the place, unless it is the mood's as well."""
        found = self.playlist(place, title)
        return (found,) if found and found != self._last else ()

    def sounding(self) -> frozenset[str]:
        """Every playlist that plays."""
        return frozenset(str(one["id"]) for one in self._all() if one["playing"])

    def begin(self, sound: str) -> None:
        """Play it beside the others."""
        self._told("/playlist/play", sound)

    def cease(self, sound: str) -> None:
        """Stop it, unless it has become the mood's."""
        if sound != self._last:
            self._told("/playlist/stop", sound)

    def play(self, playlist: str) -> None:
        """Play it, and stop the one before: Foundry plays any number at once."""
        before, self._last = self._last, playlist
        if before and before != playlist:
            self._told("/playlist/stop", before)
        self._told("/playlist/play", playlist)

    def pause(self) -> None:
        """Foundry knows no pause for a playlist: it stops."""
        if self._last:
            self._told("/playlist/stop", self._last)

    def resume(self) -> None:
        """Begin it again."""
        if self._last:
            self._told("/playlist/play", self._last)

    def next(self) -> None:
        """The next track of it."""
        if self._last:
            self._told("/playlist/next", self._last)

    def look(self) -> None:
        """See whether the relay answers, and which worlds it has."""
        self._world = None
        self.world()

    def close(self) -> None:
        """Nothing is held."""

    def _all(self) -> Any:
        return self._asked("GET", self._path("/playlists"))["data"]["playlists"]

    def _told(self, path: str, playlist: str) -> None:
        self._asked("POST", self._path(path), {"playlistId": playlist})

    def _path(self, path: str) -> str:
        return f"{path}?clientId={quote(self.world(), safe='')}"

    def _asked(self, verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
        try:
            return asked(self.address, verb, path, body, self.headers)
        except StatusError as error:
            self._world = None
            if error.status in (401, 403):
                raise RefusedError(
                    f"{self.called} refuses the key: give one with the scopes playlist:control and "
                    "events:subscribe, in DNDMOOD_FOUNDRY_KEY or as foundry:KEY@HOST."
                ) from error
            raise

    def _chosen(self, clients: Sequence[dict[str, Any]]) -> str:
        online = [one for one in clients if one.get("isOnline", True)]
        wanted = self.address.path.casefold()
        keys = ("clientId", "worldId", "worldTitle", "customName")
        if wanted:
            online = [
                one
                for one in online
                if wanted in (str(one.get(key, "")).casefold() for key in keys)
            ]
        if not online:
            raise ConnectionError(f"no world {self.address.path}".rstrip() + " is open there")
        if len(online) > 1:
            names = ", ".join(str(one.get("worldTitle", one["clientId"])) for one in online)
            raise RefusedError(
                f"{self.called} has several worlds ({names}): name one behind the address, as "
                "foundry:HOST/WORLD."
            )
        return str(online[0]["clientId"])


class Combats:
    """Hears of combats on a thread of its own; a stream that breaks off is taken up again."""

    def __init__(self, relay: Relay, report: Report) -> None:
        self._relay, self._report = relay, report
        self._leave = Flag()
        self._connection: HTTPConnection | None = None
        self._thread: Thread | None = None

    def listen(self) -> None:
        """Listen from now on; again is no matter."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="foundry's combats", daemon=True)
            self._thread.start()

    def leave(self) -> None:
        """Do not listen any more."""
        self._leave.set()
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(2)

    def _run(self) -> None:
        tries = 0
        while not self._leave.is_set():
            began_s = time.monotonic()
            with suppress(Exception):  # that the relay is away is told by who plays
                self._hear()
            held = time.monotonic() - began_s >= _LEAST_S
            tries = 0 if held else min(tries + 1, len(_AGAIN_S) - 1)
            self._leave.wait(_AGAIN_S[tries])

    def _hear(self) -> None:
        relay = self._relay
        path = f"/encounters/subscribe?clientId={quote(relay.world(), safe='')}"
        self._connection = connected(relay.address, _SILENT_S)
        try:
            self._connection.request(
                "GET", path, headers={**relay.headers, "Accept": "text/event-stream"}
            )
            with closing(self._connection.getresponse()) as stream:
                if stream.status != 200:  # noqa: PLR2004 - HTTP's word for success
                    return
                while not self._leave.is_set() and (line := stream.readline(_LONGEST_LINE)):
                    if line.startswith(b"data:") and starts_combat(line[5:]):
                        self._report(_COMBAT)
        finally:
            self._connection.close()


def starts_combat(data: bytes) -> bool:
    """Whether this event of the relay says that a combat has started.

    >>> starts_combat(b'{"type": "combat-event", "data": {"eventType": "start", "round": 0}}')
    True
    >>> starts_combat(b'{"type": "combat-event", "data": {"eventType": "turn"}}')
    False
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return False
    while isinstance(found, dict):  # the relay wraps what the module said once or twice
        if "eventType" in found:
            return bool(found["eventType"] == "start")
        found = found.get("data")
    return False
