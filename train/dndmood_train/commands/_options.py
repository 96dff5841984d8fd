"""What the training commands have in common: options, several values in a row, errors.

Nothing heavy is imported here or at the top of a command, so that help comes at once.
"""

import functools
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Annotated, ParamSpec

import typer
from typer.core import TyperCommand

from dndmood.errors import UserError

SEVERAL = "FOLDER..."
"""How help writes an option that takes several folders."""

Corpora = Annotated[
    list[Path], typer.Option(metavar=SEVERAL, help="Folders that hold corpora.")
]
Teacher = Annotated[str, typer.Option(help="A name, a hub name or a folder.")]
Device = Annotated[str, typer.Option(help="Where to compute: auto, cpu, cuda or mps.")]
Batch = Annotated[int, typer.Option(help="Clips that the teacher hears at once.")]
Processes = Annotated[int, typer.Option(help="Processes that ask the teacher side by side.")]

Given = ParamSpec("Given")


class Several(TyperCommand):
    """A command whose repeated options take several values in a row, as in `--noise A B`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """`--noise A B` is read as `--noise A --noise B`."""
        repeated = {
            name
            for option in self.params
            if getattr(option, "multiple", False)
            for name in option.opts
        }
        return super().parse_args(ctx, spelt_out(args, repeated))


def spelt_out(words: Sequence[str], repeated: Collection[str]) -> list[str]:
    """The same words, with the option before every value of `repeated` options.

    >>> spelt_out(["--noise", "a", "b", "--batch", "2"], {"--noise"})
    ['--noise', 'a', '--noise', 'b', '--batch', '2']
    """
    found: list[str] = []
    option, values = "", 0
    for word in words:
        if word.startswith("-"):
            option, values = word, 0
        else:
            values += 1
            if option in repeated and values > 1:
                found.append(option)
        found.append(word)
    return found


def for_people(command: Callable[Given, None]) -> Callable[Given, None]:
    """`command`, whose `UserError`s are said in one sentence, with exit code 2.

    A library that is missing is a `UserError` that the program around the command says.
    """

    @functools.wraps(command)
    def run(*given: Given.args, **named: Given.kwargs) -> None:
        try:
            command(*given, **named)
        except UserError as error:
            print(error, file=sys.stderr)
            raise typer.Exit(2) from error
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("dndmood"):
                raise
            raise UserError(
                f"This command needs {error.name}: install it with pip install 'dndmood[train]'."
            ) from error

    return run
