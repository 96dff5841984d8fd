"""What was learned about a model's estimates, as `evidence.toml` beside its graph.

`python tests/benchmarks/learn_evidence.py` writes it. One that belongs to another graph, or none at
all, is no mistake: the model's scores are then taken at their word.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dndmood import toml_text
from dndmood.errors import UserError
from dndmood.mood.evidence import Array, Curve, Evidence, of_any_model

NAME = "evidence.toml"
_DIGITS = 12
"""So many digits of a graph's sha256 name it."""
_CURVES = ("voice", "voiced", "over_music_db")
_ABOUT = """\
# What this model's estimates say about what was felt, learned by learn_evidence.py from
# evenings composed of development voices. See dndmood/mood/evidence.py for the formula.
"""


def of_model(
    folder: Path, *, labels: Sequence[str], sha256: str, usual: Mapping[str, float]
) -> Evidence:
    """The evidence of the model in `folder`; without a file of its own, that of any model.

    `labels` and `sha256` are what the card says, `usual` the mean scores of an evening. Raises
    `UserError` for a file that cannot be used.
    """
    path, model = folder / NAME, sha256[:_DIGITS]
    if path.exists():
        table = toml_text.read(path, "The evidence file")
        if table.get("model") == model:
            return _evidence(table, labels, path)
    return of_any_model(labels, usual, model=model)


def text(evidence: Evidence, about: Sequence[str] = ()) -> str:
    """`evidence` as TOML; each line of `about` becomes a comment."""
    lines = [_ABOUT + "".join(f"# {line}\n" for line in about)]
    lines.append(f'model = "{evidence.model[:_DIGITS]}"')
    lines.append(f"window = {evidence.window}")
    lines += [f"{name} = {_rows(getattr(evidence, name))}" for name in _CURVES]
    for number, tone in enumerate(evidence.tones):
        lines += [
            "\n[[tones]]",
            f'emotion = "{tone}"',
            f"share = {evidence.shares[number]:.5f}",
            f"bias = {evidence.biases[number]:.5f}",
            f"weights = {_numbers(evidence.weights[number])}",
            f"place = {_numbers(evidence.places[number])}",
            f"deviation = {_numbers(evidence.deviations[number])}",
        ]
    return "\n".join(lines) + "\n"


def _evidence(table: Mapping[str, Any], labels: Sequence[str], path: Path) -> Evidence:
    try:
        rows = table["tones"]
        count = len(rows)
        tones = _tones(rows, labels)
        found = Evidence(
            labels=tuple(labels),
            tones=tones,
            weights=_array([row["weights"] for row in rows], (count, len(labels) + 2)),
            biases=_array([row["bias"] for row in rows], (count,)),
            shares=_positive([row["share"] for row in rows], (count,)),
            places=_array([row["place"] for row in rows], (count, 2)),
            deviations=_positive([row["deviation"] for row in rows], (count, 2)),
            window=float(_positive(table["window"], ())),
            model=str(table["model"]),
            voice=_curve(table["voice"]),
            voiced=_curve(table["voiced"]),
            over_music_db=_curve(table["over_music_db"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise UserError(
            f"The evidence file {path} cannot be used ({why}): learn it again, or delete it."
        ) from error
    return found


def _tones(rows: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> tuple[str, ...]:
    tones = tuple(str(row["emotion"]) for row in rows)
    if unknown := [tone for tone in tones if tone not in labels]:
        raise ValueError(f"the model does not know the emotions {toml_text.shown(unknown)}")
    if not tones:
        raise ValueError("it has no tones")
    return tones


def _array(value: Any, shape: tuple[int, ...]) -> Array:
    found = np.array(value, dtype=np.float64)
    if found.shape != shape or not np.isfinite(found).all():
        raise ValueError(f"it has {toml_text.shown(value)} where {shape} numbers are needed")
    return found


def _positive(value: Any, shape: tuple[int, ...]) -> Array:
    found = _array(value, shape)
    if (found <= 0.0).any():
        raise ValueError(f"it has {toml_text.shown(value)} where numbers above 0 are needed")
    return found


def _curve(value: Any) -> Curve:
    points = _array(value, (len(value), 2)) if value else np.zeros((0, 2))
    if (np.diff(points[:, 0]) < 0.0).any():
        raise ValueError(f"the points {toml_text.shown(value)} are in no order")
    return tuple((float(x), float(y)) for x, y in points)


def _numbers(values: Array) -> str:
    return "[" + ", ".join(f"{value:.5f}" for value in values) + "]"


def _rows(curve: Curve) -> str:
    return "[" + ", ".join(f"[{x}, {y}]" for x, y in curve) + "]"
