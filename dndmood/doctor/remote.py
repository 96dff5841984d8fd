"""What is served to phones and other programs: whether the port is free."""

from collections.abc import Iterator

from dndmood import controls
from dndmood.doctor._finding import Finding, ok, wrong
from dndmood.errors import UserError
from dndmood.settings import Settings

ORDER = 116
STUCK = "Leave out --remote and --kenku, and look at the computer's network."


def check(settings: Settings) -> Iterator[Finding]:
    """The page for phones and Kenku's remote, where they are asked for."""
    if not (settings.remote or settings.kenku):
        yield ok("Nothing is served to phones or other programs.")
        return
    try:
        controls.try_to_serve(settings)
    except UserError as error:
        yield wrong(str(error))
        return
    what = [
        name
        for name, asked in (
            ("The page for phones", settings.remote),
            ("Kenku's remote", settings.kenku),
        )
        if asked
    ]
    for name in what:
        yield ok(f"{name} can be served: its port is free.")
