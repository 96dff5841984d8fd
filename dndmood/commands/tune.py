"""`dndmood tune`."""

from __future__ import annotations

from typing import Annotated

import typer

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import Profile
from dndmood.printable import printable


def tune(
    *,
    profile: Profile = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take the last correction back.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Forget all corrections.")] = False,
) -> None:
    """Say in plain words what your corrections have taught."""
    from dndmood import table

    settings = _options.settings(profile=profile)
    if undo:
        console.write(table.take_back(settings, say=console.say))
    elif forget:
        console.write(table.forget(settings))
    else:
        console.write("\n".join(map(printable, table.tune(settings, say=console.say))))
