"""The plan of a training for people to read, and how long it will take on this machine."""

import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from dndmood_train.distillation.plan import Plan
from dndmood_train.distillation.recipe import Recipe

_COPIES_COST = 0.02
"""Seconds of work for a second of sound: reading it, disturbing it, its spectra."""
_PACKED_COST = 0.02
"""As much again where a lossy codec is among the disturbances."""


def show(
    planned: Plan, recipe: Recipe, aside: Sequence[str] = (), *, console: Console | None = None
) -> None:
    """Print the plan, and sentences about what was left `aside`."""
    out = console or Console(stderr=True)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("corpus", "clips", "voices", "for measuring", "hours", "left out"):
        table.add_column(column, justify="left" if column == "corpus" else "right")
    for share in planned.shares:
        develop = 0 if recipe.everyone else share.develop
        table.add_row(
            share.corpus,
            f"{share.clips:,}",
            str(share.speakers),
            str(develop),
            f"{share.hours:.1f}",
            str(share.dropped),
        )
    out.print(table)
    for said in aside:
        out.print(said, style="yellow", markup=False, highlight=False)
    out.print(
        f"{planned.clips:,} clips, {planned.hours:.1f} hours; teacher {planned.teacher}, "
        f"recipe {recipe.name}, device {planned.device}"
    )
    steps = sum(lesson.all_steps for lesson in recipe.lessons.values())
    # Besides: how long a teacher takes would only be known once it was fetched and opened.
    besides = (
        ", and besides what the teacher takes to hear every window," if recipe.overheard else ""
    )
    out.print(
        f"{_windows(recipe):,} windows in {steps:,} steps; after labelling{besides} about "
        f"{_spoken(expected_s(planned, recipe))} on this machine"
    )


def expected_s(planned: Plan, recipe: Recipe) -> float:
    """Seconds for spectra and lesson, from timing one step of the student here and now.

    What the teacher takes is not in it: it may be asked already, and only asking would tell. Where
    only the head learns, the network before it hears every window once, and this is what takes
    time.
    """
    packed = any(lesson.table.packed for lesson in recipe.lessons.values())
    cost = _COPIES_COST + (_PACKED_COST if packed else 0.0)
    batches = _windows(recipe) / recipe.lesson.batch
    return cost * planned.hours * 3600 + batches * step_s(recipe, planned.device)


def _windows(recipe: Recipe) -> int:
    return sum(lesson.windows for lesson in recipe.lessons.values())


def step_s(recipe: Recipe, device: str) -> float:
    """Seconds that one step takes, the faster of two."""
    import torch

    from dndmood_train.students import built

    lesson = recipe.lesson
    student = built(lesson.shape).to(device)
    hundredths = sorted(lesson.frames)[len(lesson.frames) // 2]
    frames = hundredths * student.ears.per_second // 100
    mel = torch.zeros(lesson.batch, student.ears.bands, frames, device=device)
    times = []
    for _ in range(2):
        started = time.perf_counter()
        heard = student.from_mel(mel)
        (heard.logits.square().mean() + heard.dims.square().mean()).backward()  # type: ignore[no-untyped-call]
        float(heard.logits.detach().sum())
        times.append(time.perf_counter() - started)
    return min(times)


def _spoken(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes <= 1:
        return "a minute"
    return f"{minutes} minutes" if minutes < 90 else f"{minutes / 60:.1f} hours"  # noqa: PLR2004
