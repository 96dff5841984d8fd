"""A trained student as an ONNX graph."""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import onnx
import onnxscript.optimizer
import torch
from torch import Tensor, nn

from dndmood.hearing.model import DOMINANCE, FEATURES
from dndmood.hearing.reading import OUTPUTS
from dndmood_train.students._network import Network


class Answering(nn.Module):
    """A student with four named outputs, temperature and scales included.

    A student that offers `Outputs.zeroable` has a fifth, its features, and a head of its own.
    """

    slope: Tensor
    offset: Tensor

    def __init__(
        self,
        student: Network,
        *,
        temperature: float,
        slope: tuple[float, float, float] = (1.0, 1.0, 1.0),
        offset: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        """Wrap `student`; the scales of arousal, valence and voice keep their order.

        `slope` and `offset` act on the three before the sigmoid, so that a threshold such as
        "high is from .55" means the same for this student as for the last.
        """
        super().__init__()
        self.student = student
        self.temperature = temperature
        self.register_buffer("slope", torch.tensor(slope), persistent=False)
        self.register_buffer("offset", torch.tensor(offset), persistent=False)

    def forward(self, waveform: Tensor) -> tuple[Tensor, ...]:
        """Waveform `(batch, samples)` to `OUTPUTS`: three `(batch,)`, then `(batch, 8)`.

        Where there are features, `(batch, width)`, they follow; where the student says it, the
        dominance, `(batch,)`, comes last.
        """
        heard = self.student(waveform)
        answer = self.scaled(heard.logits, heard.dims)
        if heard.zeroable is not None:
            answer = (*answer, heard.zeroable)
        return answer if heard.dominance is None else (*answer, heard.dominance.sigmoid())

    def scaled(self, logits: Tensor, dims: Tensor) -> tuple[Tensor, ...]:
        """`OUTPUTS` of what a student says."""
        given = torch.sigmoid(dims * self.slope + self.offset)
        scores = torch.softmax(logits / self.temperature, dim=1)
        return given[:, 0], given[:, 1], given[:, 2], scores


def feature_width(answering: nn.Module) -> int:
    """How many features `answering` gives beside its answers; 0 for none."""
    return next((int(one.shape[1]) for one in _beside(answering) if one.ndim > 1), 0)


def says_dominance(answering: nn.Module) -> bool:
    """Whether `answering` gives the dominance as its last output."""
    return any(one.ndim == 1 for one in _beside(answering))


def _beside(answering: nn.Module) -> tuple[Tensor, ...]:
    """What it gives beside `OUTPUTS`."""
    with torch.inference_mode():
        given: tuple[Tensor, ...] = answering.eval()(torch.zeros(1, 16_000))
    return given[len(OUTPUTS) :]


class AnsweringHead(nn.Module):
    """The head of an answering student alone: features `(batch, width)` to `OUTPUTS`."""

    def __init__(self, answering: Answering) -> None:
        super().__init__()
        self.answering = answering

    def forward(self, features: Tensor) -> tuple[Tensor, ...]:
        """What the student would say, had it these features."""
        logits, dims = self.answering.student.answers(features)
        return self.answering.scaled(logits, dims)


def to_onnx(answering: nn.Module) -> onnx.ModelProto:
    """The graph of an answering student: any batch, any length from a tenth of a second."""
    outputs = [*OUTPUTS, FEATURES] if feature_width(answering) else list(OUTPUTS)
    if says_dominance(answering):
        outputs.append(DOMINANCE)
    return _graph(
        answering,
        torch.randn(2, 16_000) * 0.1,
        outputs,
        dynamic_shapes={"waveform": {0: "batch", 1: "samples"}},
    )


def head_to_onnx(answering: Answering) -> onnx.ModelProto:
    """The graph of its head alone: any batch of features."""
    return _graph(
        AnsweringHead(answering),
        torch.randn(2, feature_width(answering)),
        list(OUTPUTS),
        dynamic_shapes={FEATURES: {0: "batch"}},
    )


def _graph(
    module: nn.Module,
    example: Tensor,
    outputs: list[str],
    *,
    dynamic_shapes: dict[str, dict[int, str]],
) -> onnx.ModelProto:
    with _quiet_exporter():
        program = torch.onnx.export(
            module.eval(),
            (example,),
            input_names=list(dynamic_shapes),
            output_names=outputs,
            opset_version=20,
            dynamic_shapes=dynamic_shapes,
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
    _number(model.graph)
    return model


_NUMBERED = re.compile(r"val_\d+")
"""Constants that the exporter made."""


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Silences what the exporter logs and warns of: nobody who trains could act on it."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _strip(model: onnx.ModelProto) -> None:
    """Remove the exporter's notes: they name source files and double the size."""
    for thing in (model, model.graph, *model.graph.node, *model.graph.initializer):
        del thing.metadata_props[:]
        thing.doc_string = ""
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]
        value.doc_string = ""
    del model.graph.value_info[:]
    del model.functions[:]


def _number(graph: onnx.GraphProto) -> None:
    """Name steps and what passes between them by their place in the graph.

    The exporter's own numbers depend on what the process did before, so that a lesson which was
    stopped and went on would end in other bytes than one which was not.
    """
    ends = {value.name for value in (*graph.input, *graph.output)}
    names: dict[str, str] = {}
    for tensor in graph.initializer:
        if _NUMBERED.fullmatch(tensor.name):
            names[tensor.name] = tensor.name = f"constant_{len(names)}"
    for place, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{place}"
        node.input[:] = [names.get(name, name) for name in node.input]
        for number, name in enumerate(node.output):
            if name and name not in ends:
                names[name] = node.output[number] = f"{node.name}_{number}"
