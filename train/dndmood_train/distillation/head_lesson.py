"""A lesson in which the head alone learns, from windows that the rest of the student heard once.

What a published encoder knows of voices in general is worth most to strangers while it is left
alone, and a head can learn from one hearing many times: that is cheap, and the head may then hear
every corpus and every emotion alike, each corpus on its own zero (train/LOG.md, "A head for
strangers").

A folder holds one lesson: `heard-N.pt` while it lasts, `student.pt` once it is finished. Killed
at any point and started again, it goes on with what was heard and ends the same.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from dndmood.errors import UserError
from dndmood_train.distillation import kept
from dndmood_train.distillation.batches import Windows
from dndmood_train.distillation.between import follow
from dndmood_train.distillation.corpus_means import CorpusMeans
from dndmood_train.distillation.dataset import Dataset
from dndmood_train.distillation.lesson import Lesson, choices_of, rate_at
from dndmood_train.distillation.losses import Batch, Weights, amount, loss
from dndmood_train.distillation.zeros import Zeros
from dndmood_train.files import make_folder
from dndmood_train.students import Network, Outputs, ZeroedHead, built, fill_with_mean

_PARTS = 16
"""What was heard is kept in so many parts."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Windows as a head meets them."""

    pooled: Tensor
    """Statistics of every window, float16 `(n, width)`."""
    wanted: Batch
    """What should be heard in them."""

    def picked(self, rows: Tensor) -> tuple[Tensor, Batch]:
        """Statistics and wishes of some windows."""
        parts = (getattr(self.wanted, one.name)[rows] for one in fields(Batch))
        return self.pooled[rows].float(), Batch(*parts)


def learn(
    data: Dataset,
    lesson: Lesson,
    folder: Path,
    *,
    start: Network,
    device: str = "cpu",
    progress: Callable[[int, float], None] = lambda _step, _loss: None,
) -> Network:
    """`start` with a new head after its lesson, in listening mode and on the CPU.

    `start` has passed `check`. `progress` hears every step and its loss. Raises `UserError` when
    `folder` holds another lesson, or when the loss is no longer a number.
    """
    make_folder(folder)
    finished = folder / "student.pt"
    if finished.exists():
        return kept.restored(finished, lesson)
    body = copy.deepcopy(start).to(device).eval()
    counts = [len(part) for part in np.array_split(np.arange(lesson.windows), _PARTS)]
    parts = [
        _part(data, lesson, folder, number, count, body, device)
        for number, count in enumerate(counts)
    ]
    heard = _joined(parts)
    students = [
        _taught(heard, lesson, member, start, data, progress)
        for member in range(lesson.members)
    ]
    student = students[0] if lesson.members == 1 else _mean_of(students, lesson)
    kept.write(finished, {"lesson": choices_of(lesson), "student": student.state_dict()})
    for number in range(_PARTS):
        _file(folder, number).unlink(missing_ok=True)
    return student


def check(lesson: Lesson, recipe: str) -> None:
    """Raise `UserError` when only the head is to learn and the network has none apart.

    Or, the other way round, when what only such a lesson can do is asked of another.
    """
    alone = {
        "moves windows towards other corpora (borrowed)": lesson.borrowed > 0,
        "teaches several heads (members)": lesson.members > 1,
    }
    for what, asked in alone.items():
        if asked and not lesson.passes:
            raise UserError(
                f"The recipe {recipe} {what}, which only a lesson of the head alone can: say "
                "passes as well, or leave that out."
            )
    if lesson.passes and not isinstance(getattr(built(lesson.shape), "head", None), ZeroedHead):
        raise UserError(
            f"The recipe {recipe} teaches the head alone (passes), which the network "
            f"{lesson.shape.network} does not have: leave that out."
        )


def _part(
    data: Dataset,
    lesson: Lesson,
    folder: Path,
    number: int,
    count: int,
    body: Network,
    device: str,
) -> Heard:
    """One part of what is heard; every part has luck of its own, so that none depends on another."""
    path = _file(folder, number)
    if path.exists():
        content = kept.read(path, lesson)
        return Heard(content["pooled"], Batch(**content["wanted"]))
    chance = np.random.default_rng((lesson.seed, number))
    windows = Windows(data, lesson.table, chance, device)
    pieces = []
    for begin in range(0, count, lesson.batch):
        size = min(lesson.batch, count - begin)
        power, wanted = windows.draw(size, int(chance.choice(lesson.frames)))
        with torch.inference_mode():
            pooled = body.pooled(body.ears.levelled(power)).half().cpu()
        pieces.append(Heard(pooled, _on_cpu(wanted)))
    heard = _joined(pieces)
    named = {one.name: getattr(heard.wanted, one.name) for one in fields(Batch)}
    kept.write(path, {"lesson": choices_of(lesson), "pooled": heard.pooled, "wanted": named})
    return heard


def _file(folder: Path, number: int) -> Path:
    return folder / f"heard-{number}.pt"


def _on_cpu(batch: Batch) -> Batch:
    return Batch(*(getattr(batch, one.name).cpu() for one in fields(Batch)))


def _joined(pieces: list[Heard]) -> Heard:
    pieces = [piece for piece in pieces if len(piece.pooled)]
    wanted = (
        torch.cat([getattr(piece.wanted, one.name) for piece in pieces])
        for one in fields(Batch)
    )
    return Heard(torch.cat([piece.pooled for piece in pieces]), Batch(*wanted))


def _taught(
    heard: Heard,
    lesson: Lesson,
    member: int,
    start: Network,
    data: Dataset,
    progress: Callable[[int, float], None],
) -> Network:
    torch.manual_seed(lesson.seed + member)
    chance = np.random.default_rng((lesson.seed, _PARTS + member))
    student = copy.deepcopy(start).cpu().eval()
    student.head = _head_of(built(lesson.shape)).train()
    average = copy.deepcopy(student).eval()
    corpora, speakers = (
        int(numbers.max(initial=-1)) + 1 for numbers in (data.corpus, data.speaker)
    )
    zeros = Zeros(corpora, speakers, lesson.shape.hidden, lesson.zero)
    learning = [*_head_of(student).parameters()]
    if student.dominant is not None:
        learning += student.dominant.parameters()
    optimizer = torch.optim.AdamW(learning, weight_decay=lesson.weight_decay)
    weights = Weights(
        teacher_share=lesson.teacher_share, softness=lesson.softness, imitation=0.0
    )
    means = CorpusMeans(heard.pooled, heard.wanted.corpus) if lesson.borrowed else None
    for step in range(lesson.steps):
        rows = torch.from_numpy(chance.integers(0, len(heard.pooled), lesson.batch))
        pooled, batch = heard.picked(rows)
        if means:
            pooled = means.moved(pooled, batch.corpus, lesson.borrowed, chance)
        error = loss(_said(student, pooled, batch, zeros, lesson, chance), batch, weights)
        found = amount(error, step, lesson.rate)
        optimizer.zero_grad(set_to_none=True)
        error.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learning, 5.0)
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, lesson)
        optimizer.step()
        follow(average, student, min(lesson.average, (step + 1) / (10 + step)))
        progress(member * lesson.steps + step + 1, found)
    return average


def _mean_of(students: Sequence[Network], lesson: Lesson) -> Network:
    """The first of `students`, which differ in their heads alone, with all heads' mean for a head."""
    shape = replace(lesson.shape, hidden=lesson.shape.hidden * len(students))
    # What tells octants apart learned nothing here; it keeps the shape that the lesson's file says.
    mean = built(shape)
    mean.load_state_dict(
        mean.state_dict()
        | {
            name: weight
            for name, weight in students[0].state_dict().items()
            if not name.startswith(("head.", "corner.", "dominant."))
        }
    )
    mean.head = ZeroedHead.mean_of([_head_of(student) for student in students])
    if mean.dominant is not None:
        layers = [student.dominant for student in students if student.dominant is not None]
        fill_with_mean(mean.dominant, layers)
    return mean.eval()


def _head_of(student: Network) -> ZeroedHead:
    head = student.head
    assert isinstance(head, ZeroedHead)  # noqa: S101 - whoever pools has one
    return head


def _said(
    student: Network,
    pooled: Tensor,
    batch: Batch,
    zeros: Zeros,
    lesson: Lesson,
    chance: np.random.Generator,
) -> Outputs:
    """What the head says of windows on zeros that are drawn for them."""
    head = _head_of(student)
    level = functional.dropout(head.level(pooled), lesson.forget)
    features = head.standardise(head.project(level))
    zeroed = zeros.moved(features, batch.corpus, batch.speaker, chance)
    logits, dims = head.answers(zeroed)
    dominant = student.dominant
    return Outputs(
        logits=logits,
        dims=dims,
        features=features,
        dominance=None if dominant is None else dominant(head.hidden(features))[:, 0],
        zeroable=features,
    )
