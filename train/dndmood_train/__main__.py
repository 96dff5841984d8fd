"""`python -m dndmood_train COMMAND`: the training house without the rest of the program."""

import sys
from collections.abc import Sequence

from dndmood.errors import UserError
from dndmood_train.commands import app


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; what a person can fix is said in one line."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        app(given, prog_name="python -m dndmood_train")
    except SystemExit as end:
        return int(end.code or 0)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
