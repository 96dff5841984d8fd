"""`python -m dndmood` is the same as the command `dndmood`."""

from dndmood.cli import main

main()
