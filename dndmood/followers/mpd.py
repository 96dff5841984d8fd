"""MPD plays the stored playlist, or the folder of its collection, that is called like the mood.

Asked for as `--tell mpd` (`MPD_HOST` and `MPD_PORT`, else this computer), `mpd:HOST:PORT`,
`mpd:PASSWORD@HOST`, or `mpd:/run/mpd/socket`. It is set to repeat, so that the music does not end.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from posixpath import basename
from typing import Any

from dndmood.errors import UserError
from dndmood.followers import Follower, Report
from dndmood.followers._address import Address, parsed
from dndmood.followers._following import RefusedError
from dndmood.followers._http import ANSWER_S
from dndmood.followers._now import Now
from dndmood.followers._playlists import PlaylistFollower, named
from dndmood.mood_places import Place

MISSING = "To tell MPD, one more library is needed: pip install 'dndmood[followers]'."
_PORT = 6600
_FOLDER = "folder "
"""Before the name of a folder, as that of a playlist may be the same."""
_ERROR = re.compile(r"\[(?P<code>\d+)@\d+\] \{\w*\} (?P<text>.*)")
_NOT_ALLOWED = ("3", "4")
"""MPD's words for a wrong password and for what nobody may do without one (its protocol, ACK)."""


@contextmanager
def opened(argument: str, _places: Sequence[Place], _report: Report) -> Iterator[Follower]:
    """MPD at `argument`; raises `UserError` without its library."""
    try:
        from mpd import MPDClient
    except ImportError as error:
        raise UserError(MISSING) from error
    yield Allowed(Mpd(MPDClient, _address(argument)))


def _address(argument: str) -> Address:
    if not argument:
        argument = os.environ.get("MPD_HOST", "")
        port = os.environ.get("MPD_PORT", "")
        if port and not argument.startswith(("/", "@", "~")):
            argument = f"{argument or 'localhost'}:{port}"
    if argument.startswith(("/", "@", "~")):
        return Address(os.path.expanduser(argument), 0)  # noqa: PTH111 - `@` is no path
    return parsed(argument, "mpd", port=_PORT)


class Allowed(PlaylistFollower):
    """Tells what a password would mend from what is away."""

    def follow(self, now: Now, *, afresh: bool) -> None:
        """As `PlaylistFollower`; raises `RefusedError` where MPD lets nobody do that."""
        with self._told():
            super().follow(now, afresh=afresh)

    def look(self) -> None:
        """See whether it is still there."""
        with self._told():
            super().look()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            found = _ERROR.match(str(error))
            if found is None or found["code"] not in _NOT_ALLOWED:
                raise
            raise RefusedError(
                f"{self.called} refuses ({found['text']}): give a password that may control it, as "
                "--tell mpd:PASSWORD@HOST."
            ) from error


class Mpd:
    """MPD's playlists and folders."""

    remedy = "start it, or name its host"

    def __init__(self, make: Any, address: Address) -> None:
        self.called = f"MPD at {address.place if address.port else address.host}"
        self._make, self._address = make, address
        self._client: Any = None

    def playlist(self, mood: str, title: str) -> str | None:
        client = self._connected()
        stored = [str(one["playlist"]) for one in client.listplaylists()]
        if found := named(((name, name) for name in stored), mood, title):
            return found
        folders = [str(one["directory"]) for one in client.lsinfo("") if "directory" in one]
        found = named(((basename(name), name) for name in folders), mood, title)
        return f"{_FOLDER}{found}" if found else None

    def plays(self, playlist: str) -> bool:  # noqa: ARG002 - what is queued is what was queued last
        return bool(self._connected().status().get("state") == "play")

    def play(self, playlist: str) -> None:
        client = self._connected()
        client.clear()
        if playlist.startswith(_FOLDER):
            client.add(playlist.removeprefix(_FOLDER))
        else:
            client.load(playlist)
        client.repeat(1)
        client.play()
        if client.status().get("playlistlength") == "0":
            name = playlist.removeprefix(_FOLDER)
            raise RefusedError(
                f"{self.called} has nothing to play in {name}: see whether its files are still there."
            )

    def pause(self) -> None:
        self._connected().pause(1)

    def resume(self) -> None:
        self._connected().pause(0)

    def next(self) -> None:
        self._connected().next()

    def look(self) -> None:
        """A connection that nobody uses for a minute is closed by MPD, so this also holds it."""
        try:
            self._connected().ping()
        except Exception:
            self._forget()
            raise

    def close(self) -> None:
        self._forget()

    def _connected(self) -> Any:
        if self._client is not None:
            try:
                self._client.ping()
            except Exception:  # noqa: BLE001 - it may be a new MPD behind the same address
                self._forget()
            else:
                return self._client
        client = self._make()
        client.timeout = ANSWER_S
        client.connect(self._address.host, self._address.port or None)
        if self._address.password:
            client.password(self._address.password)
        self._client = client
        return client

    def _forget(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                client.disconnect()
