"""The loop: a student listens to disturbed windows and learns from targets and a teacher.

A folder holds one lesson: `checkpoint.pt` while it lasts, `student.pt` once it is finished.
Killed at any point and started again, it goes on from the last checkpoint and ends the same.
"""

import copy
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dndmood.errors import UserError
from dndmood_train.audio.augment import Table
from dndmood_train.distillation.batches import Material, Windows
from dndmood_train.distillation.losses import Batch, Weights, loss
from dndmood_train.distillation.optimizer import Optimizer
from dndmood_train.files import draft_of, make_folder
from dndmood_train.students import Network, Shape, built


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Everything that decides what a student becomes, besides the material."""

    shape: Shape = field(default_factory=Shape)
    table: Table = field(default_factory=Table)
    windows: int = 360_448
    """How many windows are heard in all."""
    batch: int = 64
    rate: float = 5e-3
    """Highest learning rate; it rises over the first tenth, then falls as a cosine."""
    kernels: float = 2.0
    """How many times as fast kernels move, by orthogonal steps; 0 for AdamW everywhere."""
    weight_decay: float = 0.02
    frames: tuple[int, ...] = (150, 210, 290)
    """Lengths of window in hundredths of a second; a batch has one of them."""
    teacher_share: float = 0.3
    """How much the teacher's opinion weighs against the targets."""
    softness: float = 1.0
    """Temperature of the teacher's and the student's opinions, arXiv 1503.02531."""
    imitation: float = 0.3
    """Weight of the error in imitating the teacher's features."""
    octants: float = 0.0
    """Weight of the octants at the beginning; it falls to a hundredth over the first fifth."""
    mixup: float = 0.0
    """Parameter of the beta distribution for half the batches (arXiv 1710.09412); 0 for none."""
    average: float = 0.998
    """Decay of the moving average of the weights, which is what comes out."""
    seed: int = 0

    @property
    def steps(self) -> int:
        """How many batches are heard."""
        return max(1, self.windows // self.batch)


@dataclass(slots=True)
class _State:
    student: Network
    average: Network
    optimizer: Optimizer
    chance: np.random.Generator
    step: int = 0


def learn(
    material: Material,
    lesson: Lesson,
    folder: Path,
    *,
    start: Network | None = None,
    device: str = "cpu",
    save_every: int = 200,
    progress: Callable[[int, float], None] = lambda _step, _loss: None,
) -> Network:
    """The student after its lesson, in listening mode and on the CPU.

    It begins as `start`, a student of the same shape, else knowing nothing. `progress` hears
    every step and its loss. Raises `UserError` when `folder` holds another
    lesson, or when the loss is no longer a number.
    """
    make_folder(folder)
    finished = folder / "student.pt"
    if finished.exists():
        return restored(finished, lesson)
    state = _begun(lesson, device, start)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        _go_on(state, _read(checkpoint, lesson))
    windows = Windows(material, lesson.table, state.chance)
    while state.step < lesson.steps:
        progress(state.step + 1, _step(state, windows, lesson, device))
        if state.step % save_every == 0:
            _write(checkpoint, _snapshot(state, lesson))
    student = state.average.to("cpu").eval()
    _write(finished, {"lesson": asdict(lesson), "student": student.state_dict()})
    checkpoint.unlink(missing_ok=True)
    return student


def restored(path: Path, lesson: Lesson | None = None) -> Network:
    """A finished student; `UserError` when it learnt by another lesson than the one given."""
    content = _read(path, lesson)
    shape = {key: _tuple(value) for key, value in content["lesson"]["shape"].items()}
    student = built(Shape(**shape))
    student.load_state_dict(content["student"])
    return student.eval()


def rate_at(step: int, lesson: Lesson) -> float:
    """Learning rate of a step: up over the first tenth (at most 200 steps), down as a cosine.

    >>> lesson = Lesson(windows=64_000)
    >>> bool(rate_at(99, lesson) == lesson.rate * 0.5 * (1 + np.cos(np.pi * 0.099)) + 2.5e-5)
    True
    """
    rising = min(1.0, (step + 1) / max(1, min(200, lesson.steps // 10)))
    falling = 0.5 * (1.0 + np.cos(np.pi * step / lesson.steps))
    return float(lesson.rate * rising * falling + 0.005 * lesson.rate)


def octants_at(step: int, lesson: Lesson) -> float:
    """Weight of the octants at a step, as in arXiv 2505.19693: linear, then a hundredth.

    >>> lesson = Lesson(windows=64_000, octants=1.0)
    >>> octants_at(0, lesson), octants_at(999, lesson)
    (1.0, 0.01)
    """
    left = max(0.0, 1.0 - step / max(1.0, lesson.steps / 5))
    return lesson.octants * max(0.01, left)


def _begun(lesson: Lesson, device: str, start: Network | None) -> _State:
    torch.manual_seed(lesson.seed)
    student = built(lesson.shape)
    if start is not None:
        student.load_state_dict(start.state_dict())
    # Two thirds of the time of a step on a CPU: pooled gradients stay in the maps' own order.
    student = student.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return _State(
        student=student,
        average=copy.deepcopy(student).eval(),
        optimizer=Optimizer(student, weight_decay=lesson.weight_decay, kernels=lesson.kernels),
        chance=np.random.default_rng(lesson.seed),
    )


def _step(state: _State, windows: Windows, lesson: Lesson, device: str) -> float:
    frames = int(state.chance.choice(lesson.frames))
    power, batch = windows.draw(lesson.batch, frames)
    levelled = state.student.ears.levelled(torch.from_numpy(power).to(device))
    mel = torch.from_numpy(windows.masked(levelled.cpu().numpy()))
    mel, batch = mel.to(device), batch.to(device)
    error = _mixed(state, mel, batch, lesson)
    if not torch.isfinite(error):
        raise UserError(
            f"The loss is no longer a number at step {state.step}: lower the recipe's `rate` "
            f"({lesson.rate}) and begin in a new folder."
        )
    state.optimizer.zero_grad()
    error.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(state.student.parameters(), 5.0)
    state.optimizer.step(rate_at(state.step, lesson))
    state.step += 1
    _follow(state.average, state.student, min(lesson.average, state.step / (9 + state.step)))
    return float(error.detach())


def _mixed(state: _State, mel: Tensor, batch: Batch, lesson: Lesson) -> Tensor:
    """Loss of a batch, half the time of every window mixed with its neighbour."""
    weights = Weights(
        teacher_share=lesson.teacher_share,
        softness=lesson.softness,
        imitation=lesson.imitation,
        octants=octants_at(state.step, lesson),
    )
    if lesson.mixup <= 0 or state.chance.random() >= 0.5:  # noqa: PLR2004 - half the time
        return loss(state.student.from_mel(mel), batch, weights)
    share = float(state.chance.beta(lesson.mixup, lesson.mixup))
    heard = state.student.from_mel(share * mel + (1.0 - share) * mel.roll(1, 0))
    own, others = loss(heard, batch, weights), loss(heard, batch.rolled(), weights)
    return share * own + (1.0 - share) * others


@torch.no_grad()
def _follow(average: Network, student: Network, decay: float) -> None:
    pairs = zip(average.state_dict().values(), student.state_dict().values(), strict=True)
    for slow, fast in pairs:
        if slow.dtype.is_floating_point:
            slow.lerp_(fast, 1.0 - decay)
        else:
            slow.copy_(fast)


def _snapshot(state: _State, lesson: Lesson) -> dict[str, Any]:
    return {
        "lesson": asdict(lesson),
        "step": state.step,
        "student": state.student.state_dict(),
        "average": state.average.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "chance": state.chance.bit_generator.state,
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all(),
    }


def _go_on(state: _State, saved: dict[str, Any]) -> None:
    state.step = saved["step"]
    state.student.load_state_dict(saved["student"])
    state.average.load_state_dict(saved["average"])
    state.optimizer.load_state_dict(saved["optimizer"])
    state.chance.bit_generator.state = saved["chance"]
    torch.set_rng_state(saved["torch"])
    if len(saved["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(saved["cuda"])


def _write(path: Path, content: dict[str, Any]) -> None:
    with draft_of(path) as draft:
        try:
            torch.save(content, draft)
        except RuntimeError as error:
            # How torch says that the disk is full.
            raise UserError(f"The student cannot be saved to {path}: {error}") from error


def _read(path: Path, lesson: Lesson | None) -> dict[str, Any]:
    # Written by ourselves; generator states and settings are not tensors.
    try:
        content: dict[str, Any] = torch.load(path, weights_only=False)
    except Exception as error:
        raise UserError(
            f"{path} is damaged: remove it, and that lesson begins anew."
        ) from error
    if lesson is not None and _plain(content["lesson"]) != _plain(asdict(lesson)):
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
