"""What each place sounds like this evening: what comes along, and the user's own before it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from dndmood import paths
from dndmood.ambience import Sounds, Wish, by_place
from dndmood.errors import UserError
from dndmood.file_names import at_home, printable
from dndmood.music.reading import Asked
from dndmood.settings import Settings

_ANSWER_S = 5.0
"""A drive that has not answered by then hangs."""
_MOST_SAID = 4


def of_places(
    settings: Settings,
    say: Callable[[str], None],
    *,
    wishes: Mapping[str, Wish] | None = None,
    missing_ok: bool = False,
) -> dict[str, Sounds]:
    """What each place sounds like; nothing where the ambience was turned off.

    `wishes` are what places ask for by their names. `say` is given what is left out, and that a
    folder of the user's own does not answer. Raises `UserError` when there is no such folder; with
    `missing_ok` that is said as well.
    """
    if not settings.surround:
        return {}
    along = paths.data("playlists") / "ambience"
    if not settings.ambience:
        return by_place(along, wishes=wishes, say=say)
    said: list[str] = []

    def looked() -> dict[str, Sounds]:
        own = Path(os.path.abspath(_folder(settings.ambience)))  # noqa: PTH100 - as people see it
        return by_place(along, own, wishes=wishes, say=said.append)

    try:
        found = Asked(looked).answer(_ANSWER_S)
    except TimeoutError:
        name = printable(settings.ambience)
        say(f"The ambience folder {name} does not answer: what comes along is heard.")
        return by_place(along, wishes=wishes, say=say)
    except UserError:
        if not missing_ok:
            raise
        say(
            f"The ambience folder {printable(settings.ambience)} is not there: what comes along is "
            "heard. Plug its drive in before you start, or check 'ambience' in your settings."
        )
        return by_place(along, wishes=wishes, say=say)
    for sentence in said[:_MOST_SAID]:
        say(sentence)
    if len(said) > _MOST_SAID:
        say(f"And {len(said) - _MOST_SAID} more about the ambience.")
    return found


def _folder(name: str) -> Path:
    path = at_home(name)
    if not os.path.isdir(path):  # noqa: PTH112 - never raises, however long the name is
        raise UserError(f"There is no ambience folder {printable(path)}: check the name.")
    return path
