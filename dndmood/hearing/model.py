"""The emotion model at the edge: a card and a graph that must agree, then waveform in, scores out."""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood.hearing import graph_file
from dndmood.hearing import head as heads
from dndmood.hearing.head import Head, reading
from dndmood.hearing.reading import OUTPUTS, Reading

FEATURES = "features"
"""A fifth output, float32 `(batch, width)`, of a model whose head lies beside it: what that head
is given, standardised by the speech that the model learned from."""

DOMINANCE = "dominance"
"""A further output, float32 `(batch,)`, 0 (submissive) to 1, of a model that was taught to say it.
Listening has no use for it; studies do."""

_LONGEST_S = 3.0  # the usual window
_SAME_HEAD = 0.05
"""How far the head alone may stray from the head within the graph: one that was stored in bytes
strays by a hundredth, another model's by far more."""

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
    width: int = 0
    """How many features the graph gives; 0 where it has no head of its own."""
    sha256_head: str = ""
    """Of `head.onnx`; empty where there is none."""
    parameters: int = 0
    """How many weights it has; 0 where the card does not say."""
    places: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Where each label's speech lies in the features, by the speech that the model learned from;
    empty when nobody measured it."""


class Model:
    """A checked graph, ready to be called with one window."""

    def __init__(self, card: ModelCard, session: Any, head: Head | None = None) -> None:
        self.card = card
        self.head = head
        """Judges features that were put on another zero; None for a model that gives none."""
        self._session = session

    def __call__(self, samples: Samples) -> Reading:
        """Judge one window, shape `(n,)` at 16 kHz, of any length from a tenth of a second."""
        answer, features = self.with_features(samples[np.newaxis, :])
        return reading(self.card.labels, answer, features)

    def batch(self, windows: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Judge windows of equal length, shape `(batch, n)`; the arrays are in `OUTPUTS` order."""
        return self._run(OUTPUTS, windows)

    def with_features(
        self, windows: NDArray[np.float32]
    ) -> tuple[list[NDArray[np.float32]], NDArray[np.float32]]:
        """The same, and the windows' features, shape `(batch, width)`; width 0 without a head."""
        if self.head is None:
            return self.batch(windows), np.zeros((len(windows), 0), np.float32)
        *answer, features = self._run((*OUTPUTS, FEATURES), windows)
        return answer, features

    def gives(self, name: str) -> bool:
        """Whether the graph has an output called `name`."""
        return name in {output.name for output in self._session.get_outputs()}

    def further(self, name: str, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """An output of windows of equal length that listening has no use for; see `gives`."""
        (found,) = self._run((name,), windows)
        return np.asarray(found, dtype=np.float32)

    def _run(
        self, names: Sequence[str], windows: NDArray[np.float32]
    ) -> list[NDArray[np.float32]]:
        # One at a time, as the microphone brings them: a graph that multiplies bytes rounds to
        # steps of the largest number in the call, so windows given together change each other.
        each = [
            self._session.run(names, {"waveform": windows[at : at + 1]})
            for at in range(len(windows))
        ]
        return [np.concatenate(parts) for parts in zip(*each, strict=True)]


def read_card(folder: Path) -> ModelCard:
    """The card in `folder`; raises `UserError` when it is missing or lacks something."""
    path = folder / "card.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        labels = _labels(table["output"]["labels"])
        return ModelCard(
            name=folder.name,
            labels=labels,
            rate_hz=int(table["input"]["rate_hz"]),
            window_s=float(table["input"]["window_s"]),
            sha256=str(table["graph"]["sha256"]),
            ordinary=_ordinary(table.get("ordinary", {})),
            parameters=int(table["graph"].get("parameters", 0)),
            sha256_head=str(table["graph"].get("sha256_head", "")),
            **_features(table.get(FEATURES, {}), labels),
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


def _features(table: Mapping[str, Any], labels: tuple[str, ...]) -> dict[str, Any]:
    width = int(table.get("width", 0))
    places = {
        label: tuple(map(_number, numbers))
        for label, numbers in table.get("places", {}).items()
    }
    fit = set(places) == set(labels) and {len(one) for one in places.values()} == {width}
    if width < 0 or (places and not fit):
        raise ValueError("its features do not have one place of their width for each label")
    return {"width": width, "places": places}


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} where a number is needed")
    return number


@contextmanager
def open_model(folder: Path, *, graph: str = "model.onnx") -> Iterator[Model]:
    """The model in `folder`, its card checked against its graph, and its head where it has one.

    How a graph is loaded says `graph_file.loaded`; the digest of `graph` is checked when it is
    `model.onnx`. Raises `UserError` when card, graph and head disagree.
    """
    card = read_card(folder)
    path = folder / graph
    session = graph_file.loaded(path, sha256=card.sha256 if graph == "model.onnx" else "")
    model = Model(card, session)
    _check(model, session, path)
    if card.width:
        model.head = _own_head(model, session, folder, path)
    yield model


def _own_head(model: Model, session: Any, folder: Path, path: Path) -> Head:
    """The head beside the graph, which must answer to the graph's features as the graph does."""
    card = model.card
    if FEATURES not in {output.name for output in session.get_outputs()}:
        raise UserError(
            f"The card of {path} promises {card.width} features, but the graph gives none: put "
            "back the card that belongs to the model."
        )
    head = heads.opened(folder, labels=card.labels, width=card.width, sha256=card.sha256_head)
    *answer, features = session.run((*OUTPUTS, FEATURES), {"waveform": _tone()})
    if features.shape != (1, card.width):
        raise UserError(
            f"The card of {path} promises {card.width} features, but the graph gives "
            f"{features.shape[-1]}: put back the card that belongs to the model."
        )
    strays = [
        np.abs(one - two).max() for one, two in zip(answer, head.batch(features), strict=True)
    ]
    if not max(strays) <= _SAME_HEAD:
        raise UserError(
            f"The head beside {path} does not answer as the model itself does: put back the "
            f"{heads.FILE} that belongs to it."
        )
    return head


def _tone() -> NDArray[np.float32]:
    """A second of a tone that rises: no model answers to it as to silence."""
    time = np.arange(RATE_HZ) / RATE_HZ
    return np.asarray([0.1 * np.sin(2000.0 * time * (1.0 + time))], dtype=np.float32)


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
