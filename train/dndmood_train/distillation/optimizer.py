"""How weights move: kernels by orthogonal steps (Muon), everything else by AdamW."""

from typing import Any

import torch
from torch import Tensor, nn

from dndmood_train.students import Network

_FEWEST = 8
"""Fewer rows or columns than this are no matrix worth making orthogonal."""


class Optimizer:
    """One step for all weights of a student.

    Muon (Jordan and others, 2024; as large as AdamW's steps after arXiv 2502.16982) makes the
    momentum of a whole kernel orthogonal, so that directions which the data seldom asks for
    learn as fast as the others: the same windows teach a small network more.
    """

    def __init__(
        self, student: Network, *, weight_decay: float, kernels: float, published: float = 1.0
    ) -> None:
        """Kernels move `kernels` times as fast as the rest; 0 leaves them to AdamW as well.

        Weights that a published network began with move `published` times as fast, by AdamW.
        Two-dimensional kernels must lie channels last.
        """
        begun = list(student.published())
        apart = {id(weight) for weight in begun}
        weights = [weight for weight in student.parameters() if id(weight) not in apart]
        self._kernels = [weight for weight in weights if kernels > 0 and _is_kernel(weight)]
        chosen = {id(weight) for weight in self._kernels}
        rest = [weight for weight in weights if id(weight) not in chosen]
        # A matrix shares its kernel's memory: what moves the one moves the other. A view, as a
        # silent copy would leave the kernel where it is.
        self._matrices = [
            nn.Parameter(_rows(weight.detach()).view(len(weight), -1))
            for weight in self._kernels
        ]
        self._parts: list[tuple[torch.optim.Optimizer, float]] = [
            (torch.optim.AdamW(rest, weight_decay=weight_decay), 1.0)
        ]
        if begun:
            slow = torch.optim.AdamW(begun, weight_decay=weight_decay)
            self._parts.append((slow, published))
        if self._matrices:
            muon = torch.optim.Muon(
                self._matrices, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"
            )
            self._parts.append((muon, kernels))

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for weight in self._kernels:
            weight.grad = None
        for part, _ in self._parts:
            part.zero_grad(set_to_none=True)

    def step(self, rate: float) -> None:
        """Move all weights against their gradients at a learning rate."""
        for matrix, weight in zip(self._matrices, self._kernels, strict=True):
            if weight.grad is not None:
                matrix.grad = _rows(weight.grad).reshape(matrix.shape)
        for part, times in self._parts:
            for group in part.param_groups:
                group["lr"] = rate * times
            part.step()

    def state_dict(self) -> list[dict[str, Any]]:
        """Everything that the next step depends on besides weights and gradients."""
        return [part.state_dict() for part, _ in self._parts]

    def load_state_dict(self, saved: list[dict[str, Any]]) -> None:
        """Go on where another one, made for the same weights, stood."""
        for (part, _), state in zip(self._parts, saved, strict=True):
            part.load_state_dict(state)


def _is_kernel(weight: Tensor) -> bool:
    # A channel's own filter over time is a vector of its own, not a row of a matrix.
    return weight.ndim > 1 and min(len(weight), weight[0].numel()) >= _FEWEST


def _rows(kernel: Tensor) -> Tensor:
    """A kernel as it lies in memory, outward channels first, then places, inward channels last."""
    return kernel.permute(0, 2, 3, 1) if kernel.ndim == 4 else kernel  # noqa: PLR2004 - two-dimensional
