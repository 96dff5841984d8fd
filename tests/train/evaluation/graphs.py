"""Models for tests: real ONNX graphs that judge by nothing but loudness."""

import hashlib
from pathlib import Path

import numpy as np

CENTRES = {"neutral": 0.2, "happy": 0.4, "sad": 0.05, "angry": 0.7}
"""Label to the mean absolute level at which the loudness model is surest of it."""


def loudness_model(folder: Path, *, centres: dict[str, float] | None = None) -> Path:
    """A model folder: arousal is the mean absolute level, valence its opposite.

    The label whose centre lies nearest to the level wins; a voice is whatever can be heard.
    """
    from onnx import TensorProto, helper, numpy_helper, save

    centres = CENTRES if centres is None else centres
    constants = {
        "zero": 0.0,
        "one": 1.0,
        "steep": -200.0,
        "tiny": 1e-3,
        "centres": list(centres.values()),
    }
    node = helper.make_node
    nodes = [
        node("Abs", ["waveform"], ["loud"]),
        node("ReduceMean", ["loud", "last"], ["level"], keepdims=0),
        node("Clip", ["level", "zero", "one"], ["arousal"]),
        node("Sub", ["one", "arousal"], ["valence"]),
        node("Greater", ["level", "tiny"], ["heard"]),
        node("Cast", ["heard"], ["voice"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["level", "last"], ["column"]),
        node("Sub", ["column", "centres"], ["off"]),
        node("Mul", ["off", "off"], ["square"]),
        node("Mul", ["square", "steep"], ["logits"]),
        node("Softmax", ["logits"], ["scores"], axis=1),
    ]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch"])
        for name in ("arousal", "valence", "voice")
    ]
    outputs.append(
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", len(centres)])
    )
    graph = helper.make_graph(
        nodes,
        "loudness",
        [helper.make_tensor_value_info("waveform", TensorProto.FLOAT, ["batch", "samples"])],
        outputs,
        [
            *(
                numpy_helper.from_array(np.array(value, np.float32), name)
                for name, value in constants.items()
            ),
            numpy_helper.from_array(np.array([1], np.int64), "last"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    folder.mkdir(parents=True, exist_ok=True)
    save(model, folder / "model.onnx")
    digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    labels = ", ".join(f'"{label}"' for label in centres)
    (folder / "card.toml").write_text(
        f"[input]\nrate_hz = 16000\nwindow_s = 1.0\n[output]\nlabels = [{labels}]\n"
        f'[graph]\nsha256 = "{digest}"\n',
        encoding="utf-8",
    )
    return folder
