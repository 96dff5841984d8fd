"""Windows that are moved to where the speech of another corpus lies."""

import numpy as np
import torch

from dndmood_train.distillation.corpus_means import CorpusMeans

PLACES = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [50.0, 50.0]])


def heard(counts=(20, 20, 20, 3)):
    """Windows around the place of each corpus, then some of none; the last corpus is hardly heard."""
    corpus = torch.tensor(
        [n for n, count in enumerate(counts) for _ in range(count)] + [-1] * 5
    )
    spread = torch.randn(len(corpus), 2, generator=torch.Generator().manual_seed(1))
    own = torch.where(corpus[:, None] >= 0, PLACES[corpus.clamp_min(0)], torch.tensor(99.0))
    return own + 0.1 * spread, corpus


def test_windows_lie_on_the_way_to_other_corpora_and_keep_what_is_their_own():
    pooled, corpus = heard()
    moved = CorpusMeans(pooled, corpus).moved(pooled, corpus, 1.0, np.random.default_rng(1))
    known = (corpus >= 0) & (corpus < 3)
    means = torch.stack([pooled[corpus == number].mean(0) for number in range(3)])
    shift = (moved - pooled)[known]
    ways = means[None] - means[corpus[known]][:, None]
    length = ways.norm(dim=2).clamp_min(1e-6)
    far = (ways * shift[:, None]).sum(2) / length.square()
    off = (shift[:, None] - far[..., None] * ways).norm(dim=2)
    # Each goes straight towards one of the others, and never beyond.
    onto = off.argmin(1)
    assert off.min(1).values.max() < 1e-3
    gone = far.gather(1, onto[:, None])[:, 0]
    assert gone.min() >= 0.0
    assert gone.max() <= 1.0 + 1e-4
    assert (gone < 0.3).any()
    assert (gone > 0.7).any()


def test_what_belongs_to_no_corpus_or_to_one_hardly_heard_stays():
    pooled, corpus = heard()
    moved = CorpusMeans(pooled, corpus).moved(pooled, corpus, 1.0, np.random.default_rng(1))
    stays = (corpus < 0) | (corpus == 3)
    assert torch.equal(moved[stays], pooled[stays])


def test_only_a_share_moves():
    pooled, corpus = heard((400, 400, 0, 0))
    moved = CorpusMeans(pooled, corpus).moved(pooled, corpus, 0.5, np.random.default_rng(1))
    # Half are drawn, and half of these have their own place drawn for them.
    assert 0.2 < (moved != pooled).any(1)[:800].float().mean() < 0.3


def test_nothing_moves_where_no_corpus_is_known():
    for pooled, corpus in (heard((3, 3, 0, 0)), heard((0, 0, 0, 0))):
        moved = CorpusMeans(pooled, corpus).moved(pooled, corpus, 1.0, np.random.default_rng(1))
        assert torch.equal(moved, pooled)
