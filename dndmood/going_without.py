"""What settings name and is not there: the evening begins without it, and the screen says so.

What was typed with the command is meant to be there, and an error; a settings file holds for many
evenings, and what it names may be switched off or lie in a drawer.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dndmood.errors import UserError
from dndmood.events import Problem


@contextmanager
def going_without(put: Callable[[Problem], None], about: str, *, typed: bool) -> Iterator[None]:
    """Make of the block's `UserError` a problem about `about` that stands; not when it was `typed`."""
    try:
        yield
    except UserError as error:
        if typed:
            raise
        put(Problem(0.0, f"{error} The evening goes on without it.", about=about))
