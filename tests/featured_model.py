"""A model with a head of its own for tests: real ONNX graphs that judge by nothing but loudness."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

CENTRES = {"neutral": 0.2, "happy": 0.4, "sad": 0.05, "angry": 0.7}
"""Label to the mean absolute level at which the model is surest of it."""
_CONSTANTS = {
    "last": np.array([1], np.int64),
    "zero": np.array(0.0, np.float32),
    "one": np.array(1.0, np.float32),
    "steep": np.array(-200.0, np.float32),
    "tiny": np.array(1e-3, np.float32),
    "usual": np.array([0.3], np.float32),
    "spread": np.array([0.2], np.float32),
    "first": np.array([0], np.int64),
    "turned": np.array([[1.0, -1.0]], np.float32),
}


def featured_model(
    folder: Path,
    *,
    centres: Mapping[str, float] = CENTRES,
    strange_head: bool = False,
    card: str = "",
) -> Path:
    """A model folder with two features: how far the mean absolute level lies from 0.3, and minus that.

    Both are in units of 0.2. Arousal is the level, valence its opposite; the label whose centre
    lies nearest to the level wins. With `strange_head` the head is another model's; `card` is
    added to the card's end.
    """
    from onnx import helper

    node = helper.make_node
    hears = [
        node("Abs", ["waveform"], ["loud"]),
        node("ReduceMean", ["loud", "last"], ["mean"], keepdims=1),
        node("Sub", ["mean", "usual"], ["off_usual"]),
        node("Div", ["off_usual", "spread"], ["near"]),
        node("Mul", ["near", "turned"], ["features"]),
    ]
    answers = [
        node("Gather", ["features", "first"], ["column_near"], axis=1),
        node("Mul", ["column_near", "spread"], ["back"]),
        node("Add", ["back", "usual"], ["column"]),
        node("Squeeze", ["column", "last"], ["level"]),
        node("Clip", ["level", "zero", "one"], ["arousal"]),
        node("Sub", ["one", "arousal"], ["valence"]),
        node("Greater", ["level", "tiny"], ["heard"]),
        node("Cast", ["heard"], ["voice"], to=1),
        node("Sub", ["column", "centres"], ["off"]),
        node("Mul", ["off", "off"], ["square"]),
        node("Mul", ["square", "steep"], ["logits"]),
        node("Softmax", ["logits"], ["scores"], axis=1),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "model.onnx", [*hears, *answers], "waveform", centres, features=True)
    turned = dict(zip(centres, reversed(centres.values()), strict=True))
    other = turned if strange_head else centres
    _write(folder / "head.onnx", answers, "features", other, features=False)
    labels = ", ".join(f'"{label}"' for label in centres)
    (folder / "card.toml").write_text(
        f"[input]\nrate_hz = 16000\nwindow_s = 1.0\n[output]\nlabels = [{labels}]\n"
        f'[graph]\nsha256 = "{digest(folder / "model.onnx")}"\n'
        f'sha256_head = "{digest(folder / "head.onnx")}"\nparameters = 12\n'
        f"[features]\nwidth = 2\n{card}",
        encoding="utf-8",
    )
    return folder


def digest(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(
    path: Path, nodes: list, source: str, centres: Mapping[str, float], *, features: bool
) -> None:
    from onnx import TensorProto, helper, numpy_helper, save

    value = helper.make_tensor_value_info
    outputs = [
        value(name, TensorProto.FLOAT, ["batch"]) for name in ("arousal", "valence", "voice")
    ]
    outputs.append(value("scores", TensorProto.FLOAT, ["batch", len(centres)]))
    if features:
        outputs.append(value("features", TensorProto.FLOAT, ["batch", 2]))
    constants = {**_CONSTANTS, "centres": np.array(list(centres.values()), np.float32)}
    used = {name for one in nodes for name in one.input}
    graph = helper.make_graph(
        nodes,
        path.stem,
        [value(source, TensorProto.FLOAT, ["batch", "samples" if features else 2])],
        outputs,
        [numpy_helper.from_array(v, name) for name, v in constants.items() if name in used],
    )
    save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9),
        path,
    )
