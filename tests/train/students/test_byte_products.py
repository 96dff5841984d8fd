"""A large student's graph: bytes are multiplied, and it still answers what torch answers."""

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from dndmood.errors import UserError
from dndmood.hearing.model import open_model
from dndmood_train.students import Shape, built, export
from dndmood_train.students.export._int8 import multiply_bytes

SHAPE = Shape(network="whisper", width=32, heads=2, blocks=2, hidden=8)
PRODUCTS = 6 * SHAPE.blocks
"""In each block: query, key, value, what comes out of them, and two layers."""


@pytest.fixture(scope="module")
def answering() -> export.Answering:
    torch.manual_seed(3)
    return export.Answering(built(SHAPE).eval(), temperature=1.0).eval()


def written(folder, answering):
    export.write_model(
        folder, answering, parameters=export.LARGE + 1, window_s=3.0, about={"licence": {}}
    )
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory, answering):
    return written(tmp_path_factory.mktemp("large") / "model", answering)


@pytest.fixture(scope="module")
def graph(folder) -> onnx.GraphProto:
    return onnx.load(folder / "model.onnx").graph


def test_the_products_of_all_blocks_are_of_bytes(graph):
    kinds = [node.op_type for node in graph.node]
    assert kinds.count("MatMulInteger") == PRODUCTS
    # The head alone must answer exactly as the head in the graph, the front end is not learnt.
    assert not [
        node.name
        for node in graph.node
        if node.op_type == "MatMulInteger" and any("head" in name for name in node.input)
    ]


def test_no_pair_of_products_overflows_sixteen_bits(graph):
    numbers = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    weights = [numbers[node.input[1]] for node in graph.node if node.op_type == "MatMulInteger"]
    # On processors without VNNI, 2 * 255 * weight is summed in an int16.
    assert max(np.abs(one.astype(int)).max() for one in weights) == 64
    assert all(one.dtype == np.int8 for one in weights)


def test_every_channel_has_a_step_of_its_own(graph):
    scales = [one for one in graph.initializer if one.name.endswith("_scale") and one.dims]
    assert sorted({one.dims[0] for one in scales}) == [SHAPE.width, 4 * SHAPE.width]


def test_it_answers_what_torch_answers_and_says_features_on_the_same_zero(answering, folder):
    sound = torch.from_numpy(
        np.random.default_rng(5).normal(0, 0.1, (4, 48_000)).astype(np.float32)
    )
    with open_model(folder) as model, torch.inference_mode():
        answer, features = model.with_features(sound.numpy())
        *expected, wanted = answering(sound)
    for want, got in zip(expected, answer, strict=True):
        assert np.abs(want.numpy() - got).max() < 0.02
    assert np.abs(wanted.numpy() - features).mean() < 0.05
    assert export.head_difference(folder) <= export.HEAD_PARITY


def test_a_window_is_answered_alike_whatever_is_asked_with_it(folder):
    draw = np.random.default_rng(6)
    soft, loud = (draw.normal(0, level, 48_000).astype(np.float32) for level in (0.001, 0.5))
    with open_model(folder) as model:
        alone, _ = model.with_features(soft[None])
        together, _ = model.with_features(np.stack([soft, loud]))
    for one, two in zip(alone, together, strict=True):
        assert np.array_equal(one[0], two[0])


def test_a_graph_that_strays_before_it_is_rounded_is_not_written(
    tmp_path, answering, monkeypatch
):
    def shifted(network):
        model = export_graph(network)
        for one in model.graph.initializer:
            if one.name == "offset":
                one.CopyFrom(
                    numpy_helper.from_array(numpy_helper.to_array(one) + 0.01, one.name)
                )
        return model

    export_graph = export.to_onnx
    monkeypatch.setattr(export, "to_onnx", shifted)
    with pytest.raises(UserError, match="strays"):
        written(tmp_path / "model", answering)
    assert not (tmp_path / "model").exists()


def test_a_graph_without_products_stays_as_it_is():
    model = export.to_onnx(export.Answering(built(Shape()).eval(), temperature=1.0).eval())
    assert "MatMul" in {node.op_type for node in model.graph.node}  # of the front end
    assert multiply_bytes(model) == model
