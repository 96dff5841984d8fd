"""One wide head that answers the mean of several."""

import pytest
import torch
from torch.testing import assert_close

from dndmood_train.students import ZeroedHead

POOLED, HIDDEN = 10, 6
NEAR = {"rtol": 1e-4, "atol": 1e-4}


def taught(seed: int) -> ZeroedHead:
    """A head whose every number is something else than at the beginning."""
    torch.manual_seed(seed)
    head = ZeroedHead(POOLED, HIDDEN, drop=0.1).train()
    with torch.no_grad():
        for weight in head.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
        for _ in range(40):
            head.heard(statistics(16) * (1.0 + 0.1 * seed) + seed, None, None)
    return head.eval()


def statistics(count: int) -> torch.Tensor:
    """Some that differ in size by orders of magnitude, as means and deviations of layers do."""
    return torch.logspace(-2, 2, POOLED) * (torch.randn(count, POOLED) + 2.0)


@pytest.fixture(scope="module")
def heads() -> list[ZeroedHead]:
    return [taught(seed) for seed in range(3)]


@torch.inference_mode()
def test_the_wide_head_answers_the_mean_of_all(heads: list[ZeroedHead]) -> None:
    torch.manual_seed(9)
    pooled = statistics(32)
    said = ZeroedHead.mean_of(heads).heard(pooled, None, None)
    each = [head.heard(pooled, None, None) for head in heads]
    assert_close(said.logits, torch.stack([one.logits for one in each]).mean(0), **NEAR)
    assert_close(said.dims, torch.stack([one.dims for one in each]).mean(0), **NEAR)
    features = torch.cat([one.zeroable for one in each if one.zeroable is not None], dim=1)
    assert said.zeroable is not None
    assert_close(said.zeroable, features, **NEAR)


@torch.inference_mode()
def test_a_table_s_zero_acts_on_it_as_on_every_head_alone(heads: list[ZeroedHead]) -> None:
    torch.manual_seed(9)
    mean = ZeroedHead.mean_of(heads)
    features = torch.randn(8, HIDDEN * len(heads))
    moved = (features - 0.4) / 1.3
    each = [
        head.answers(part)[0]
        for head, part in zip(heads, moved.split(HIDDEN, dim=1), strict=True)
    ]
    assert_close(mean.answers(moved)[0], torch.stack(each).mean(0), **NEAR)
