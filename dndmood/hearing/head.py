"""The head of a model alone: from a window's features to what was heard in it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.hearing import graph_file
from dndmood.hearing.reading import OUTPUTS, Reading

FILE = "head.onnx"
"""Lies beside `model.onnx` where the model has features; input `features`, float32
`(batch, width)`, outputs as in `OUTPUTS`."""


class Head:
    """A checked head, ready to be called with one window's features."""

    def __init__(self, labels: tuple[str, ...], session: Any) -> None:
        self._labels = labels
        self._session = session

    def __call__(self, features: Sequence[float]) -> Reading:
        """What these features, `width` of them, say; the reading carries them as they are."""
        row = np.asarray([features], dtype=np.float32)
        return reading(self._labels, self.batch(row), row)

    def batch(self, features: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Judge features, shape `(batch, width)`; the arrays are in `OUTPUTS` order."""
        answer: list[NDArray[np.float32]] = self._session.run(OUTPUTS, {"features": features})
        return answer


def reading(
    labels: tuple[str, ...],
    answer: Sequence[NDArray[np.float32]],
    features: NDArray[np.float32],
) -> Reading:
    """The first row of `answer`, which is in `OUTPUTS` order, with the first row of `features`."""
    arousal, valence, voice, scores = answer
    return Reading(
        arousal=float(arousal[0]),
        valence=float(valence[0]),
        voice=float(voice[0]),
        scores=dict(zip(labels, map(float, scores[0]), strict=True)),
        features=tuple(map(float, features[0])),
    )


def opened(folder: Path, *, labels: tuple[str, ...], width: int, sha256: str) -> Head:
    """The head in `folder`, for features of that width; raises `UserError` when it is no good."""
    path = folder / FILE
    session = graph_file.loaded(path, sha256=sha256)
    names = {output.name for output in session.get_outputs()}
    if missing := [name for name in OUTPUTS if name not in names]:
        raise UserError(f"The head {path} has no output called {', '.join(missing)}.")
    head = Head(labels, session)
    try:
        answer = head.batch(np.zeros((1, width), dtype=np.float32))
    except Exception as error:  # onnxruntime's own error types have no common public base
        raise UserError(
            f"The head {path} cannot judge {width} features: its input must be called 'features' "
            "and be as wide as the card says."
        ) from error
    if [one.shape for one in answer] != [(1,), (1,), (1,), (1, len(labels))]:
        raise UserError(
            f"The head {path} must give one number each for {', '.join(OUTPUTS[:3])}, and "
            f"{len(labels)} scores."
        )
    return head
