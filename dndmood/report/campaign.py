"""Many evenings as one row. Pure."""

from collections.abc import Iterable
from datetime import datetime

from dndmood.errors import UserError
from dndmood.report import story
from dndmood.report.lines import Fact
from dndmood.report.story import Evening


def gathered(
    journals: Iterable[tuple[str, Iterable[Fact]]],
) -> tuple[tuple[Evening, ...], tuple[str, ...]]:
    """The evenings in `journals` (file name, facts) by day, and why others were left out.

    Evenings whose name tells no day come last, in the order given. Raises the first journal's
    `UserError` when none of them has an evening in it.
    """
    evenings: list[Evening] = []
    errors: list[UserError] = []
    for name, facts in journals:
        try:
            evenings.append(story.evening(facts, name=name))
        except UserError as error:
            errors.append(error)
    if not evenings:
        raise (
            errors[0]
            if errors
            else UserError(
                "There is no journal yet: run `dndmood listen` for an evening first."
            )
        )
    evenings.sort(key=lambda evening: evening.began or datetime.max)  # noqa: DTZ901 - only compared
    return tuple(evenings), tuple(map(str, errors))
