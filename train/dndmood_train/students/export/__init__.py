"""Turns a trained student into a folder that `dndmood` can open: graphs, parity, card."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from dndmood.errors import UserError
from dndmood.hearing import known_answer
from dndmood.hearing.model import open_model
from dndmood_train.corpora import EMOTIONS
from dndmood_train.files import draft_folder_of
from dndmood_train.students.export._card import toml
from dndmood_train.students.export._graph import Answering, to_onnx
from dndmood_train.students.export._int8 import shrink

__all__ = [
    "CARD",
    "LABELS",
    "PARITY",
    "Answering",
    "largest_difference",
    "shrink",
    "to_onnx",
    "toml",
    "write_model",
]

CARD = "card.toml"

LABELS = EMOTIONS
"""Emotions in the order of the student's logits."""

PARITY = 1e-4
"""Largest allowed difference between torch and the graph, on outputs in [0, 1]."""


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
        whole = to_onnx(answering)
        graphs = {"model.onnx": whole, "model.int8.onnx": shrink(whole)}
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
        with open_model(draft) as model:
            tables[known_answer.TABLE] = known_answer.table(model(known_answer.sound()))
        (draft / CARD).write_text(toml(tables), encoding="utf-8")
