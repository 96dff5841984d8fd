"""The command line: what is printed when a command fails, and the list of all commands."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dndmood import console
from dndmood.commands import COMMANDS, GROUPS, _options
from dndmood.errors import UserError
from dndmood.printable import printable
from dndmood_train.commands import public as training

app = typer.Typer(
    name="dndmood",
    cls=_options.Group,
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
    except ImportError as error:
        # Ctrl-C in the middle of an import is reported by some libraries as one that failed.
        if not isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            raise
        code = 130
    _leave(code or int(_lost(tell=not code)))


def _leave(code: int | str) -> NoReturn:
    """End the program, also when a sound device hangs: its library would wait for it for ever."""
    # Asked of what is loaded: a command that met neither devices nor threads has nothing to wait for.
    devices, threads = (
        sys.modules.get(f"dndmood.{name}") for name in ("sound_devices", "threads")
    )
    if (devices and devices.hangs()) or (threads and threads.hanging()):
        logging.shutdown()
        os._exit(int(code) if isinstance(code, int) else 1)
    sys.exit(code)


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


def _say_version(asked: bool) -> None:  # noqa: FBT001 - typer passes it so
    if asked:
        from importlib import metadata

        console.write(f"dndmood {metadata.version('dndmood')}")
        raise typer.Exit


@app.callback()
def greet(
    context: typer.Context,
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Say which it is."
        ),
    ] = False,
) -> None:
    """Hears the tone of voice at your table and lets the music follow."""
    # Evaluated is what listens, unless --model says otherwise.
    context.default_map = {"evaluate": {"model": _model_folder}}
    if context.invoked_subcommand is None:
        from dndmood.status import greeting

        console.write("\n".join(greeting(_options.settings())))


for command in COMMANDS:
    app.command(cls=_options.Command)(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)
# Light: what trains or measures is imported when one of these commands is run.
app.add_typer(training)


def _model_folder() -> Path:
    from dndmood import assembly

    return assembly.model_folder(_options.settings())
