"""Lessons on disk: what is kept while one lasts, and the student that came out."""

from pathlib import Path
from typing import Any

import torch

from dndmood.errors import UserError
from dndmood_train.distillation.lesson import Lesson, choices_of
from dndmood_train.files import draft_of
from dndmood_train.students import Network, Shape, built


def restored(path: Path, lesson: Lesson | None = None) -> Network:
    """A finished student; `UserError` when it learnt by another lesson than the one given."""
    content = read(path, lesson)
    shape = {key: _tuple(value) for key, value in content["lesson"]["shape"].items()}
    shape["hidden"] *= content["lesson"].get("members", 1)
    student = built(Shape(**shape))
    student.load_state_dict(content["student"])
    return student.eval()


def write(path: Path, content: dict[str, Any]) -> None:
    """Keep `content` in `path`, whole or not at all; raises `UserError` where it cannot be."""
    with draft_of(path) as draft:
        try:
            torch.save(content, draft)
        except RuntimeError as error:
            # How torch says that the disk is full.
            raise UserError(f"The student cannot be saved to {path}: {error}") from error


def read(path: Path, lesson: Lesson | None) -> dict[str, Any]:
    """What was kept in `path`; `UserError` when it is damaged or of another lesson than the one given."""
    # Written by ourselves; generator states and settings are not tensors.
    try:
        content: dict[str, Any] = torch.load(path, weights_only=False)
    except Exception as error:
        raise UserError(
            f"{path} is damaged: remove it, and that lesson starts from its beginning."
        ) from error
    if lesson is not None and _plain(content["lesson"]) != _plain(choices_of(lesson)):
        raise UserError(
            f"{path.parent} holds a student that learns by another recipe: give another "
            "folder, or remove that one."
        )
    return content


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return _tuple(value)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
