"""The same graph in a quarter of the bytes."""

import logging
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_SMALLEST = 256
"""Tensors with fewer numbers stay float in the small graph: they save nothing."""
_AS_IT_IS = ("ears", "head.out")
"""Parts that stay float: a rounded front end leaks into silent bands, and the last layer must
answer exactly as it does in a graph of its own."""


def shrink(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with its learnt weights as int8, one scale for each output channel.

    Arithmetic stays float: the weights of a convolution, matrix product or linear layer are
    stored as bytes and multiplied by their scale when the graph is opened, or, where a processor
    has products of bytes, inputs are rounded on the way as well.
    """
    small = onnx.ModelProto()
    small.CopyFrom(model)
    weights = {tensor.name: tensor for tensor in small.graph.initializer}
    for node in list(small.graph.node):
        for name in node.input[1:2]:
            tensor = weights.get(name)
            multiplies = node.op_type in ("Conv", "Gemm", "MatMul")
            if multiplies and tensor is not None and _learnt(tensor):
                axis = 0 if node.op_type == "Conv" or _transposed(node) else 1
                _store_as_bytes(small.graph, tensor, axis)
                del weights[name]
    return small


def multiply_bytes(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with bytes in the matrix products of its layers, in half the time.

    Weights keep one scale for each output channel and seven of their eight bits, so that no
    processor's sum of two products overflows its sixteen bits. Inputs are rounded to 256 steps
    from their least number to their greatest, found anew in every call: who gives several
    windows in one call lets them change each other.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    products = [
        node.name
        for node in model.graph.node
        if node.op_type == "MatMul"
        and node.input[1] in weights
        and _learnt(weights[node.input[1]])
    ]
    if not products:
        return model  # an empty list would be taken for all there are
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)  # it advises a step that changes nothing here
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            quantize_dynamic(
                model,
                path,
                nodes_to_quantize=products,
                per_channel=True,
                reduce_range=True,
                weight_type=QuantType.QInt8,
            )
            return onnx.load(path)
    finally:
        logging.disable(before)


def _learnt(tensor: TensorProto) -> bool:
    numbers = int(np.prod(tensor.dims))
    learnt = (
        not any(part in tensor.name for part in _AS_IT_IS)
        and tensor.data_type == TensorProto.FLOAT
    )
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
