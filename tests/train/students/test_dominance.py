"""Dominance from end to end, for students that say it; nothing changes for those that do not."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnxscript")
import torch

from dndmood.hearing.model import DOMINANCE, open_model
from dndmood_train.corpora import Clip, targets
from dndmood_train.distillation.lesson import Lesson, choices_of
from dndmood_train.distillation.losses import Batch, Weights, loss
from dndmood_train.distillation.recipe import Recipe
from dndmood_train.evaluation import predict
from dndmood_train.evaluation.predict import Condition
from dndmood_train.students import Shape, built, export

NETWORKS = ("hearth", "wav2small", "cnn14", "mobile")
THIN = Shape(channels=(4, 4, 6, 6), tokens=8, hidden=8)


@pytest.mark.parametrize("network", NETWORKS)
def test_whoever_lacks_it_has_the_same_weights_as_before(network: str) -> None:
    plain, dominant = (
        dataclasses.replace(THIN, network=network, dominance=one) for one in (False, True)
    )
    torch.manual_seed(0)
    without = built(plain).state_dict()
    torch.manual_seed(0)
    having = built(dominant).state_dict()
    assert set(having) - set(without) == {"dominant.weight", "dominant.bias"}
    assert all(torch.equal(without[name], having[name]) for name in without)


def test_what_is_off_is_not_named_in_lessons_and_cards() -> None:
    assert "dominance" not in choices_of(Lesson())["shape"]
    assert "dominance" not in Recipe().choices()["lesson"]["shape"]
    chosen = Lesson(shape=Shape(dominance=True))
    assert choices_of(chosen)["shape"]["dominance"] is True


def test_ratings_of_dominance_count_more_than_the_emotion() -> None:
    clips = [
        Clip(path=Path("a"), corpus="x", speaker="x:a", emotion="angry", dominance=0.1),
        Clip(path=Path("b"), corpus="x", speaker="x:b", emotion="angry"),
    ]
    assert targets(clips).dominance.tolist() == pytest.approx([0.1, 0.7])


def test_a_student_learns_it_from_ratings_and_from_a_teacher() -> None:
    n = 8
    nothing = torch.full((n,), float("nan"))
    wanted = torch.linspace(0.1, 0.9, n)
    plain = Batch(
        shares=torch.full((n, 8), float("nan")),
        known=torch.ones(n, 8, dtype=torch.bool),
        dims=torch.full((n, 2), float("nan")),
        voice=torch.ones(n),
        weight=torch.ones(n),
        logits=torch.full((n, 8), float("nan")),
        opinions=torch.full((n, 3), float("nan")),
        dominance=wanted,
        features=torch.zeros(n, 0),
        even=torch.ones(n),
        corpus=torch.zeros(n, dtype=torch.int64),
        speaker=torch.zeros(n, dtype=torch.int64),
    )
    taught = dataclasses.replace(
        plain,
        dominance=nothing,
        opinions=torch.column_stack([nothing, nothing, wanted]),
    )
    shape = dataclasses.replace(THIN, dominance=True)
    heard = built(shape).eval()(torch.randn(n, 8_000))
    weights = Weights(teacher_share=0.5, softness=1.0, imitation=0.0)
    right = dataclasses.replace(heard, dominance=torch.logit(wanted))
    wrong = dataclasses.replace(heard, dominance=torch.logit(wanted.flip(0)))
    for batch in (plain, taught):
        assert loss(wrong, batch, weights) > loss(right, batch, weights) + 0.5
    silent = dataclasses.replace(heard, dominance=None)
    assert torch.isfinite(loss(silent, plain, weights))


def test_its_graph_says_it_and_listening_ignores_it(tmp_path: Path) -> None:
    torch.manual_seed(1)
    student = built(dataclasses.replace(THIN, dominance=True)).eval()
    answering = export.Answering(student, temperature=1.0).eval()
    export.write_model(tmp_path, answering, parameters=1, window_s=3.0, about={"licence": {}})
    assert "dominance = true" in (tmp_path / "card.toml").read_text()
    wave = (0.1 * np.random.default_rng(0).standard_normal(24_000)).astype(np.float32)
    with open_model(tmp_path) as model:
        assert model.gives(DOMINANCE)
        assert not hasattr(model(wave), "dominance")
        (said,) = model.further(DOMINANCE, wave[None])
        answers = predict.predict(model, [wave], [Condition("main", 0.0)])["main"]
    with torch.inference_mode():
        wanted = student(torch.from_numpy(wave[None])).dominance.sigmoid()
    assert said == pytest.approx(float(wanted), abs=1e-4)
    assert answers.dominance == pytest.approx([said])
