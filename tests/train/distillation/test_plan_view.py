"""How long a training is said to take."""

from io import StringIO

import pytest
from rich.console import Console

from dndmood_train.distillation import plan_view
from dndmood_train.distillation.lesson import Lesson
from dndmood_train.distillation.plan import Plan
from dndmood_train.distillation.recipe import Recipe

PLANNED = Plan("toy", "any", "cpu", (), "0")


@pytest.fixture(autouse=True)
def _a_step_takes_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_view, "step_s", lambda *_: 1.0)


def test_lessons_of_a_whole_student_take_so_long_as_their_steps() -> None:
    recipe = Recipe(lesson=Lesson(windows=6400), encore=(Lesson(windows=640),))
    assert plan_view.expected_s(PLANNED, recipe) == 110.0


def test_where_only_heads_learn_it_counts_how_many_windows_are_heard_and_not_how_often() -> (
    None
):
    heads = Lesson(windows=1280, batch=192, passes=3, members=3)
    recipe = Recipe(lesson=Lesson(windows=6400), encore=(heads,))
    assert plan_view.expected_s(PLANNED, recipe) == 120.0


@pytest.mark.parametrize("overheard", [False, True])
def test_that_a_teacher_hears_every_window_is_said(overheard: bool) -> None:
    out = StringIO()
    recipe = Recipe(lesson=Lesson(windows=11_520, overheard=overheard))
    plan_view.show(PLANNED, recipe, console=Console(file=out, width=400))
    besides = ", and besides what the teacher takes to hear every window," if overheard else ""
    said = (
        f"11,520 windows in 180 steps; after labelling{besides} about 3 minutes on this machine"
    )
    assert said in out.getvalue()
