"""From corpora and a teacher to a model that the program can open, step by step.

Four steps, each in a folder of its own below `out`: what the teacher says (`labels`), the
sounds as spectra (`spectra`), the student's lesson (`lesson`), the finished model (`model`).
Every step writes its last file when it is whole; stopped at any moment and started again, it
goes on and ends the same.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch

from dndmood.errors import UserError
from dndmood.hearing.model import open_model
from dndmood_train import corpora
from dndmood_train.corpora import Corpus
from dndmood_train.distillation import (
    dev_figures,
    head_lesson,
    labelling,
    left_over,
    loop,
    model_card,
    plan,
    recipe_checks,
)
from dndmood_train.distillation import recipe as recipes
from dndmood_train.distillation.between import halfway_back
from dndmood_train.distillation.dataset import Dataset, evened
from dndmood_train.distillation.labels import Labels
from dndmood_train.distillation.lesson import Lesson
from dndmood_train.distillation.material import Material
from dndmood_train.distillation.other_sounds import OtherSounds, other_sounds_in
from dndmood_train.distillation.overheard import Overheard
from dndmood_train.distillation.plan import Plan
from dndmood_train.distillation.plan_view import show
from dndmood_train.distillation.processes import spread
from dndmood_train.distillation.progress import Progress, progress_of
from dndmood_train.distillation.recipe import Recipe
from dndmood_train.distillation.teacher_targets import judged, targets_of
from dndmood_train.distillation.watch import Watch
from dndmood_train.files import make_folder
from dndmood_train.students import Network, built, count
from dndmood_train.teachers import (
    WindowTeacher,
    check_name,
    device_named,
    open_window_teacher,
)

MODEL = "model"
"""The folder below `--out` that holds the finished model."""


def distill(  # noqa: PLR0913 - one keyword for each option of the command
    *,
    roots: Sequence[Path],
    out: Path,
    teacher: str,
    recipe: Path | Recipe | None = None,
    device: str = "auto",
    processes: int = 1,
    batch: int = 8,
    shared: Path | None = None,
    reuse: Path | None = None,
    watch: Watch | None = None,
    noise: Sequence[Path] = (),
    everyday: Sequence[Path] = (),
    start: Path | None = None,
    dry_run: bool = False,
    show_progress: bool = True,
) -> Path | None:
    """Teach a student with every corpus below `roots`; the folder of the finished model.

    `teacher` is anything that `teachers.open_teacher` understands, `recipe` a TOML file. In
    `noise` may lie noises and rooms, in `everyday` ordinary speech, in folders of any depth; in
    `start` lies the published network that the student continues, if it is such a student.
    What the teacher says and the spectra lie in `shared` instead of `out`, if that is given, for
    several trainings; of those that another training left in `reuse` all that fit are taken from
    there. `watch` looks on. `dry_run` prints the plan and gives None. Raises `UserError` for
    whatever a person can put right.
    """
    if batch < 1 or processes < 1:
        raise UserError("--batch and --processes must be at least 1.")
    left_over.check(reuse)
    chosen = recipe if isinstance(recipe, Recipe) else recipes.read(recipe)
    check_name(teacher, windows=chosen.overheard)
    device = device_named(device)
    with progress_of(shown=show_progress) as progress:
        found = corpora.find(roots)
        recipe_checks.left_out(chosen, found)
        begun = _begun(chosen, start)
        recipe_checks.lessons(chosen, begun)
        around = other_sounds_in(noise, everyday, chosen)
        planned = plan.make(
            found,
            teacher=teacher,
            recipe=chosen.name,
            choices=chosen.choices() | _digest(begun),
            everyone=chosen.everyone,
            around=(*around.everyday, *around.noises, *around.rooms),
            device=device,
            on_clips=progress.bar("looking at clips", sum(len(c.clips) for c in found)),
        )
        if show_progress or dry_run:
            aside = corpora.passed_over(roots)
            show(planned, chosen, aside, console=progress.console)
        if dry_run:
            return None
        listening = open_window_teacher(teacher, device=device) if chosen.overheard else None
        make_folder(out)
        plan.keep(planned, out)
        if _whole(out / MODEL):
            return out / MODEL
        folder = (shared or out) / left_over.LABELS
        if processes > 1 and reuse is None:
            given = ["--corpora", *map(str, roots), "--teacher", teacher]
            given += ["--out", str(folder), "--device", device, "--batch", str(batch)]
            spread(given, processes=processes, device=device)
        labels = labelling.label(
            found,
            teacher=teacher,
            out=folder,
            device=device,
            batch=batch,
            known=left_over.labels_in(reuse),
            on_clips=progress.bar("asking the teacher", planned.clips),
        )
        run = _Run(out, device, progress, shared, reuse, watch, listening)
        return _taught(found, labels, chosen, planned, around, begun, run)


class _Run(NamedTuple):
    """Where a training happens and who hears of it."""

    out: Path
    device: str
    progress: Progress
    shared: Path | None = None
    reuse: Path | None = None
    watch: Watch | None = None
    listening: WindowTeacher | None = None
    """The teacher, where it hears windows while the student learns."""


def _whole(model: Path) -> bool:
    try:
        with open_model(model):
            return True
    except UserError:
        return False


def _taught(
    found: Sequence[Corpus],
    labels: Labels,
    recipe: Recipe,
    planned: Plan,
    around: OtherSounds,
    begun: Network | None,
    run: _Run,
) -> Path:
    clips, rows = judged(found, labels)
    material = Material(
        clips=clips,
        taught=targets_of(labels, rows),
        around=around,
        recipe=recipe,
        out=run.out,
        shared=run.shared,
        reuse=run.reuse,
        progress=run.progress,
    )
    data = material.dataset()
    if run.watch:
        run.watch.begun(data, clips, recipe)
    overheard = None
    if run.listening:
        overheard = material.overheard(data, run.listening, run.device)
    student = _student(data, recipe, begun, run, overheard)
    measured = dev_figures.measure(
        student,
        data,
        clips,
        window_s=recipe.window_s,
        everyone=recipe.everyone,
        leave_out=recipe.leave_out,
    )
    places = dev_figures.feature_places(student, data, clips, window_s=recipe.window_s)
    # The exporter's libraries are only needed here.
    from dndmood_train.students import export

    answering = export.Answering(
        student,
        temperature=measured.temperature,
        slope=measured.slope,
        offset=measured.offset,
    )
    export.write_model(
        run.out / MODEL,
        answering,
        parameters=count(student),
        window_s=recipe.window_s,
        places=places,
        about=model_card.about(planned, recipe, labels, figures=measured.table),
    )
    return run.out / MODEL


def _begun(recipe: Recipe, start: Path | None) -> Network | None:
    """The student with what it takes over from the network in `start`."""
    if start is None:
        return None
    torch.manual_seed(recipe.lesson.seed)
    student = built(recipe.lesson.shape)
    student.begin_as(start)
    return student


def _digest(begun: Network | None) -> dict[str, str]:
    if begun is None:
        return {}
    digest = hashlib.sha256()
    for weight in begun.published():
        digest.update(weight.detach().numpy().tobytes())
    return {"start": digest.hexdigest()[:16]}


def _student(
    data: Dataset,
    recipe: Recipe,
    begun: Network | None,
    run: _Run,
    overheard: Overheard | None,
) -> Network:
    """The student after all its lessons, without what only helped it to learn."""
    student = begun
    for name, lesson in recipe.lessons.items():
        if student is not None and begun is not None and lesson.halfway:
            student = halfway_back(student, begun, lesson.halfway)
        # The student imitates as many features as its teacher has.
        shape = replace(lesson.shape, features=data.features.shape[1])
        wide = replace(lesson, shape=shape)
        student = _learnt(data, wide, name, student, run, overheard)
    assert student is not None  # noqa: S101 - there is always a first lesson
    student.drop_auxiliary_outputs()
    return student


def _learnt(
    data: Dataset,
    lesson: Lesson,
    name: str,
    start: Network | None,
    run: _Run,
    overheard: Overheard | None,
) -> Network:
    stepped, behind = run.progress.bar("teaching", lesson.all_steps), 0

    def heard(step: int, _loss: float) -> None:
        nonlocal behind
        # Of a lesson that goes on, the first step has all those before it behind it.
        stepped(step - behind)
        behind = step
        if run.watch:
            run.watch.stepped()

    def saved(step: int, average: Network) -> None:
        if run.watch:
            run.watch.saved(step, average)

    if lesson.evened:
        data = replace(data, share=evened(data))
    if lesson.passes:
        assert start is not None  # noqa: S101 - a recipe's first lesson is not of the head alone
        learnt = head_lesson.learn(
            data, lesson, run.out / name, start=start, device=run.device, progress=heard
        )
    else:
        learnt = loop.learn(
            data,
            lesson,
            run.out / name,
            start=start,
            device=run.device,
            overheard=overheard,
            # Whoever looks on wants figures at given minutes: a student may take two seconds a step.
            save_every=max(1, min(50 if run.watch else 200, lesson.steps // 8)),
            progress=heard,
            watch=saved,
        )
    stepped(lesson.all_steps - behind)
    return learnt
