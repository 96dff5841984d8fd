"""A teacher's opinions as they lie on disk: parts of a few hundred clips, and a manifest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood_train.teachers import About, Opinions

MANIFEST = "manifest.json"
FIELDS = ("shares", "arousal", "valence", "dominance")
"""What a part holds of `Opinions`, besides features."""


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Finished opinions on clips, in the order of `keys`."""

    about: About
    keys: tuple[str, ...]
    opinions: Opinions
    duration_s: NDArray[np.float32]
    """Length of each clip as the teachers heard it, shape `(clips,)`."""
    dropped: dict[str, str]
    """Key to reason of clips that no teacher can judge: silent or unreadable."""

    def rows(self) -> dict[str, int]:
        """Key to row in `opinions`."""
        return {key: row for row, key in enumerate(self.keys)}


def read(folder: Path) -> Labels:
    """Finished opinions; raises `UserError` when labelling never came to its end."""
    manifest = folder / MANIFEST
    try:
        table = json.loads(manifest.read_text(encoding="utf-8"))
        parts = [read_part(folder / name) for name in table["parts"]]
        about = About(**{**table["teacher"], **_tuples(table["teacher"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"There are no finished labels in {folder}: run label again, it goes on where "
            "it stopped."
        ) from error
    together: dict[str, Any] = {
        name: np.concatenate([part[name] for part in parts])
        for name in parts[0]
        if name != "features"
    }
    kept = together["reason"] == ""
    return Labels(
        about=about,
        keys=tuple(together["key"][kept].tolist()),
        opinions=Opinions(
            **{name: together[name][kept] for name in FIELDS},
            features=_features([part["features"] for part in parts])[kept],
        ),
        duration_s=together["duration_s"][kept],
        dropped=dict(
            zip(
                together["key"][~kept].tolist(), together["reason"][~kept].tolist(), strict=True
            )
        ),
    )


def _features(given: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    # A part in which nothing could be heard does not know how many there are.
    width = max(some.shape[1] for some in given)
    empty = [np.full((len(some), width), np.nan, np.float32) for some in given]
    return np.concatenate(
        [some if some.shape[1] else gap for some, gap in zip(given, empty, strict=True)]
    )


def _tuples(table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(table[name]) for name in ("emotions", "dimensions")}


def read_part(path: Path) -> dict[str, Any]:
    """The arrays of one part by name, each with one row for every clip."""
    with np.load(path, allow_pickle=False) as table:
        return {name: table[name] for name in table.files}
