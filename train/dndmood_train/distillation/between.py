"""Networks that lie between two others, weight by weight."""

import copy

import torch
from torch import nn

from dndmood_train.students import Network


@torch.no_grad()
def follow(average: nn.Module, student: nn.Module, decay: float) -> None:
    """Move `average` towards `student`, so that `decay` of it stays; whole numbers are taken over."""
    slow, fast = list(average.state_dict().values()), list(student.state_dict().values())
    moving = [number for number, one in enumerate(slow) if one.dtype.is_floating_point]
    torch._foreach_lerp_([slow[n] for n in moving], [fast[n] for n in moving], 1.0 - decay)
    for number in set(range(len(slow))) - set(moving):
        slow[number].copy_(fast[number])


@torch.no_grad()
def halfway_back(student: Network, begun: Network, part: float) -> Network:
    """`student` with its published weights moved by `part` towards those they were in `begun`.

    What a lesson taught is kept, and most of what it made forget comes back (Wortsman et al.,
    "Robust fine-tuning of zero-shot models", arXiv 2109.01903). Both students stay as they are.
    """
    between = copy.deepcopy(student)
    for weight, before in zip(between.published(), begun.published(), strict=True):
        weight.lerp_(before, part)
    return between
