"""`dndmood report`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dndmood import console
from dndmood.commands import _options
from dndmood.errors import UserError
from dndmood.printable import printable


def report(
    journals: Annotated[list[Path] | None, typer.Argument(help="Journals of evenings.")] = None,
    *,
    last: Annotated[bool, typer.Option("--last", help="The newest evening.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown, not a page.")] = False,
    png: Annotated[bool, typer.Option("--png", help="A picture, not a page.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Where to write it; - for standard output.")
    ] = None,
) -> None:
    """Tell the story of an evening or a campaign."""
    from dndmood import report_files

    files = list(journals or [])
    if last or not files:
        files.append(report_files.newest())
    form = "png" if png else "md" if markdown else _form_of(out)
    if out == Path("-"):  # as everywhere: what follows in the pipe gets it
        if png and console.is_terminal(sys.stdout):
            raise UserError(
                "A picture is no text for a terminal: name a file with --out, as in --out evening.png."
            )
        content = report_files.rendered(_options.settings(), files, form=form, say=console.say)
        sys.stdout.buffer.write(content)
        return
    written = report_files.report(
        _options.settings(), files, form=form, out=out, say=console.say
    )
    console.write(printable(str(written)))


def _form_of(out: Path | None) -> str:
    """What the name of the file asks for; a page where it says nothing."""
    form = out.suffix.lower().lstrip(".") if out else ""
    return form if form in ("png", "md") else "html"
