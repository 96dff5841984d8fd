"""`dndmood train-distill`: from corpora and a teacher to a model that the program can open."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from dndmood.errors import UserError
from dndmood_train.commands._options import (
    SEVERAL,
    Batch,
    Corpora,
    Device,
    Processes,
    Teacher,
    for_people,
)

Out = Annotated[Path, typer.Option(help="Folder for everything that is made.")]
Recipe = Annotated[Path | None, typer.Option(help="TOML file; defaults without one.")]
Noise = Annotated[
    list[Path] | None, typer.Option(metavar=SEVERAL, help="Folders of noises and rooms.")
]
Everyday = Annotated[
    list[Path] | None, typer.Option(metavar=SEVERAL, help="Folders of ordinary speech.")
]
Start = Annotated[
    Path | None,
    typer.Option(
        help="Folder with the published network that the student continues, if it does."
    ),
]
Sweep = Annotated[
    Path | None,
    typer.Option(help="TOML file of recipes, seeds and minutes to teach one after the other."),
]
Reuse = Annotated[
    Path | None,
    typer.Option(
        help="What another training was given as --out: its labels and spectra are read where "
        "teacher and sounds are the same."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")]


@for_people
def train_distill(  # noqa: PLR0913 - one parameter per option is typer's way
    *,
    corpora: Corpora,
    out: Out,
    teacher: Teacher,
    recipe: Recipe = None,
    sweep: Sweep = None,
    device: Device = "auto",
    processes: Processes = 1,
    batch: Batch = 8,
    noise: Noise = None,
    everyday: Everyday = None,
    start: Start = None,
    reuse: Reuse = None,
    dry_run: DryRun = False,
) -> None:
    """Teach a small model from a large one.

    Four steps, each in a folder of its own below --out: what the teacher says (labels), the
    sounds as spectra (spectra), the student's lesson (lesson), the finished model (model).
    Every step writes its last file when it is whole; stopped at any moment and started again
    the command goes on and ends the same.
    """
    _require_torch()
    from dndmood_train.distillation.distill import distill

    if sweep is not None:
        if recipe or dry_run:
            raise UserError(
                "A sweep names its recipes itself: leave --recipe and --dry-run out."
            )
        _sweep(
            sweep,
            out,
            roots=corpora,
            teacher=teacher,
            device=device,
            processes=processes,
            batch=batch,
            noise=noise or (),
            everyday=everyday or (),
            start=start,
            reuse=reuse,
        )
        return
    try:
        folder = distill(
            roots=corpora,
            out=out,
            teacher=teacher,
            recipe=recipe,
            device=device,
            processes=processes,
            batch=batch,
            noise=noise or (),
            everyday=everyday or (),
            start=start,
            reuse=reuse,
            dry_run=dry_run,
        )
    except KeyboardInterrupt:
        print("Stopped: the same command goes on from here.", file=sys.stderr)
        raise typer.Exit(130) from None
    if folder is not None:
        say_left_out(out)
        print(folder)


def say_left_out(out: Path) -> None:
    """Say on stderr which clips taught nothing, as no teacher can judge them."""
    from dndmood_train.distillation.labels import read
    from dndmood_train.distillation.left_over import LABELS

    for reason, count in Counter(read(out / LABELS).dropped.values()).items():
        print(f"Not taught: {count} clip{'s' * (count != 1)}, {reason}.", file=sys.stderr)


def _sweep(path: Path, out: Path, **training: Any) -> None:
    from dndmood_train.distillation import sweep, sweep_table

    def told(name: str, marks: sweep_table.Marks) -> None:
        figures = ", ".join(
            f"{minute} min {100 * sweep_table.uar(found):.1f}"
            for minute, found in marks.figures.items()
        )
        said = [text for text in (figures, marks.not_taught and "not taught") if text]
        print(f"{name}: {', '.join(said)}", file=sys.stderr)

    try:
        sweep.sweep(path, out=out, on_run=told, **training)
    except KeyboardInterrupt:
        print("Stopped: the same command goes on from here.", file=sys.stderr)
        raise typer.Exit(130) from None
    say_left_out(out)
    print((out / "sweep.md").read_text(encoding="utf-8"), end="")


def _require_torch() -> None:
    try:
        import torch  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise UserError(
            "Training needs torch and transformers: install them with pip install "
            "'dndmood[train]'."
        ) from error
