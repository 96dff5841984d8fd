"""The emotion model at the edge: a card and a graph that must agree, then waveform in, scores out."""

import hashlib
import math
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood.hearing.reading import Reading
from dndmood.library_environment import send_nothing

OUTPUTS = ("arousal", "valence", "voice", "scores")
"""What a graph must give for input `waveform`, float32 `(batch, samples)`: three times
`(batch,)` in [0, 1] and `scores` `(batch, labels)`, rows summing to 1."""

_LONGEST_S = 3.0  # the usual window

_UNUSABLE = (
    OSError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What reading a card can raise that is not a card."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a graph claims to be: `card.toml`, lying beside `model.onnx`."""

    name: str
    """The folder's name."""
    labels: tuple[str, ...]
    """Emotions in the order of the graph's `scores`."""
    rate_hz: int
    """Sample rate the graph was trained on; this program feeds 16 000."""
    window_s: float
    """Length of window at which the figures on the card were measured."""
    sha256: str
    """Of `model.onnx`, in hexadecimal."""
    ordinary: Mapping[str, Any] = field(default_factory=dict)
    """What it answers to everyday talk: `arousal`, `valence`, `scores`, and in an `evening`;
    empty when nobody measured it."""


class Model:
    """A checked graph, ready to be called with one window."""

    def __init__(self, card: ModelCard, session: Any) -> None:
        self.card = card
        self._session = session

    def __call__(self, samples: Samples) -> Reading:
        """Judge one window, shape `(n,)` at 16 kHz, of any length from a tenth of a second."""
        arousal, valence, voice, scores = self.batch(samples[np.newaxis, :])
        return Reading(
            arousal=float(arousal[0]),
            valence=float(valence[0]),
            voice=float(voice[0]),
            scores=dict(zip(self.card.labels, map(float, scores[0]), strict=True)),
        )

    def batch(self, windows: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Judge windows of equal length, shape `(batch, n)`; the arrays are in `OUTPUTS` order."""
        answer: list[NDArray[np.float32]] = self._session.run(OUTPUTS, {"waveform": windows})
        return answer


def read_card(folder: Path) -> ModelCard:
    """The card in `folder`; raises `UserError` when it is missing or lacks something."""
    path = folder / "card.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return ModelCard(
            name=folder.name,
            labels=_labels(table["output"]["labels"]),
            rate_hz=int(table["input"]["rate_hz"]),
            window_s=float(table["input"]["window_s"]),
            sha256=str(table["graph"]["sha256"]),
            ordinary=_ordinary(table.get("ordinary", {})),
        )
    except FileNotFoundError:
        raise UserError(
            f"There is no model in {folder}: it needs model.onnx and card.toml."
        ) from None
    except _UNUSABLE as error:
        raise UserError(
            f"The model card {path} cannot be used ({_reason(error)}): put back the card that "
            "belongs to the model."
        ) from error


def _reason(error: Exception) -> str:
    match error:
        case OSError():
            return error.strerror or str(error)
        case KeyError():
            return f"it lacks {error}"
        case UnicodeDecodeError():
            return "it is not a text file"
        case RecursionError():
            return "it is nested too deeply"
        case TypeError() | AttributeError():
            return "a value in it is of the wrong kind"
        case _:
            return str(error)


def _labels(value: Any) -> tuple[str, ...]:
    words = isinstance(value, list) and value and all(isinstance(word, str) for word in value)
    if not words or len(set(value)) < len(value):
        raise ValueError("its labels are no list of different words")
    return tuple(value)


def _ordinary(table: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        key: _number(table[key]) for key in ("arousal", "valence") if key in table
    }
    for key in ("scores", "evening"):
        if key in table:
            found[key] = {label: _number(share) for label, share in table[key].items()}
    return found


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} where a number is needed")
    return number


@contextmanager
def open_model(folder: Path, *, graph: str = "model.onnx") -> Iterator[Model]:
    """The model in `folder`, its card checked against its graph.

    Runs on one thread without spinning: a small graph on many threads costs whole cores and
    is no faster. The card's sha256 guards against accidents, as a graph that was cut short or
    put beside another card; whoever can write the graph can write the card as well. The graph is
    loaded from its bytes, so it cannot name further files. Raises `UserError` when card and
    graph disagree.
    """
    send_nothing()  # again, as something may have changed the environment since the start
    import onnxruntime as ort

    ort.disable_telemetry_events()  # builds that report to Windows itself know only this

    card = read_card(folder)
    path = folder / graph
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"The model {path} cannot be read: {error.strerror}.") from error
    if graph == "model.onnx" and hashlib.sha256(content).hexdigest() != card.sha256:
        raise UserError(
            f"The model {path} is not the one its card describes (the sha256 differs): "
            "put back the graph or the card that belongs to it."
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own error types have no common public base
        raise UserError(f"The model {path} is not a graph onnxruntime can load.") from error
    model = Model(card, session)
    _check(model, session, path)
    yield model


def _check(model: Model, session: Any, path: Path) -> None:
    if model.card.rate_hz != RATE_HZ:
        raise UserError(
            f"The card of {path} says {model.card.rate_hz} Hz; this program hears {RATE_HZ} Hz."
        )
    names = {output.name for output in session.get_outputs()}
    if missing := [name for name in OUTPUTS if name not in names]:
        raise UserError(f"The model {path} has no output called {', '.join(missing)}.")
    labels = len(model.card.labels)
    for samples in {RATE_HZ, round(_LONGEST_S * RATE_HZ)}:
        try:
            *numbers, scores = model.batch(np.zeros((1, samples), dtype=np.float32))
        except Exception as error:  # as above: no common base
            raise UserError(
                f"The model {path} cannot judge {samples / RATE_HZ:g} s of sound: its input must "
                "be called 'waveform' and take any length."
            ) from error
        if scores.ndim != 2 or scores.shape[-1] != labels:  # noqa: PLR2004 - rows and labels
            raise UserError(
                f"The card of {path} names {labels} labels, "
                f"but the graph gives {scores.shape[-1] if scores.ndim else 1} scores."
            )
        if any(number.shape != (1,) for number in numbers):
            raise UserError(
                f"The model {path} must give one number each for {', '.join(OUTPUTS[:3])}."
            )
