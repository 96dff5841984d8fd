"""Turns a trained student into a folder that `dndmood` can open: graphs, parity, card."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from dndmood.errors import UserError
from dndmood.hearing import head as heads
from dndmood.hearing import known_answer
from dndmood.hearing.model import DOMINANCE, FEATURES, open_model
from dndmood_train.corpora import EMOTIONS
from dndmood_train.files import draft_folder_of
from dndmood_train.students.export._card import toml
from dndmood_train.students.export._graph import (
    Answering,
    feature_width,
    head_to_onnx,
    says_dominance,
    to_onnx,
)
from dndmood_train.students.export._int8 import multiply_bytes, shrink

__all__ = [
    "CARD",
    "HEAD_PARITY",
    "LABELS",
    "PARITY",
    "Answering",
    "head_difference",
    "head_to_onnx",
    "largest_difference",
    "shrink",
    "to_onnx",
    "toml",
    "write_model",
]

CARD = "card.toml"
_GRAPH = "model.onnx"
_SMALL = "model.int8.onnx"

LABELS = EMOTIONS
"""Emotions in the order of the student's logits."""

LARGE = 1_000_000
"""A student with more weights than this has them as bytes in `model.onnx` itself, and multiplies
bytes: four times the download and half as much time again for the third digit help nobody."""

PARITY = 1e-4
"""Largest allowed difference between torch and the graph, on outputs in [0, 1]."""

BYTES_PARITY = 0.1
"""The same where bytes are multiplied. The larger model of 2026 strays .05 in noise; its features
stray more than its answers."""

_FEATURE_UNIT = 4.0

HEAD_PARITY = 1e-5
"""Largest allowed difference between the graph's answers and its head's to its features."""


def largest_difference(answering: nn.Module, folder: Path, *, graph: str) -> float:
    """How far the graph in `folder` strays from torch, over lengths, batches and levels.

    Features count a quarter.
    """
    generator = torch.Generator().manual_seed(20)
    strays = []
    with open_model(folder, graph=graph) as model, torch.inference_mode():
        for batch, samples, level in ((1, 1_600, 0.1), (3, 16_000, 0.5), (2, 48_123, 1e-3)):
            waveform = torch.randn(batch, samples, generator=generator) * level
            answer, features = model.with_features(waveform.numpy())
            given = [*answer, features] if model.head else answer
            if model.gives(DOMINANCE):
                given = [*given, model.further(DOMINANCE, waveform.numpy())]
            for number, (want, got) in enumerate(zip(answering(waveform), given, strict=True)):
                # Features reach to 4 and farther, answers to 1.
                unit = _FEATURE_UNIT if number >= len(answer) and want.ndim > 1 else 1.0
                strays.append(np.abs(want.numpy() - got).max() / unit)
    # NaN in any of them is NaN here.
    return float(np.max(strays))


def head_difference(folder: Path) -> float:
    """How far the head in `folder` strays from the graph beside it, given the graph's features.

    0 where the model has no head.
    """
    generator = torch.Generator().manual_seed(21)
    with open_model(folder) as model:
        if model.head is None:
            return 0.0
        strays = []
        for batch, samples, level in ((1, 1_600, 0.1), (3, 16_000, 0.5), (2, 48_123, 1e-3)):
            waveform = torch.randn(batch, samples, generator=generator) * level
            answer, features = model.with_features(waveform.numpy())
            strays += [
                np.abs(one - two).max()
                for one, two in zip(answer, model.head.batch(features), strict=True)
            ]
    return float(np.max(strays))


def write_model(
    folder: Path,
    answering: nn.Module,
    *,
    parameters: int,
    window_s: float,
    places: Mapping[str, Sequence[float]] | None = None,
    about: Mapping[str, Any],
) -> None:
    """Write `model.onnx`, `card.toml` and, unless it is `LARGE`, `model.int8.onnx`; all or none.

    A student whose features can be put on another zero has a `head.onnx` as well; `places` says
    where each emotion lies in them. `about` holds the card's further tables (training, figures,
    licence). Raises `UserError` when graph and torch differ by more than `PARITY` (a large one's by
    more than that before it is rounded, or than `BYTES_PARITY` after), or head and graph by more than
    `HEAD_PARITY`; what was in `folder` is then left alone.
    """
    with draft_folder_of(folder, last=CARD) as draft:
        whole = to_onnx(answering)
        if parameters > LARGE:
            # As floats first: what rounding does would hide a small fault of the graph.
            stages = [
                ({_GRAPH: whole}, PARITY),
                ({_GRAPH: shrink(multiply_bytes(whole))}, BYTES_PARITY),
            ]
        else:
            stages = [({_GRAPH: whole, _SMALL: shrink(whole)}, PARITY)]
        width, head = 0, {}
        if isinstance(answering, Answering) and (width := feature_width(answering)):
            head = {heads.FILE: head_to_onnx(answering)}
        tables: dict[str, Any] = {
            "input": {"rate_hz": 16_000, "window_s": window_s},
            "output": {
                "labels": list(LABELS),
                **({DOMINANCE: True} if says_dominance(answering) else {}),
            },
            "graph": {},
            **({FEATURES: {"width": width, "places": dict(places or {})}} if width else {}),
            **about,
        }
        for graphs, allowed in stages:
            digests = _written(draft, {**graphs, **head})
            tables["graph"] = {
                "sha256": digests[_GRAPH],
                **({"sha256_int8": digests[_SMALL]} if _SMALL in digests else {}),
                **({"sha256_head": digests[heads.FILE]} if width else {}),
                "parameters": parameters,
            }
            (draft / CARD).write_text(toml(tables), encoding="utf-8")
            difference = largest_difference(answering, draft, graph=_GRAPH)
            # Written so that NaN is too far as well.
            if not difference <= allowed:
                raise UserError(
                    f"The exported graph strays {difference:.1e} from torch (at most {allowed} "
                    f"is allowed), so {folder} was not written: please report this."
                )
        difference = head_difference(draft)
        if not difference <= HEAD_PARITY:
            raise UserError(
                f"The exported head strays {difference:.1e} from its graph (at most {HEAD_PARITY} "
                f"is allowed), so {folder} was not written: please report this."
            )
        with open_model(draft) as model:
            tables[known_answer.TABLE] = known_answer.table(model(known_answer.sound()))
        (draft / CARD).write_text(toml(tables), encoding="utf-8")


def _written(draft: Path, graphs: Mapping[str, Any]) -> dict[str, str]:
    """The digest of each graph that now lies in `draft`."""
    digests = {}
    for name, proto in graphs.items():
        content = proto.SerializeToString()
        (draft / name).write_bytes(content)
        digests[name] = hashlib.sha256(content).hexdigest()
    return digests
