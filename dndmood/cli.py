"""The command line: what is printed when a command fails, and the list of all commands."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from dndmood import console
from dndmood.commands import COMMANDS, _options
from dndmood.errors import UserError
from dndmood.printable import printable
from dndmood_train.commands import public as training

app = typer.Typer(
    name="dndmood",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; an error for people is one sentence, and Ctrl-C is no error."""
    console.prepare()
    stdout = sys.stdout
    code: int | str | None = 0
    try:
        app()
    except UserError as error:
        code = _print_error(error)
    except KeyboardInterrupt:
        code = 130
    except console.ReaderGone:
        pass
    except OSError as error:
        if not console.is_full(error):
            raise
        code = _print_error(console.unwritten(error))
    except SystemExit as end:
        # typer puts another stream in the place of one that nobody reads, and calls that a failure.
        code = 0 if sys.stdout is not stdout and end.code == 1 else end.code
    lost = _lost(tell=not code)
    sys.exit(code or lost)


def _lost(*, tell: bool = True) -> bool:
    """Whether what waits to be printed cannot be written, which nobody reads any more aside."""
    try:
        console.flush()
    except console.ReaderGone:
        return False
    except UserError as error:
        if tell:
            _print_error(error)
        return True
    return False


def _print_error(error: UserError) -> int:
    console.say(f"dndmood: {printable(str(error))}")
    return 1


@app.callback()
def greet(context: typer.Context) -> None:
    """Hears the tone of voice at your table and lets the music follow."""
    # Evaluated is what listens, unless --model says otherwise.
    context.default_map = {"evaluate": {"model": _model_folder}}
    if context.invoked_subcommand is None:
        from dndmood.status import greeting

        console.write("\n".join(greeting(_options.settings())))


for command in COMMANDS:
    app.command()(command)
# Light: what trains or measures is imported when one of these commands is run.
app.add_typer(training)


def _model_folder() -> Path:
    from dndmood import assembly

    return assembly.model_folder(_options.settings())
