"""`python -m dndmood_train COMMAND`: the training house without the rest of the program."""

import importlib
import sys
from collections.abc import Sequence

from dndmood.errors import UserError

COMMANDS = {
    "corpora": "list what corpora lie where",
    "committee": "fit heads that make a teacher of published networks",
    "label": "run teachers over corpora and keep their answers",
    "evaluate": "say what a finished model is worth",
    "train-distill": "corpora and a teacher to a finished model",
}
"""Every command and what it does; each is a module of that name in `commands`, with a `main(argv)`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; what a person can fix is said in one line, with exit code 2."""
    given = list(sys.argv[1:] if argv is None else argv)
    if not given or given[0] not in COMMANDS:
        for name, about in COMMANDS.items():
            print(f"{name:15} {about}")
        return 0 if given in (["--help"], ["-h"]) else 2
    module = given[0].replace("-", "_")
    command = importlib.import_module(f"dndmood_train.commands.{module}")
    try:
        return int(command.main(given[1:]))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
