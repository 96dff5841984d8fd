"""What all tests of the training house share."""

import pytest


@pytest.fixture(autouse=True)
def _same_luck_every_time() -> None:
    """Torch draws the same numbers in every run; without it there is nothing to seed."""
    try:
        import torch
    except ImportError:
        return
    torch.manual_seed(1)
