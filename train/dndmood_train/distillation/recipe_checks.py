"""Whether a recipe can be taught with what there is, asked before anything takes time."""

from collections.abc import Sequence
from itertools import pairwise

from dndmood.errors import UserError
from dndmood_train.corpora import Corpus
from dndmood_train.distillation import head_lesson
from dndmood_train.distillation.recipe import Recipe
from dndmood_train.students import Network


def left_out(recipe: Recipe, found: Sequence[Corpus]) -> None:
    """Raise `UserError` when a corpus to leave out is not among those `found`."""
    names = {corpus.name for corpus in found}
    if strange := sorted(set(recipe.leave_out) - names):
        raise UserError(
            f"The recipe {recipe.name} leaves out {', '.join(strange)}, which is not among the "
            f"corpora found: {', '.join(sorted(names))}."
        )


def lessons(recipe: Recipe, begun: Network | None) -> None:
    """Raise `UserError` when a lesson wants what is not there.

    `begun` is the student with published weights, where `--start` gave some.
    """
    if recipe.lesson.passes or recipe.lesson.halfway:
        raise UserError(
            f"The recipe {recipe.name} says passes or halfway of its first lesson, before which "
            "there is nothing: they belong under [encore]."
        )
    for lesson in recipe.lessons.values():
        head_lesson.check(lesson, recipe.name)
    for before, after in pairwise(recipe.lessons.values()):
        if before.members > 1 and not after.passes:
            raise UserError(
                f"The recipe {recipe.name} teaches several heads (members), and then the whole "
                "network, which has room for one: let the lesson with members be the last."
            )
    if begun is None and any(lesson.halfway for lesson in recipe.lessons.values()):
        raise UserError(
            f"The recipe {recipe.name} goes halfway back to published weights: say with --start "
            "in which folder they lie."
        )
