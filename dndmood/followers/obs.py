"""OBS shows the mood, by what is called like it: a scene, filters, and a text.

Asked for as `--tell obs` or `obs:PASSWORD@HOST:PORT`; the password may stand in `OBS_PASSWORD`. With
each mood OBS goes to the scene that is called like it, of all filters that are called like moods
only this one's stay on, and a text source called "dndmood" says its title; each only where there is
one. Another text source called "dndmood place" says where the party is. A scene that somebody else
chose and that is called like a mood speaks for that mood.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from dndmood.errors import UserError
from dndmood.followers import Follower, Report
from dndmood.followers._address import Address, parsed
from dndmood.followers._following import RefusedError
from dndmood.followers._http import ANSWER_S
from dndmood.followers._now import Now
from dndmood.followers._playlists import named
from dndmood.mood_places import Place
from dndmood.scene import SceneCue

MISSING = "To tell OBS, one more library is needed: pip install 'dndmood[followers]'."
TEXT, PLACE_TEXT = "dndmood", "dndmood place"
"""What the text sources are called that say mood and place."""
_PORT = 4455


@contextmanager
def opened(argument: str, places: Sequence[Place], report: Report) -> Iterator[Follower]:
    """OBS at `argument`; raises `UserError` without its library."""
    try:
        import obsws_python  # noqa: F401 - it is seen whether it is there
    except ImportError as error:
        raise UserError(MISSING) from error
    from dndmood.followers import _obs_clients as clients

    # It writes a traceback for whatever goes wrong, which is said in a sentence here.
    logging.getLogger("obsws_python").setLevel(logging.CRITICAL + 1)
    yield Obs(clients, parsed(argument, "obs", port=_PORT), places, report)


class Obs:
    """OBS through its websocket."""

    remedy = "start OBS and switch on the WebSocket server in its tools, or give its password"

    def __init__(
        self, clients: Any, address: Address, places: Sequence[Place], report: Report
    ) -> None:
        self.called = f"OBS at {address.place}"
        self._clients, self._address = clients, address
        self._places, self._report = places, report
        self._requests: Any = None
        self._events: Any = None
        self._own_scene = ""  # that we chose last
        self._mood: str | None = None  # that is shown
        self._place: str | None = None

    def follow(self, now: Now, *, afresh: bool) -> None:
        """Show the mood; raises `RefusedError` where nothing in OBS is called like it."""
        if afresh:
            self._forget()
            self._mood = self._place = None
        obs = self._connected()
        if now.place != self._place:
            self._text(obs, PLACE_TEXT, now.place_title)
            self._place = now.place
        if now.mood == self._mood:  # whoever went to another scene meanwhile stays there
            return
        shown = [
            self._scene(obs, now),
            self._filters(obs, now),
            self._text(obs, TEXT, now.title),
        ]
        self._mood = now.mood
        if not any(shown):
            raise RefusedError(
                f"{self.called} has no scene and no filter called {now.title}, and no text source "
                f"called {TEXT}: name one so, and it follows when that mood comes again."
            )

    def look(self) -> None:
        """See whether it is still there, and hear of its scenes again if that broke off."""
        self._connected().get_version()
        if not self._events.worker.is_alive():
            raise ConnectionError("its events broke off")

    def hurry(self) -> None:
        """Nothing here waits for longer than an answer takes."""

    def end(self) -> None:
        """Let go; what is shown stays."""
        self._forget()

    def _scene(self, obs: Any, now: Now) -> bool:
        every = [str(one["sceneName"]) for one in obs.get_scene_list().scenes]
        found = named(((name, name) for name in every), now.mood, now.title)
        if found is None:
            return False
        self._own_scene = found
        obs.set_current_program_scene(found)
        return True

    def _filters(self, obs: Any, now: Now) -> bool:
        sources = [str(one["sceneName"]) for one in obs.get_scene_list().scenes]
        sources += [str(one["inputName"]) for one in obs.get_input_list().inputs]
        shown = False
        for source in sources:
            for one in obs.get_source_filter_list(source).filters:
                name = str(one["filterName"])
                if self._mood_called(name) is None:
                    continue
                wanted = named([(name, True)], now.mood, now.title) or False
                shown = shown or wanted
                if bool(one["filterEnabled"]) != wanted:
                    obs.set_source_filter_enabled(source, name, wanted)
        return shown

    def _text(self, obs: Any, called: str, text: str) -> bool:
        for one in obs.get_input_list().inputs:
            name = str(one["inputName"])
            if name.casefold() == called and str(one["inputKind"]).startswith("text_"):
                obs.set_input_settings(name, {"text": text}, overlay=True)
                return True
        return False

    def _mood_called(self, name: str) -> str | None:
        """The mood whose name or title that is."""
        for place in self._places:
            if named([(name, place.name)], place.name, place.title):
                return place.name
        return None

    def _heard(self, scene: str) -> None:
        """OBS went to `scene`: evidence, unless it was we who asked for it."""
        own, self._own_scene = self._own_scene, ""
        mood = self._mood_called(scene)
        if mood is not None and scene != own:
            self._report(SceneCue(0.0, "mood", mood, phrase="", witness="obs"))

    def _connected(self) -> Any:
        if self._requests is None:
            host = self._address.host
            how = {
                "host": f"[{host}]" if ":" in host else host,  # the library puts it into a URL
                "port": self._address.port,
                "password": self._address.password or os.environ.get("OBS_PASSWORD", ""),
                "timeout": ANSWER_S,
            }
            self._requests = self._clients.Requests(**how)
            self._events = self._clients.Scenes(self._heard, **how)
        return self._requests

    def _forget(self) -> None:
        requests, events, self._requests, self._events = (
            self._requests,
            self._events,
            None,
            None,
        )
        for client in (requests, events):
            if client is not None:
                with suppress(Exception):
                    client.disconnect()
