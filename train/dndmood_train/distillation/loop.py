"""The loop: a student listens to disturbed windows and learns from targets and a teacher.

A folder holds one lesson: `checkpoint.pt` while it lasts, `student.pt` once it is finished.
Killed at any point and started again, it goes on from the last checkpoint and ends the same.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dndmood_train.distillation import kept
from dndmood_train.distillation.batches import Windows
from dndmood_train.distillation.between import follow
from dndmood_train.distillation.dataset import Dataset
from dndmood_train.distillation.lesson import Lesson, choices_of, octants_at, rate_at
from dndmood_train.distillation.losses import Batch, Weights, amount, loss
from dndmood_train.distillation.optimizer import Optimizer
from dndmood_train.distillation.overheard import Overheard
from dndmood_train.distillation.zeros import Zeros
from dndmood_train.files import make_folder
from dndmood_train.students import Network, Outputs, built


@dataclass(slots=True)
class _State:
    student: Network
    average: Network
    optimizer: Optimizer
    chance: np.random.Generator
    zeros: Zeros
    step: int = 0


def learn(  # noqa: PLR0913 - the lesson, where it lies, and who looks on
    data: Dataset,
    lesson: Lesson,
    folder: Path,
    *,
    start: Network | None = None,
    device: str = "cpu",
    overheard: Overheard | None = None,
    save_every: int = 200,
    progress: Callable[[int, float], None] = lambda _step, _loss: None,
    watch: Callable[[int, Network], None] = lambda _step, _average: None,
) -> Network:
    """The student after its lesson, in listening mode and on the CPU.

    It begins as `start`, a student of the same shape, else knowing nothing. `overheard` is the
    teacher that a lesson with this choice needs. `progress` hears
    every step and its loss, `watch` every step that was saved and the average that would come
    out now; what it does cannot change the lesson. Raises `UserError` when `folder` holds another
    lesson, or when the loss is no longer a number.
    """
    make_folder(folder)
    finished = folder / "student.pt"
    if finished.exists():
        return kept.restored(finished, lesson)
    groups = (int(numbers.max(initial=-1)) + 1 for numbers in (data.corpus, data.speaker))
    state = _begun(lesson, device, start, *groups)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        _go_on(state, kept.read(checkpoint, lesson))
    listening = overheard if lesson.overheard else None
    windows = Windows(data, lesson.table, state.chance, device, listening)
    while state.step < lesson.steps:
        progress(state.step + 1, _step(state, windows, lesson))
        if state.step % save_every == 0:
            kept.write(checkpoint, _snapshot(state, lesson))
            watch(state.step, state.average)
    student = state.average.to("cpu").eval()
    kept.write(finished, {"lesson": choices_of(lesson), "student": student.state_dict()})
    checkpoint.unlink(missing_ok=True)
    return student


def _begun(
    lesson: Lesson, device: str, start: Network | None, corpora: int = 0, speakers: int = 0
) -> _State:
    torch.manual_seed(lesson.seed)
    student = built(lesson.shape)
    if start is not None:
        # A network that was published has no auxiliary outputs yet.
        known = start.state_dict()
        student.load_state_dict(student.state_dict() | known)
    # Two thirds of the time of a step on a CPU: pooled gradients stay in the maps' own order.
    student = student.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return _State(
        student=student,
        average=copy.deepcopy(student).eval(),
        optimizer=Optimizer(
            student,
            weight_decay=lesson.weight_decay,
            kernels=lesson.kernels,
            published=lesson.published,
        ),
        chance=np.random.default_rng(lesson.seed),
        zeros=Zeros(corpora, speakers, lesson.shape.hidden, lesson.zero, device),
    )


def _step(state: _State, windows: Windows, lesson: Lesson) -> float:
    frames = int(state.chance.choice(lesson.frames))
    power, batch = windows.draw(lesson.batch, frames)
    mel = windows.masked(state.student.ears.levelled(power))
    error = _mixed(state, mel, batch, lesson)
    state.optimizer.zero_grad()
    error.backward()  # type: ignore[no-untyped-call]
    found = amount(error, state.step, lesson.rate)
    torch.nn.utils.clip_grad_norm_(state.student.parameters(), 5.0)
    state.optimizer.step(rate_at(state.step, lesson))
    state.step += 1
    follow(state.average, state.student, min(lesson.average, state.step / (9 + state.step)))
    return found


def _mixed(state: _State, mel: Tensor, batch: Batch, lesson: Lesson) -> Tensor:
    """Loss of a batch, half the time of every window mixed with its neighbour."""
    weights = Weights(
        teacher_share=lesson.teacher_share,
        softness=lesson.softness,
        imitation=lesson.imitation,
        octants=octants_at(state.step, lesson),
    )
    if lesson.mixup <= 0 or state.chance.random() >= 0.5:  # noqa: PLR2004 - half the time
        return loss(_heard(state, mel, batch, lesson), batch, weights)
    share = float(state.chance.beta(lesson.mixup, lesson.mixup))
    heard = _heard(state, share * mel + (1.0 - share) * mel.roll(1, 0), batch, lesson)
    own, others = loss(heard, batch, weights), loss(heard, batch.rolled(), weights)
    return share * own + (1.0 - share) * others


def _heard(state: _State, mel: Tensor, batch: Batch, lesson: Lesson) -> Outputs:
    """What the student says, each window on a zero that is drawn for it."""
    with torch.autocast(mel.device.type, torch.bfloat16, enabled=lesson.bfloat16):
        heard = state.student.from_mel(mel)
    if heard.zeroable is None or lesson.zero.corpus + lesson.zero.speaker <= 0:
        return heard
    zeroed = state.zeros.moved(heard.zeroable, batch.corpus, batch.speaker, state.chance)
    logits, dims = state.student.answers(zeroed)
    return replace(heard, logits=logits, dims=dims)


def _snapshot(state: _State, lesson: Lesson) -> dict[str, Any]:
    return {
        "lesson": choices_of(lesson),
        "step": state.step,
        "student": state.student.state_dict(),
        "average": state.average.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "chance": state.chance.bit_generator.state,
        "zeros": state.zeros.state_dict(),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all(),
    }


def _go_on(state: _State, saved: dict[str, Any]) -> None:
    state.step = saved["step"]
    state.student.load_state_dict(saved["student"])
    state.average.load_state_dict(saved["average"])
    state.optimizer.load_state_dict(saved["optimizer"])
    state.chance.bit_generator.state = saved["chance"]
    state.zeros.load_state_dict(saved["zeros"])
    torch.set_rng_state(saved["torch"])
    if len(saved["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(saved["cuda"])
