"""`dndmood corpora`: which corpora lie where, and what is in them."""

from pathlib import Path
from typing import Annotated

import typer

from dndmood_train.commands._options import for_people

Folders = Annotated[list[Path] | None, typer.Argument(help="Where to look; none lists all.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@for_people
def corpora(folders: Folders = None, *, as_json: AsJson = False) -> None:
    """List the speech to learn from."""
    from dndmood_train.commands._corpora_view import show

    show(folders or (), as_json=as_json)
