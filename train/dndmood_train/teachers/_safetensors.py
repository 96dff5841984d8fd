"""Reads safetensors files: a length, a table of contents in JSON, and plain numbers; no pickles."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from dndmood.errors import UserError

_DTYPES: dict[str, Any] = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "I64": np.int64,
    "I32": np.int32,
}


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every tensor of a safetensors file by name; `UserError` when it is missing or broken."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"The teacher's weights {path} cannot be read: {error.strerror}."
        ) from error
    try:
        (length,) = struct.unpack("<Q", content[:8])
        table = json.loads(content[8 : 8 + length])
        return {
            name: _tensor(content, 8 + length, entry)
            for name, entry in table.items()
            if name != "__metadata__"
        }
    except (struct.error, KeyError, ValueError) as error:
        raise UserError(
            f"{path} is no whole safetensors file ({error}); fetch it again."
        ) from error


def _tensor(content: bytes, base: int, entry: dict[str, Any]) -> Tensor:
    begin, end = entry["data_offsets"]
    numbers = np.frombuffer(content[base + begin : base + end], dtype=_DTYPES[entry["dtype"]])
    return torch.from_numpy(numbers.reshape(entry["shape"]).copy())


def load_strictly(network: nn.Module, path: Path) -> None:
    """Fill `network` from `path`; every name and every shape must match, or `UserError`."""
    try:
        network.load_state_dict(read_tensors(path), strict=True)
    except RuntimeError as error:
        first = str(error).splitlines()[1:2] or [str(error)]
        raise UserError(f"{path} holds another network: {first[0].strip()}") from error
    network.eval()
    network.requires_grad_(requires_grad=False)
