"""Which problems still stand: those that last, and that nothing has ended."""

from dndmood.events import Problem


def standing(before: tuple[Problem, ...], problem: Problem) -> tuple[Problem, ...]:
    """What stands after one more fact, oldest first; `before` is what stood.

    A problem takes the place of an earlier one about the same. One about nothing was over as
    soon as it had happened, and ends none.
    """
    if not problem.about:
        return before
    others = tuple(one for one in before if one.about != problem.about)
    return others if problem.solved else (*others, problem)
