"""Every part of the error against numbers worked out by hand."""

import math

import pytest
import torch

from dndmood_train.distillation.losses import Batch, Weights, loss
from dndmood_train.students import Outputs

NOTHING = float("nan")


def heard(count: int = 1, **given: list[list[float]]) -> Outputs:
    """Answers to `count` windows; dimensions are given as they are after the sigmoid."""
    dims = torch.tensor(given.get("dims", [[0.5, 0.5, 0.5]] * count)).logit()
    logits = torch.tensor(given.get("logits", [[0.0] * 8] * count))
    features = torch.tensor(given.get("features", [[0.0, 0.0]] * count))
    return Outputs(logits=logits, dims=dims, features=features)


def batch(count: int = 1, **given: list[list[float]]) -> Batch:
    """Windows with a voice of which nothing else is known but what is given."""
    unknown = torch.full((count, 8), NOTHING)
    given_ = {name: torch.tensor(value) for name, value in given.items()}
    plain = {
        "shares": unknown,
        "known": torch.ones(count, 8, dtype=torch.bool),
        "dims": unknown[:, :2],
        "voice": torch.ones(count),
        "weight": torch.ones(count),
        "logits": unknown,
        "opinions": unknown[:, :2],
        "dominance": unknown[:, 0],
        "features": unknown[:, :0],
        "even": torch.ones(count),
        "corpus": torch.zeros(count, dtype=torch.int64),
        "speaker": torch.zeros(count, dtype=torch.int64),
    }
    return Batch(**plain | given_)


UNSURE = 0.5 * math.log(2)
"""What it costs not to know whether there is a voice."""
ALONE = Weights(teacher_share=0.5, softness=1.0, imitation=0.0)


def error(answer: Outputs, wanted: Batch, weights: Weights = ALONE) -> float:
    return float(loss(answer, wanted, weights))


def test_nothing_known_costs_nothing() -> None:
    assert error(heard(), batch()) == pytest.approx(UNSURE)


def test_a_voice_that_is_none_costs_half_its_cross_entropy() -> None:
    answer = heard(dims=[[0.5, 0.5, 0.9]])
    assert error(answer, batch()) == pytest.approx(-0.5 * math.log(0.9))
    assert error(answer, batch(voice=[0.0])) == pytest.approx(-0.5 * math.log(0.1))


def test_emotions_cost_cross_entropy_among_those_the_corpus_knows() -> None:
    answer = heard(logits=[[math.log(3), 0.0, *[9.0] * 6]])
    sad_or_calm = [[True, True, *[False] * 6]]
    wanted = batch(shares=[[0.8, 0.2, *[0.0] * 6]], known=sad_or_calm)
    cost = -(0.8 * math.log(0.75) + 0.2 * math.log(0.25))
    assert error(answer, wanted) == pytest.approx(UNSURE + cost, abs=1e-5)
    wanted = batch(shares=[[0.8, 0.2, *[0.0] * 6]], known=sad_or_calm, weight=[0.5])
    assert error(answer, wanted) == pytest.approx(UNSURE + 0.5 * cost, abs=1e-5)


@pytest.mark.parametrize("softness", [1.0, 2.0])
def test_a_teacher_costs_its_divergence_at_its_temperature(softness: float) -> None:
    silent = [NOTHING] * 6
    taught = batch(logits=[[0.0, 0.0, *silent]])
    answer = heard(logits=[[math.log(4), 0.0, *[9.0] * 6]])
    strong = 4 ** (1 / softness)
    share = strong / (strong + 1)
    apart = 0.5 * math.log(0.5 / share) + 0.5 * math.log(0.5 / (1 - share))
    weights = Weights(teacher_share=0.3, softness=softness, imitation=0.0)
    assert error(answer, taught, weights) == pytest.approx(
        UNSURE + 0.3 * softness**2 * apart, abs=1e-5
    )


def test_a_teacher_and_a_label_share_the_say() -> None:
    answer = heard(logits=[[math.log(4), 0.0, *[-1e3] * 6]])
    both = batch(shares=[[1.0, *[0.0] * 7]], logits=[[0.0, 0.0, *[NOTHING] * 6]])
    hard = -math.log(0.8)
    soft = 0.5 * math.log(0.5 / 0.8) + 0.5 * math.log(0.5 / 0.2)
    assert error(answer, both) == pytest.approx(UNSURE + 0.5 * hard + 0.5 * soft, abs=1e-5)


def test_dimensions_cost_half_of_what_concordance_lacks_and_twice_the_square() -> None:
    """Backwards, all of them: CCC -1, mean square (.36 + .04 + .04 + .36) / 4."""
    wanted = [[a, NOTHING] for a in (0.2, 0.4, 0.6, 0.8)]
    answer = heard(4, dims=[[a, 0.9, 0.5] for a in (0.8, 0.6, 0.4, 0.2)])
    assert error(answer, batch(4, dims=wanted, voice=[1.0] * 4)) == pytest.approx(
        UNSURE + 0.5 * 2 + 2 * 0.2, abs=1e-4
    )
    right = heard(4, dims=[[a, 0.9, 0.5] for a in (0.2, 0.4, 0.6, 0.8)])
    assert error(right, batch(4, dims=wanted, voice=[1.0] * 4)) == pytest.approx(
        UNSURE, abs=1e-4
    )


def test_arousal_is_not_valence_and_a_teacher_has_its_share() -> None:
    only_valence = batch(dims=[[NOTHING, 0.2]], opinions=[[NOTHING, 0.6]])
    halfway = heard(dims=[[0.9, 0.4, 0.5]])
    assert error(halfway, only_valence) == pytest.approx(UNSURE, abs=1e-6)
    off = heard(dims=[[0.4, 0.9, 0.5]])
    assert error(off, only_valence) == pytest.approx(UNSURE + 2 * 0.25, abs=1e-5)


def test_imitated_features_cost_their_mean_square() -> None:
    answer, wanted = heard(features=[[1.0, 3.0]]), batch(features=[[1.0, 1.0]])
    weights = Weights(teacher_share=0.5, softness=1.0, imitation=0.3)
    assert error(answer, wanted, weights) == pytest.approx(UNSURE + 0.3 * 2.0)
