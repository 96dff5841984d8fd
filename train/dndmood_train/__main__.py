"""`python -m dndmood_train COMMAND`: the training house without the rest of the program."""

import sys
from collections.abc import Sequence

import typer

from dndmood.errors import UserError
from dndmood_train.commands import app


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; what a person can fix is said in one line.

    Without a command, or with one that does not exist, every command is listed.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    known = typer.main.get_group(app).commands
    strange = bool(given) and not given[0].startswith("-") and given[0] not in known
    try:
        app(["--help"] if strange else given, prog_name="python -m dndmood_train")
    except SystemExit as end:
        return 2 if strange else int(end.code or 0)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
