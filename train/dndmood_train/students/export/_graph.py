"""A trained student as an ONNX graph."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import onnx
import onnxscript.optimizer
import torch
from torch import Tensor, nn

from dndmood.hearing.model import OUTPUTS


class Answering(nn.Module):
    """A student with four named outputs, temperature and scales included."""

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
        """Wrap `student`; the scales of arousal, valence and voice keep their order.

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
    with _quiet_exporter():
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
