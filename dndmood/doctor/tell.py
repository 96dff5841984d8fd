"""Programs that shall follow the evening: whether they are known and can be told."""

from collections.abc import Iterator

from dndmood.doctor._finding import Finding, ok, wrong
from dndmood.errors import UserError
from dndmood.followers import open_follower
from dndmood.settings import Settings

ORDER = 114
STUCK = "Leave out --tell, or tell in settings.toml, and look at that program."


def check(settings: Settings) -> Iterator[Finding]:
    """Each of them; whether one answers only shows in an evening, as it may be started later."""
    if not settings.tell:
        yield ok("No other program is told of the evening.")
    for told in settings.tell:
        name = told.partition(":")[0]
        try:
            with open_follower(told, (), lambda _: None):
                yield ok(f"Can be told of the evening: {name}.")
        except UserError as error:
            yield wrong(str(error))
