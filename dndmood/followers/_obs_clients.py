"""OBS' two connections, with sockets that are let go whatever goes wrong; imported only with the library.

obsws-python closes no connection whose greeting makes no sense or whose password is wrong, so the
connection is made here, where it is known.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from obsws_python.baseclient import ObsClient
from obsws_python.callback import Callback
from obsws_python.events import EventClient
from obsws_python.reqs import ReqClient
from obsws_python.subs import Subs

_log = logging.getLogger("obsws_python")


class Requests(ReqClient):  # type: ignore[misc] # the library has no types
    """What OBS is asked; raises whatever goes wrong on the way to it."""

    def __init__(self, **how: Any) -> None:
        # Not the library's own beginning, which would make a connection that nobody closes.
        self.logger, self.base_client = _log, _Connection(**how)


class Scenes(EventClient):  # type: ignore[misc]
    """Gives `heard` the name of each scene that OBS goes to, on a thread of the library's."""

    def __init__(self, heard: Callable[[str], None], **how: Any) -> None:
        def on_current_program_scene_changed(data: Any) -> None:
            heard(str(data.scene_name))

        self.logger, self.base_client = _log, _Connection(**how, subs=Subs.SCENES)
        self.callback = Callback()
        self.callback.register(
            on_current_program_scene_changed
        )  # by its name it knows for what
        self.subscribe()


class _Connection(ObsClient):  # type: ignore[misc]
    """A connection that has been let in, or none."""

    def __init__(self, **how: Any) -> None:
        try:
            super().__init__(**how)
            self.authenticate()
        except BaseException:
            with suppress(Exception):
                self.ws.shutdown()
            raise
