"""One lesson: everything that decides what a student becomes, besides the sounds."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from dndmood_train.audio.augment import Table
from dndmood_train.distillation.zeros import ZeroOdds
from dndmood_train.students import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Everything that decides what a student becomes, besides the dataset."""

    shape: Shape = field(default_factory=Shape)
    table: Table = field(default_factory=Table)
    zero: ZeroOdds = field(default_factory=ZeroOdds)
    windows: int = 360_448
    """How many windows are heard in all."""
    batch: int = 64
    rate: float = 5e-3
    """Highest learning rate; it rises over the first tenth, then falls as a cosine."""
    kernels: float = 2.0
    """How many times as fast kernels move, by orthogonal steps; 0 for AdamW everywhere."""
    weight_decay: float = 0.02
    published: float = 1.0
    """How many times as fast weights move that a published network began with."""
    bfloat16: bool = False
    """Whether products are computed in half precision: twice as fast for large students on
    processors that can, and not worth it for small ones."""
    frames: tuple[int, ...] = (150, 210, 290)
    """Lengths of window in hundredths of a second; a batch has one of them."""
    teacher_share: float = 0.3
    """How much the teacher's opinion weighs against the targets."""
    softness: float = 1.0
    """Temperature of the teacher's and the student's opinions, arXiv 1503.02531."""
    imitation: float = 0.3
    """Weight of the error in imitating the teacher's features."""
    overheard: bool = False
    """Whether the features to imitate are those of the very window, which the teacher then hears
    while the lesson lasts, instead of the whole clip's."""
    evened: bool = False
    """Whether every corpus, and each of its emotions, is heard as often as any other."""
    passes: int = 0
    """Above 0 only the head learns, anew: every window is heard once by the network before it, as
    that is, and learned from so many times."""
    forget: float = 0.5
    """Share of the statistics before a head that learns alone which are forgotten at every step."""
    borrowed: float = 0.0
    """Share of the windows before a head that learns alone which are moved towards where the
    speech of another corpus lies, so that no answer hangs on where a corpus lies."""
    members: int = 1
    """How many heads learn alone from the same windows, each by luck of its own; what comes out is
    one head, so many times as wide, that answers the mean of theirs (arXiv 1612.01474)."""
    halfway: float = 0.0
    """How far a published network's weights go back towards what they were when it was published,
    before the lesson begins: 0 for not at all, 1 for all the way (arXiv 2109.01903)."""
    octants: float = 0.0
    """Weight of the octants at the beginning; it falls to a hundredth over the first fifth."""
    mixup: float = 0.0
    """Parameter of the beta distribution for half the batches (arXiv 1710.09412); 0 for none."""
    average: float = 0.998
    """Decay of the moving average of the weights, which is what comes out."""
    seed: int = 0

    @property
    def steps(self) -> int:
        """How many batches are learned from, by each head where several learn."""
        return max(1, self.windows * max(1, self.passes) // self.batch)

    @property
    def all_steps(self) -> int:
        """The steps of all heads together, where several learn."""
        return self.steps * self.members


def choices_of(lesson: Lesson) -> dict[str, Any]:
    """All choices of a lesson as plain nested tables.

    What came later and is off is not named: lessons from before then stay the same, bit for bit.
    """
    table = asdict(lesson)
    if not table["shape"]["dominance"]:
        del table["shape"]["dominance"]
    for name in ("overheard", "evened", "halfway", "borrowed"):
        if not table[name]:
            del table[name]
    if table["members"] == 1:
        del table["members"]
    if not table["passes"]:
        del table["passes"], table["forget"]
    for name in ("echo", "warp", "quiet"):
        if not table["table"][name]:
            del table["table"][name]
    return table


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
