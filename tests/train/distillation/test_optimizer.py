import pytest
import torch

from dndmood_train.distillation.optimizer import Optimizer
from dndmood_train.students import Shape
from dndmood_train.students.hearth import Hearth


def moved(*, kernels):
    """How far every weight of a student moved in one step, by name."""
    torch.manual_seed(0)
    student = Hearth(Shape()).to(memory_format=torch.channels_last)
    before = {name: weight.detach().clone() for name, weight in student.named_parameters()}
    optimizer = Optimizer(student, weight_decay=0.0, kernels=kernels)
    heard = student.from_mel(torch.randn(4, 64, 80))
    (heard.logits.square().mean() + heard.dims.square().mean()).backward()
    optimizer.step(0.01)
    return {name: weight.detach() - before[name] for name, weight in student.named_parameters()}


@pytest.mark.parametrize("name", ["stem.0.weight", "high.0.weight", "head.project.weight"])
def test_a_kernel_moves_in_all_directions_alike(name):
    torch.manual_seed(0)
    student = Hearth(Shape()).to(memory_format=torch.channels_last)
    kernel = dict(student.named_parameters())[name]
    left, _, right = torch.linalg.svd(kernel.detach().flatten(1), full_matrices=False)
    asked = torch.logspace(0, -1, len(left))  # some directions ten times as often as others
    kernel.grad = (left @ torch.diag(asked) @ right).reshape(kernel.shape)
    before = kernel.detach().clone()
    Optimizer(student, weight_decay=0.0, kernels=1.0).step(0.01)
    step = before - kernel.detach()
    sizes = torch.diag(left.T @ step.flatten(1) @ right.T)
    assert sizes.min() > 0.5 * sizes.max()  # five rounds of Newton and Schulz come this near


def test_a_kernel_moves_as_far_as_it_was_told():
    half, whole = (moved(kernels=times)["middle.0.weight"] for times in (1.0, 2.0))
    assert torch.allclose(2 * half, whole, rtol=1e-3, atol=1e-6)
    assert 0.1 < half.square().mean().sqrt() / 0.01 < 0.3  # .2 for AdamW, as it usually moves


def test_what_is_no_kernel_moves_as_ever():
    orthogonal, plain = moved(kernels=2.0), moved(kernels=0.0)
    for name in ("low.1.weight", "head.out.bias", "tokens.3.along.weight"):
        assert torch.equal(orthogonal[name], plain[name])
