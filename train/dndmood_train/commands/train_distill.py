"""`dndmood train-distill`: from corpora and a teacher to a model that the program can open."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from dndmood.errors import UserError


def _require_torch() -> None:
    try:
        import torch  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise UserError(
            "Training needs torch and transformers: install them with pip install "
            "'dndmood[train]'."
        ) from error


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
    _require_torch()
    from dndmood_train.distillation.distill import distill

    try:
        folder = distill(
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
