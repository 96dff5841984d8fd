"""`dndmood privacy`, and how it asks."""

from __future__ import annotations

from typing import Annotated

import typer

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import AsJson
from dndmood.errors import UserError


def privacy(
    *,
    erase: Annotated[bool, typer.Option("--erase", help="Delete it, after asking.")] = False,
    settings: Annotated[bool, typer.Option("--settings", help="Your settings, too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what is kept on this computer, and erase it."""
    from dndmood import privacy

    ask = (lambda _: "erase") if yes else _ask
    try:
        chosen = _options.settings()
    except UserError as error:
        console.say(str(error))
        chosen = None
    if erase:
        console.write("\n".join(privacy.erase(chosen, with_settings=settings, ask=ask)))
        return
    every = privacy.listed(privacy.places(chosen))
    console.write(privacy.as_json(every) if as_json else "\n".join(privacy.described(every)))


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        return ""
