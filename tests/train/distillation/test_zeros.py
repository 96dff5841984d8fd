"""The zeros that a student hears, against what its features really were."""

import numpy as np
import torch

from dndmood_train.distillation.zeros import ZeroOdds, Zeros

CORPUS = torch.tensor([0, 0, 1, 1])
SPEAKER = torch.tensor([0, 1, 2, -1])


def taught(odds, *, steps=400):
    """Corpus 1 lies at 3 with deviation 2, corpus 0 where the training's zero is."""
    zeros = Zeros(2, 3, 5, odds)
    chance = np.random.default_rng(0)
    for _ in range(steps):
        features = torch.from_numpy(chance.standard_normal((4, 5)).astype(np.float32))
        features[2:] = 2.0 * features[2:] + 3.0
        zeros.learn(features, CORPUS, SPEAKER)
    return zeros


def drawn(zeros, corpus=CORPUS, speaker=SPEAKER, *, times=300):
    chance = np.random.default_rng(1)
    pairs = [zeros.drawn(corpus, speaker, chance) for _ in range(times)]
    mean = torch.stack([mean for mean, _ in pairs]).mean((0, 2))
    deviation = torch.stack([deviation for _, deviation in pairs]).mean((0, 2))
    return mean.numpy(), deviation.numpy()


def test_without_odds_every_window_is_on_the_training_s_zero():
    mean, deviation = drawn(taught(ZeroOdds()))
    assert np.array_equal(mean, np.zeros(4))
    assert np.array_equal(deviation, np.ones(4))


def test_a_corpus_is_put_on_its_own_zero():
    mean, deviation = drawn(taught(ZeroOdds(corpus=1.0)))
    assert np.allclose(mean, [0, 0, 3, 3], atol=0.4)
    assert np.allclose(deviation, [1, 1, 2, 2], atol=0.3)


def test_nobody_s_voice_stays_on_the_training_s_zero():
    mean, deviation = drawn(taught(ZeroOdds(speaker=1.0)))
    assert np.allclose(mean[:3], [0, 0, 3], atol=0.6)
    assert mean[3] == 0
    assert deviation[3] == 1


def test_little_evidence_hardly_moves_anything():
    zeros = taught(ZeroOdds(corpus=1.0), steps=1)
    assert (drawn(zeros)[0][2:] < 1.2).all()


def test_a_zero_is_never_known_exactly():
    zeros = taught(ZeroOdds(corpus=1.0))
    chance = np.random.default_rng(1)
    once, again = (zeros.drawn(CORPUS, SPEAKER, chance)[0] for _ in range(2))
    assert not torch.equal(once, again)


def test_what_was_known_can_be_kept():
    zeros, other = taught(ZeroOdds(corpus=1.0)), Zeros(2, 3, 5, ZeroOdds(corpus=1.0))
    other.load_state_dict(zeros.state_dict())
    assert np.array_equal(drawn(zeros)[0], drawn(other)[0])
