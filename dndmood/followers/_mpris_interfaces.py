"""MPRIS' three interfaces as dbus-fast wants them; imported only where that is there.

Names, types and meaning are those of the specification (specifications.freedesktop.org/mpris, 2.2).
"""

# ruff: noqa: N802 - the methods have the names of the specification

from collections.abc import Sequence
from typing import Annotated, Any

from dbus_fast import NameFlag, PropertyAccess, RequestNameReply, Variant
from dbus_fast.annotations import (
    DBusBool,
    DBusDict,
    DBusDouble,
    DBusInt64,
    DBusObjectPath,
    DBusSignature,
    DBusStr,
    DBusUInt32,
)
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from dndmood.bounds import clamp
from dndmood.events import LOUDEST_DB, SOFTEST_DB, Command
from dndmood.followers import Report
from dndmood.followers._now import Now
from dndmood.mood_places import Place

_NAME = "org.mpris.MediaPlayer2.dndmood"
_PATH = "/org/dndmood"
_READ = PropertyAccess.READ

Strings = Annotated[list[str], DBusSignature("as")]
Playlists = Annotated[list[Any], DBusSignature("a(oss)")]
Active = Annotated[list[Any], DBusSignature("(b(oss))")]


async def named(bus: Any) -> None:
    """Take the name that desktops look for; with a number where another dndmood has it."""
    reply = await bus.request_name(_NAME, NameFlag.DO_NOT_QUEUE)
    if reply not in (RequestNameReply.PRIMARY_OWNER, RequestNameReply.ALREADY_OWNER):
        import os

        await bus.request_name(f"{_NAME}.instance{os.getpid()}", NameFlag.DO_NOT_QUEUE)


def all_of(places: Sequence[Place], report: Report) -> tuple[Any, ...]:
    """The interfaces of one player."""
    return Root(), Player(report), Moods(places, report)


class Root(ServiceInterface):
    """Who we are."""

    def __init__(self) -> None:
        super().__init__("org.mpris.MediaPlayer2")

    def show(self, now: Now) -> None:
        """Nothing of it changes."""

    @dbus_method()
    def Raise(self) -> None:
        """Nothing comes forward."""

    @dbus_method()
    def Quit(self) -> None:
        """The evening is not ended from elsewhere."""

    @dbus_property(access=_READ)
    def CanQuit(self) -> DBusBool:
        return False

    @dbus_property(access=_READ)
    def CanRaise(self) -> DBusBool:
        return False

    @dbus_property(access=_READ)
    def HasTrackList(self) -> DBusBool:
        return False

    @dbus_property(access=_READ)
    def Identity(self) -> DBusStr:
        return "dndmood"

    @dbus_property(access=_READ)
    def SupportedUriSchemes(self) -> Strings:
        return []

    @dbus_property(access=_READ)
    def SupportedMimeTypes(self) -> Strings:
        return []


class Player(ServiceInterface):
    """What plays, and the keys that steer it."""

    def __init__(self, report: Report) -> None:
        super().__init__("org.mpris.MediaPlayer2.Player")
        self._report = report
        self._now = Now()
        self._tracks = 0

    def show(self, now: Now) -> None:
        """Show `now`, and tell who looks on."""
        before, self._now = self._now, now
        changed: dict[str, Any] = {}
        if (before.track, before.mood, before.place) != (now.track, now.mood, now.place):
            self._tracks += 1
            changed["Metadata"] = self._metadata()
        if (before.silent, before.track) != (now.silent, now.track):
            changed["PlaybackStatus"] = self._status()
        if before.volume_db != now.volume_db:
            changed["Volume"] = self._volume()
        if changed:
            self.emit_properties_changed(changed)

    @dbus_method()
    def Next(self) -> None:
        self._report(Command("skip"))

    @dbus_method()
    def Previous(self) -> None:
        self._report(Command("undo"))

    @dbus_method()
    def PlayPause(self) -> None:
        self._report(Command("silence"))

    @dbus_method()
    def Pause(self) -> None:
        self._silence(wanted=True)

    @dbus_method()
    def Stop(self) -> None:
        self._silence(wanted=True)

    @dbus_method()
    def Play(self) -> None:
        self._silence(wanted=False)

    @dbus_method()
    def Seek(self, offset: DBusInt64) -> None:
        """Tracks are not wound."""

    @dbus_method()
    def SetPosition(self, track: DBusObjectPath, position: DBusInt64) -> None:
        """Tracks are not wound."""

    @dbus_method()
    def OpenUri(self, uri: DBusStr) -> None:
        """Nothing that comes from elsewhere names a file."""

    @dbus_signal()
    def Seeked(self, position: DBusInt64) -> DBusInt64:
        return position

    @dbus_property(access=_READ)
    def PlaybackStatus(self) -> DBusStr:
        return self._status()

    @dbus_property(access=_READ)
    def Metadata(self) -> DBusDict:
        return self._metadata()

    @dbus_property()
    def Volume(self) -> DBusDouble:
        return self._volume()

    @Volume.setter  # type: ignore[no-redef]  # a setter has its property's name
    def Volume(self, volume: DBusDouble) -> None:
        from dndmood.followers.mpris import decibels

        wanted_db = clamp(decibels(volume), SOFTEST_DB, LOUDEST_DB)
        self._report(Command("volume", change_db=wanted_db - self._now.volume_db))

    @dbus_property(access=_READ)
    def Rate(self) -> DBusDouble:
        return 1.0

    @dbus_property(access=_READ)
    def MinimumRate(self) -> DBusDouble:
        return 1.0

    @dbus_property(access=_READ)
    def MaximumRate(self) -> DBusDouble:
        return 1.0

    @dbus_property(access=_READ)
    def Position(self) -> DBusInt64:
        return 0

    @dbus_property(access=_READ)
    def CanGoNext(self) -> DBusBool:
        return True

    @dbus_property(access=_READ)
    def CanGoPrevious(self) -> DBusBool:
        return True

    @dbus_property(access=_READ)
    def CanPlay(self) -> DBusBool:
        return True

    @dbus_property(access=_READ)
    def CanPause(self) -> DBusBool:
        return True

    @dbus_property(access=_READ)
    def CanSeek(self) -> DBusBool:
        return False

    @dbus_property(access=_READ)
    def CanControl(self) -> DBusBool:
        return True

    def _silence(self, *, wanted: bool) -> None:
        if self._now.silent != wanted:
            self._report(Command("silence"))

    def _status(self) -> str:
        if self._now.silent:
            return "Paused"
        return "Playing" if self._now.track else "Stopped"

    def _metadata(self) -> dict[str, Any]:
        now = self._now
        return {
            "mpris:trackid": Variant("o", f"{_PATH}/track/{self._tracks}"),
            "xesam:title": Variant("s", _text(now.track or now.title)),
            "xesam:artist": Variant("as", [_text(now.title)]),
            "xesam:album": Variant("s", _text(now.place_title or "dndmood")),
        }

    def _volume(self) -> float:
        return float(10.0 ** (self._now.volume_db / 20.0))


class Moods(ServiceInterface):
    """Each mood as a playlist."""

    def __init__(self, places: Sequence[Place], report: Report) -> None:
        super().__init__("org.mpris.MediaPlayer2.Playlists")
        self._places, self._report = tuple(places), report
        self._now = Now()

    def show(self, now: Now) -> None:
        """Show which mood it is."""
        before, self._now = self._now, now
        if before.mood != now.mood:
            self.emit_properties_changed({"ActivePlaylist": self._active()})

    @dbus_method()
    def ActivatePlaylist(self, playlist: DBusObjectPath) -> None:
        for number, place in enumerate(self._places):
            if playlist == _path(number):
                self._report(Command("force", place.name))

    @dbus_method()
    def GetPlaylists(
        self, index: DBusUInt32, most: DBusUInt32, order: DBusStr, backwards: DBusBool
    ) -> Playlists:
        every = [[_path(n), _text(p.title), ""] for n, p in enumerate(self._places)]
        if order == "Alphabetical":
            every.sort(key=lambda one: one[1].casefold())
        every = every[::-1] if backwards else every
        return every[index : index + most]

    @dbus_property(access=_READ)
    def PlaylistCount(self) -> DBusUInt32:
        return len(self._places)

    @dbus_property(access=_READ)
    def Orderings(self) -> Strings:
        return ["UserDefined", "Alphabetical"]

    @dbus_property(access=_READ)
    def ActivePlaylist(self) -> Active:
        return self._active()

    def _active(self) -> list[Any]:
        for number, place in enumerate(self._places):
            if place.name == self._now.mood:
                return [True, [_path(number), _text(place.title), ""]]
        return [False, ["/", "", ""]]


def _path(number: int) -> str:
    return f"{_PATH}/mood/{number}"


def _text(text: str) -> str:
    """`text` as D-Bus takes it: without zeros and halves of signs, for which it ends the talk."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
