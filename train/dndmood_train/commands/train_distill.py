"""`dndmood train-distill`: from corpora and a teacher to a model that the program can open.

Four steps, each in a folder of its own below `--out`: what the teacher says (`labels`), the
sounds as spectra (`spectra`), the student's lesson (`lesson`), the finished model (`model`).
Every step writes its last file when it is whole; stopped at any moment and started again the
command goes on and ends the same.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.audio.loading import duration_s
from dndmood_train.audio.noises import kind_of
from dndmood_train.corpora import Clip, Corpus, sounds
from dndmood_train.distillation import labelling, plan
from dndmood_train.distillation.labels import Labels
from dndmood_train.distillation.plan import Plan
from dndmood_train.distillation.processes import spread
from dndmood_train.files import guarded, made

if TYPE_CHECKING:
    from rich.console import Console

    from dndmood_train.distillation.batches import Material
    from dndmood_train.distillation.dataset import Around, Teaching
    from dndmood_train.distillation.loop import Lesson
    from dndmood_train.distillation.recipe import Recipe
    from dndmood_train.students import Network

MODEL = "model"
"""The folder below `--out` that holds the finished model."""

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """Opens a bar: called with a title and a total, it gives what to call with each advance."""

    bar: Callable[[str, int], Told]
    console: "Console | None" = None
    """Where to print while bars are open, so that they stay whole."""


def train_distill(  # noqa: PLR0913 - one keyword for each option of the command
    *,
    roots: Sequence[Path],
    out: Path,
    teacher: str,
    recipe: Path | None = None,
    device: str = "auto",
    processes: int = 1,
    batch: int = 8,
    noise: Sequence[Path] = (),
    everyday: Sequence[Path] = (),
    dry_run: bool = False,
    show_progress: bool = True,
) -> Path | None:
    """Teach a student with every corpus below `roots`; the folder of the finished model.

    `teacher` is anything that `teachers.open_teacher` understands, `recipe` a TOML file. In
    `noise` may lie noises and rooms, in `everyday` ordinary speech, in folders of any depth. `dry_run` prints the plan
    and gives None. Raises `UserError` for whatever a person can put right.
    """
    _require_torch()
    from dndmood_train.distillation import recipe as recipes
    from dndmood_train.distillation.plan_view import show
    from dndmood_train.teachers import check_name, device_named

    if batch < 1 or processes < 1:
        raise UserError("--batch and --processes must be at least 1.")
    chosen = recipes.read(recipe)
    check_name(teacher)
    device = device_named(device)
    with _progress(shown=show_progress) as progress:
        found = corpora.find(roots)
        around = _around(noise, everyday, chosen)
        planned = plan.make(
            found,
            teacher=teacher,
            recipe=chosen.name,
            choices=chosen.choices(),
            everyone=chosen.everyone,
            around=(*around.everyday, *around.noises, *around.rooms),
            device=device,
            on_clips=progress.bar("looking at clips", sum(len(c.clips) for c in found)),
        )
        if show_progress or dry_run:
            show(planned, chosen, console=progress.console)
        if dry_run:
            return None
        made(out)
        plan.keep(planned, out)
        if _whole(out / MODEL):
            return out / MODEL
        if processes > 1:
            given = ["--corpora", *map(str, roots), "--teacher", teacher]
            given += ["--out", str(out / "labels"), "--device", device, "--batch", str(batch)]
            spread(given, processes=processes, device=device)
        labels = labelling.label(
            found,
            teacher=teacher,
            out=out / "labels",
            device=device,
            batch=batch,
            on_clips=progress.bar("asking the teacher", planned.clips),
        )
        return _taught(found, labels, chosen, planned, around, out, device, progress)


def _whole(model: Path) -> bool:
    from dndmood.hearing.model import open_model

    try:
        with open_model(model):
            return True
    except UserError:
        return False


def _taught(
    found: Sequence[Corpus],
    labels: Labels,
    recipe: "Recipe",
    planned: Plan,
    around: "Around",
    out: Path,
    device: str,
    progress: Progress,
) -> Path:
    from dndmood_train.distillation import dataset, dev_figures, model_card
    from dndmood_train.students import built, count, export

    clips, rows = _heard(found, labels)
    taught = teaching(labels, rows)
    with guarded(out / "spectra"):
        sounds_ = len(clips) + len(around.everyday) + len(around.noises) + around.invented
        prepared = progress.bar("listening", sounds_ * len(around.copies))
        material = dataset.gathered(
            clips,
            folder=out / "spectra",
            teaching=taught,
            around=around,
            vote_share=recipe.vote_share,
            everyone=recipe.everyone,
            # The same disturbed copies for every seed of a lesson.
            seed=0,
            ears=built(recipe.lesson.shape).ears,
            progress=lambda _copy, _clip: prepared(1),
        )
    student = None
    for name, lesson in recipe.lessons.items():
        # The student imitates as many features as its teacher has.
        shape = replace(lesson.shape, features=taught.features.shape[1])
        wide = replace(lesson, shape=shape)
        student = _learnt(material, wide, out / name, student, device, progress)
    assert student is not None  # noqa: S101 - there is always a first lesson
    student.forget_aids()
    measured = dev_figures.measure(
        student, material, clips, window_s=recipe.window_s, everyone=recipe.everyone
    )
    answering = export.Answering(
        student,
        temperature=measured.temperature,
        slope=measured.slope,
        offset=measured.offset,
    )
    export.write_model(
        out / MODEL,
        answering,
        parameters=count(student),
        window_s=recipe.window_s,
        about=model_card.about(planned, recipe, labels, figures=measured.table),
    )
    return out / MODEL


def _learnt(
    material: "Material",
    lesson: "Lesson",
    folder: Path,
    start: "Network | None",
    device: str,
    progress: Progress,
) -> "Network":
    from dndmood_train.distillation import loop

    stepped = progress.bar("teaching", lesson.steps)
    return loop.learn(
        material,
        lesson,
        folder,
        start=start,
        device=device,
        save_every=max(1, min(200, lesson.steps // 8)),
        progress=lambda _step, _loss: stepped(1),
    )


def _heard(found: Sequence[Corpus], labels: Labels) -> tuple[list[Clip], list[int]]:
    # What the teacher could not hear, a student cannot learn from.
    places = labels.rows()
    clips, rows = [], []
    for corpus in found:
        for clip in corpus.clips:
            row = places.get(labelling.key_of(clip, corpus))
            if row is not None:
                clips.append(clip)
                rows.append(row)
    return clips, rows


def teaching(labels: Labels, rows: Sequence[int]) -> "Teaching":
    """The teacher's opinions on the clips in `rows`, as a lesson wants them.

    Emotions that the teacher has no word for are NaN, as are dimensions that it does not give.
    """
    from dndmood_train.distillation.dataset import Teaching

    shares = labels.opinions.shares[list(rows)]
    logits = np.log(np.maximum(shares, 1e-6)).astype(np.float32)
    logits[shares == 0] = np.nan
    dims = np.stack([labels.opinions.arousal, labels.opinions.valence], axis=1)[list(rows)]
    features = labels.opinions.features
    nothing = np.zeros((len(rows), 0), np.float32)
    return Teaching(logits, dims, nothing if features is None else features[list(rows)])


def _around(noise: Sequence[Path], everyday: Sequence[Path], recipe: "Recipe") -> "Around":
    from dndmood_train.audio.augment import heard_copies
    from dndmood_train.distillation.dataset import Around

    for folder in (*noise, *everyday):
        if not (folder.is_dir() and sounds(folder)):
            raise UserError(f"There is no sound in {folder}.")
        for path in sounds(folder):
            duration_s(path)
    # The folder's own name counts: impulse responses often lie in one called rooms.
    found = [(path, kind_of(path.relative_to(f.parent))) for f in noise for path in sounds(f)]
    return Around(
        everyday=tuple(path for folder in everyday for path in sounds(folder)),
        noises=tuple(path for path, kind in found if kind != "room"),
        rooms=tuple(path for path, kind in found if kind == "room"),
        copies=heard_copies(lesson.table for lesson in recipe.lessons.values()),
        pieces=recipe.pieces,
    )


def _require_torch() -> None:
    try:
        import torch  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise UserError(
            "Training needs torch and transformers: install them with pip install "
            "'dndmood[train]'."
        ) from error


@contextmanager
def _progress(*, shown: bool) -> Iterator[Progress]:
    if not shown:
        yield Progress(lambda _title, _total: lambda _count: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Progress(_lines)
        return
    columns = (TextColumn("{task.description:20}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeRemainingColumn(), console=console) as bars:

        def bar(title: str, total: int) -> Told:
            task = bars.add_task(title, total=total)
            return lambda count: bars.advance(task, count)

        yield Progress(bar, bars.console)


def _lines(title: str, total: int) -> Told:
    """Progress for a log file: a line with the time of day at every twentieth."""
    done = 0

    def told(count: int) -> None:
        nonlocal done
        before, done = done, done + count
        if done * 20 // max(1, total) > before * 20 // max(1, total):
            now = time.strftime("%H:%M:%S")
            print(f"{now} {title}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return told


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m dndmood_train train-distill`; 130 when it was stopped from the keyboard."""
    parser = argparse.ArgumentParser(prog="dndmood train-distill", description=__doc__)
    add = parser.add_argument
    add("--corpora", type=Path, nargs="+", required=True, help="folders that hold corpora")
    add("--out", type=Path, required=True, help="folder for everything that is made")
    add("--teacher", required=True, help="a name, a hub name or a folder")
    add("--recipe", type=Path, help="TOML file; defaults without one")
    add("--device", default="auto", help="auto, cpu, cuda or mps")
    add("--processes", type=int, default=1, help="that ask the teacher side by side")
    add("--batch", type=int, default=8, help="clips that a teacher hears at once")
    add("--noise", type=Path, nargs="+", default=(), help="folders of noises and rooms")
    add("--everyday", type=Path, nargs="+", default=(), help="folders of ordinary speech")
    add("--dry-run", action="store_true", help="print the plan and stop")
    asked = parser.parse_args(argv)
    try:
        folder = train_distill(
            roots=asked.corpora,
            out=asked.out,
            teacher=asked.teacher,
            recipe=asked.recipe,
            device=asked.device,
            processes=asked.processes,
            batch=asked.batch,
            noise=asked.noise,
            everyday=asked.everyday,
            dry_run=asked.dry_run,
        )
    except KeyboardInterrupt:
        print("Stopped: the same command goes on from here.", file=sys.stderr)
        return 130
    if folder is not None:
        print(folder)
    return 0
