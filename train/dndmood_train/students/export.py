"""Turns a trained student into a folder that `dndmood` can open: graphs, parity, card."""

import hashlib
import json
import logging
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxscript.optimizer
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from dndmood.errors import UserError
from dndmood.hearing.model import OUTPUTS, open_model
from dndmood_train.files import draft_folder_of

LABELS = (
    "neutral",
    "calm",
    "happy",
    "sad",
    "angry",
    "fearful",
    "disgusted",
    "surprised",
)
"""Emotions in the order of the student's logits."""

CARD = "card.toml"

PARITY = 1e-4
"""Largest allowed difference between torch and the graph, on outputs in [0, 1]."""

_SMALLEST = 256
"""Tensors with fewer numbers stay float in the small graph: they save nothing."""


class Answering(nn.Module):
    """A student with its voice broken to four named answers, temperature included."""

    slope: Tensor
    offset: Tensor

    def __init__(
        self,
        student: nn.Module,
        *,
        temperature: float,
        slope: tuple[float, float, float] = (1.0, 1.0, 1.0),
        offset: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        """Set the scales right: each of arousal, valence and voice keeps its order.

        `slope` and `offset` act on the three before the sigmoid, so that a threshold such as
        "high is from .55" means the same for this student as for the last.
        """
        super().__init__()
        self.student = student
        self.temperature = temperature
        self.register_buffer("slope", torch.tensor(slope), persistent=False)
        self.register_buffer("offset", torch.tensor(offset), persistent=False)

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Waveform `(batch, samples)` to `OUTPUTS`: three `(batch,)`, then `(batch, 8)`."""
        heard = self.student(waveform)
        dims = torch.sigmoid(heard.dims * self.slope + self.offset)
        scores = torch.softmax(heard.logits / self.temperature, dim=1)
        return dims[:, 0], dims[:, 1], dims[:, 2], scores


def to_onnx(answering: nn.Module) -> onnx.ModelProto:
    """The graph of an answering student: any batch, any length from a tenth of a second."""
    with _unmoved():
        program = torch.onnx.export(
            answering.eval(),
            (torch.randn(2, 16_000) * 0.1,),
            input_names=["waveform"],
            output_names=list(OUTPUTS),
            opset_version=18,
            dynamic_shapes={"waveform": {0: "batch", 1: "samples"}},
            dynamo=True,
            optimize=False,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch gave no program")
    # unlimited folding would write the filter bank out: 68 kB instead of one
    onnxscript.optimizer.optimize(program.model, output_size_limit=4096)
    model: onnx.ModelProto = program.model_proto
    _strip(model)
    return model


@contextmanager
def _unmoved() -> Iterator[None]:
    """Keeps from people what the exporter says to its makers: nothing they could act on."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _strip(model: onnx.ModelProto) -> None:
    """Forget the exporter's notes: they name source files and double the size."""
    for thing in (model, model.graph, *model.graph.node, *model.graph.initializer):
        del thing.metadata_props[:]
        thing.doc_string = ""
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]
        value.doc_string = ""
    del model.graph.value_info[:]
    del model.functions[:]


def shrink(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with its learnt weights as int8, one scale for each output channel.

    Arithmetic stays float: the weights of a convolution, matrix product or linear layer are
    stored as bytes and multiplied by their scale when the graph is opened. Front-end
    constants stay as they are, as a rounded Fourier transform leaks into silent bands.
    """
    small = onnx.ModelProto()
    small.CopyFrom(model)
    weights = {tensor.name: tensor for tensor in small.graph.initializer}
    for node in list(small.graph.node):
        for name in node.input[1:2]:
            tensor = weights.get(name)
            if tensor and node.op_type in ("Conv", "Gemm", "MatMul") and _learnt(tensor):
                axis = 0 if node.op_type == "Conv" or _transposed(node) else 1
                _store_as_bytes(small.graph, tensor, axis)
                del weights[name]
    return small


def _learnt(tensor: TensorProto) -> bool:
    numbers = int(np.prod(tensor.dims))
    learnt = "ears" not in tensor.name and tensor.data_type == TensorProto.FLOAT
    return learnt and numbers >= _SMALLEST


def _transposed(node: onnx.NodeProto) -> bool:
    return any(attribute.name == "transB" and attribute.i for attribute in node.attribute)


def _store_as_bytes(graph: onnx.GraphProto, tensor: TensorProto, axis: int) -> None:
    numbers = numpy_helper.to_array(tensor)
    others = tuple(i for i in range(numbers.ndim) if i != axis)
    scale = np.maximum(np.abs(numbers).max(others), 1e-12) / 127.0
    shape = [-1 if i == axis else 1 for i in range(numbers.ndim)]
    rounded = np.clip(np.round(numbers / scale.reshape(shape)), -127, 127).astype(np.int8)
    name = tensor.name
    graph.initializer.remove(tensor)
    graph.initializer.append(numpy_helper.from_array(rounded, f"{name}.int8"))
    graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale"))
    inputs = [f"{name}.int8", f"{name}.scale"]
    graph.node.insert(0, helper.make_node("DequantizeLinear", inputs, [name], axis=axis))


def largest_difference(answering: nn.Module, folder: Path, *, graph: str) -> float:
    """How far the graph in `folder` strays from torch, over lengths, batches and levels."""
    generator = torch.Generator().manual_seed(20)
    strays = []
    with open_model(folder, graph=graph) as model, torch.inference_mode():
        for batch, samples, level in ((1, 1_600, 0.1), (3, 16_000, 0.5), (2, 48_123, 1e-3)):
            waveform = torch.randn(batch, samples, generator=generator) * level
            expected = answering(waveform)
            for want, got in zip(expected, model.batch(waveform.numpy()), strict=True):
                strays.append(np.abs(want.numpy() - got).max())
    # NaN in any of them is NaN here.
    return float(np.max(strays))


def write_model(
    folder: Path,
    answering: nn.Module,
    *,
    parameters: int,
    window_s: float,
    about: Mapping[str, Any],
) -> None:
    """Write `model.onnx`, `model.int8.onnx` and `card.toml` into `folder`, all or none.

    `about` holds the card's further tables (training, figures, licence). Raises `UserError`
    when graph and torch differ by more than `PARITY`; what was in `folder` is then left alone.
    """
    with draft_folder_of(folder, last=CARD) as draft:
        model = to_onnx(answering)
        graphs = {"model.onnx": model, "model.int8.onnx": shrink(model)}
        digests = {}
        for name, proto in graphs.items():
            content = proto.SerializeToString()
            (draft / name).write_bytes(content)
            digests[name] = hashlib.sha256(content).hexdigest()
        tables: dict[str, Any] = {
            "input": {"rate_hz": 16_000, "window_s": window_s},
            "output": {"labels": list(LABELS)},
            "graph": {
                "sha256": digests["model.onnx"],
                "sha256_int8": digests["model.int8.onnx"],
                "parameters": parameters,
            },
            **about,
        }
        (draft / CARD).write_text(toml(tables), encoding="utf-8")
        difference = largest_difference(answering, draft, graph="model.onnx")
        # Written so that NaN is too far as well.
        if not difference <= PARITY:
            raise UserError(
                f"The exported graph strays {difference:.1e} from torch (at most {PARITY} is "
                f"allowed), so {folder} was not written: please report this."
            )


def toml(tables: Mapping[str, Any]) -> str:
    """Nested mappings as TOML text; strings, numbers, booleans and lists of them.

    >>> print(toml({"input": {"rate_hz": 16000, "names": ["a", "b"]}}), end="")
    [input]
    rate_hz = 16000
    names = ["a", "b"]
    """
    lines: list[str] = []
    _table(tables, (), lines)
    return "\n".join(lines).strip() + "\n"


def _table(table: Mapping[str, Any], path: Sequence[str], lines: list[str]) -> None:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    if path and plain:
        lines += ["", f"[{'.'.join(map(_key, path))}]"]
    lines += [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, Mapping):
            _table(value, (*path, key), lines)


def _key(name: str) -> str:
    # Corpora carry the names of their folders, which may be anything.
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # TOML's strings are JSON's.
        return json.dumps(value.replace("\n", " "), ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def temperature(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """By what to divide logits `(n, classes)` so that they are as sure as they are right.

    Minimises the log loss on held-out clips (Guo et al. 2017, arXiv 1706.04599).
    """
    grid = np.geomspace(0.3, 5.0, 200)
    losses = []
    for candidate in grid:
        scaled = logits / candidate
        scaled = scaled - scaled.max(1, keepdims=True)
        normaliser = np.log(np.exp(scaled).sum(1))
        losses.append(float(np.mean(normaliser - scaled[np.arange(len(labels)), labels])))
    return float(grid[int(np.argmin(losses))])
