"""A student whose features can be put on another zero, and the head that is written for it."""

import dataclasses
import hashlib

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from dndmood.errors import UserError
from dndmood.hearing import known_answer
from dndmood.hearing.model import open_model, read_card
from dndmood_train.students import EMOTIONS, MelFrontEnd, Network, Outputs, export

WIDTH = 12


class Listening(Network):
    """Hears the spectrum's bands, levelled and squeezed to a few features."""

    def __init__(self, *, other_head: bool = False):
        super().__init__()
        self.ears = MelFrontEnd()
        self.squeeze = nn.Linear(128, WIDTH)
        self.settle = nn.BatchNorm1d(WIDTH)
        self.hidden = nn.Linear(WIDTH, 16)
        self.out = nn.Linear(16, EMOTIONS + 3)
        self.stray = nn.Parameter(torch.tensor(float(other_head)))

    def from_mel(self, mel):
        bands = torch.cat([mel.mean(2), mel.std(2)], dim=1)
        features = self.settle(self.squeeze(bands))
        logits, dims = self.answers(features)
        return Outputs(logits + self.stray, dims + self.stray, features, zeroable=features)

    def answers(self, features):
        out = self.out(torch.relu(self.hidden(features)))
        return out[:, :EMOTIONS], out[:, EMOTIONS:]


@pytest.fixture(scope="module")
def answering():
    torch.manual_seed(3)
    student = Listening()
    for _ in range(30):
        student(torch.randn(8, 8000) * torch.rand(8, 1))
    return export.Answering(
        student.eval(), temperature=1.3, slope=(1.2, 0.9, 1.0), offset=(0.1, -0.2, 0.0)
    ).eval()


@pytest.fixture(scope="module")
def folder(answering, tmp_path_factory):
    where = tmp_path_factory.mktemp("models") / "zeroable"
    export.write_model(where, answering, parameters=1, window_s=3.0, about={})
    return where


def waveform(batch: int, samples: int) -> np.ndarray:
    return np.random.default_rng(5).normal(0, 0.1, (batch, samples)).astype(np.float32)


def test_a_student_with_features_is_written_with_its_head_and_named_in_the_card(folder):
    card = read_card(folder)
    assert card.width == WIDTH
    content = (folder / "head.onnx").read_bytes()
    assert card.sha256_head == hashlib.sha256(content).hexdigest()
    head = onnx.load(folder / "head.onnx")
    onnx.checker.check_model(head)
    # What listens before the head is not in it.
    assert sum(int(np.prod(one.dims)) for one in head.graph.initializer) < 500


@pytest.mark.parametrize("graph", ["model.onnx", "model.int8.onnx"])
def test_the_graph_still_gives_what_torch_gives(answering, folder, graph):
    most = 1e-4 if graph == "model.onnx" else 0.05
    heard = open_model(folder, graph=graph)
    with heard as model, torch.inference_mode():
        sound = waveform(3, 20_000)
        *expected, features = answering(torch.from_numpy(sound))
        for want, got in zip(expected, model.batch(sound), strict=True):
            assert np.abs(want.numpy() - got).max() <= most
        assert np.abs(features.numpy() - model.with_features(sound)[1]).max() <= 20 * most


def test_the_head_gives_to_untouched_features_what_the_graph_gives(folder):
    assert export.head_difference(folder) <= 1e-5
    with open_model(folder) as model:
        reading = model(waveform(1, 48_000)[0])
        again = model.head(reading.features)
    assert len(reading.features) == WIDTH
    assert known_answer.largest_difference(again, known_answer.table(reading)) <= 2e-4


def test_the_head_gives_to_features_on_another_zero_what_torch_gives(answering, folder):
    mean, deviation = torch.linspace(-1, 1, WIDTH), torch.linspace(0.6, 1.5, WIDTH)
    with open_model(folder) as model, torch.inference_mode():
        sound = waveform(2, 30_000)
        moved = (answering(torch.from_numpy(sound))[-1] - mean) / deviation
        wanted = answering.scaled(*answering.student.answers(moved))
        given = model.head.batch(
            (model.with_features(sound)[1] - mean.numpy()) / deviation.numpy()
        )
        for want, got in zip(wanted, given, strict=True):
            assert np.abs(want.numpy() - got).max() <= 1e-4


def test_the_known_answer_is_the_head_s_as_well(folder):
    with open_model(folder) as model:
        heard = model(known_answer.sound())
        known = known_answer.expected(folder)
        assert known_answer.largest_difference(heard, known) < 0.001
        assert known_answer.largest_difference(model.head(heard.features), known) < 0.001


def test_a_head_that_answers_otherwise_than_its_graph_is_not_written(tmp_path):
    answering = export.Answering(Listening(other_head=True).eval(), temperature=1.0)
    with pytest.raises(UserError, match="head"):
        export.write_model(tmp_path / "model", answering, parameters=1, window_s=3.0, about={})
    assert not (tmp_path / "model").exists()


def test_a_student_without_features_has_no_head(tmp_path):
    class Plain(Listening):
        def from_mel(self, mel):
            return dataclasses.replace(super().from_mel(mel), zeroable=None)

    answering = export.Answering(Plain().eval(), temperature=1.0)
    export.write_model(tmp_path / "model", answering, parameters=1, window_s=3.0, about={})
    assert not (tmp_path / "model" / "head.onnx").exists()
    card = read_card(tmp_path / "model")
    assert card.width == 0 and card.sha256_head == ""
    with open_model(tmp_path / "model") as model:
        assert model.head is None and model(waveform(1, 16_000)[0]).features == ()


def test_a_graph_names_its_steps_by_their_place() -> None:
    """Not by the exporter's counters, which hang on what the process did before it."""
    graph = export.to_onnx(export.Answering(Listening().eval(), temperature=1.0).eval()).graph
    ends = {value.name for value in graph.output}
    for place, node in enumerate(graph.node):
        assert node.name == f"{node.op_type}_{place}"
        assert all(name in ends or name.startswith(node.name) for name in node.output)
    assert not [tensor.name for tensor in graph.initializer if tensor.name.startswith("val_")]
