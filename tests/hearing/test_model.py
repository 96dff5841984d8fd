import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

from dndmood import paths
from dndmood.errors import UserError
from dndmood.events import RATE_HZ
from dndmood.hearing.model import open_model, read_card
from tests.fakes import LABELS, noise

CARD = """
[input]
rate_hz = {rate_hz}
window_s = 3.0
[output]
labels = {labels}
[graph]
sha256 = "{sha256}"
"""


def graph(
    labels: int, outputs: tuple[str, ...] = ("arousal", "valence", "voice", "scores")
) -> bytes:
    """A model that answers with the mean of the sound, and zeros."""
    nodes = [
        helper.make_node("ReduceMean", ["waveform", "axis"], ["mean"], keepdims=1),
        helper.make_node("Squeeze", ["mean", "axis"], ["arousal"]),
        helper.make_node("Identity", ["arousal"], ["valence"]),
        helper.make_node("Identity", ["arousal"], ["voice"]),
        helper.make_node("MatMul", ["mean", "spread"], ["scores"]),
    ]
    shapes = {name: ["batch"] for name in outputs} | {"scores": ["batch", labels]}
    built = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("waveform", TensorProto.FLOAT, ["batch", "samples"])],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, shapes[n]) for n in outputs],
        [
            helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
            helper.make_tensor("spread", TensorProto.FLOAT, [1, labels], [0.0] * labels),
        ],
    )
    return helper.make_model(
        built, opset_imports=[helper.make_opsetid("", 18)], ir_version=10
    ).SerializeToString()


def folder(where: Path, content: bytes, *, labels=LABELS, rate_hz=RATE_HZ, sha256="") -> Path:
    (where / "model.onnx").write_bytes(content)
    sha256 = sha256 or hashlib.sha256(content).hexdigest()
    card = CARD.format(rate_hz=rate_hz, labels=list(labels), sha256=sha256)
    (where / "card.toml").write_text(card)
    return where


def test_a_model_whose_card_agrees_is_ready_for_windows_of_any_length(tmp_path):
    with open_model(folder(tmp_path, graph(8))) as model:
        reading = model(np.full(RATE_HZ, 0.25, np.float32))
        assert reading.arousal == pytest.approx(0.25)
        assert tuple(reading.scores) == LABELS
        model(np.zeros(1600, np.float32))


@pytest.mark.parametrize(
    ("content", "more", "complaint"),
    [
        (graph(7), {}, "names 8 labels, but the graph gives 7 scores"),
        (graph(8), {"rate_hz": 8000}, "says 8000 Hz"),
        (graph(8), {"sha256": "0" * 64}, "not the one its card describes"),
        (graph(8, ("arousal", "valence", "scores")), {}, "no output called voice"),
        (b"no graph", {}, "not a graph onnxruntime can load"),
    ],
)
def test_a_model_and_a_card_that_disagree_are_told_in_one_sentence(
    tmp_path, content, more, complaint
):
    with (
        pytest.raises(UserError, match=complaint),
        open_model(folder(tmp_path, content, **more)),
    ):
        pass


def test_reporting_is_off_whatever_the_environment_has_become(tmp_path, monkeypatch):
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY")
    with open_model(folder(tmp_path, graph(8))):
        assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(UserError, match="There is no model in"), open_model(tmp_path):
        pass


def test_a_card_that_lacks_something_is_told(tmp_path):
    folder(tmp_path, graph(8))
    (tmp_path / "card.toml").write_text("[input]\nrate_hz = 16000\n")
    with pytest.raises(UserError, match="cannot be used"):
        read_card(tmp_path)


FINE = """
[input]
rate_hz = 16000
window_s = 3.0
[output]
labels = ["calm"]
[graph]
sha256 = "0"
"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe\x00binary\x00", "it is not a text file"),
        (b"[input", "Expected ']'"),
        (b"x = " + b"[" * 5000, "nested too deeply"),
        (FINE.replace("window_s = 3.0", "").encode(), "it lacks 'window_s'"),
        (FINE.replace("16000", "inf").encode(), "infinity"),
        (FINE.replace('["calm"]', "3").encode(), "no list of different words"),
        (FINE.replace('["calm"]', '["calm", "calm"]').encode(), "no list of different words"),
        (b"output = 3", "of the wrong kind"),
        ((FINE + "[ordinary]\nscores = 3\n").encode(), "of the wrong kind"),
        ((FINE + "[ordinary]\narousal = nan\n").encode(), "nan where a number is needed"),
        ((FINE + '[ordinary.scores]\ncalm = "much"\n').encode(), "much"),
    ],
)
def test_a_card_that_is_none_is_one_sentence_without_its_bytes(tmp_path, content, reason):
    (tmp_path / "card.toml").write_bytes(content)
    with pytest.raises(UserError) as told:
        read_card(tmp_path)
    text = str(told.value)
    assert reason in text and text.endswith("put back the card that belongs to the model.")
    assert "\\x" not in text and "\n" not in text and len(text) < len(str(tmp_path)) + 200


def test_a_card_that_is_a_folder_is_one_sentence(tmp_path):
    (tmp_path / "card.toml").mkdir()
    with pytest.raises(UserError, match="cannot be used"):
        read_card(tmp_path)


def test_a_graph_that_takes_one_length_only_is_told_at_the_start(tmp_path):
    from onnx import load_model_from_string

    fixed = load_model_from_string(graph(8))
    shape = fixed.graph.input[0].type.tensor_type.shape
    shape.dim[1].dim_value = RATE_HZ
    where = folder(tmp_path, fixed.SerializeToString())
    with pytest.raises(UserError, match="cannot judge 3 s of sound"), open_model(where):
        pass


SHIPPED = sorted(path.parent for path in paths.data("models").glob("*/card.toml"))


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.name)
class TestEveryShippedModel:
    def test_opens_and_gives_numbers_in_their_ranges(self, shipped):
        with open_model(shipped) as model:
            for sound in (noise(3, 0.1), noise(0.1, 0.01), np.zeros(RATE_HZ, np.float32)):
                reading = model(sound)
                assert 0 <= reading.arousal <= 1 and 0 <= reading.valence <= 1
                assert 0 <= reading.voice <= 1
                assert sum(reading.scores.values()) == pytest.approx(1.0, abs=1e-4)

    def test_does_not_care_how_loud_a_microphone_is_set(self, shipped):
        with open_model(shipped) as model:
            soft, loud = (model(noise(3, level)) for level in (0.02, 0.2))
        assert soft.arousal == pytest.approx(loud.arousal, abs=0.05)
        assert soft.valence == pytest.approx(loud.valence, abs=0.05)

    def test_a_batch_gives_what_single_windows_give(self, shipped):
        windows = np.stack([noise(3, 0.1, seed=s) for s in range(3)])
        with open_model(shipped) as model:
            together = model.batch(windows)[0]
            alone = [model(window).arousal for window in windows]
        assert together == pytest.approx(alone, abs=1e-4)
