"""Features of a committee's members, stored under a digest of the sound.

Listening takes far longer than judging, and the same clips are judged again whenever heads are
fitted. A folder holds parts of a few hundred clips, each whole or not there at all.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood_train.files import make_folder, write_arrays

PART_CLIPS = 128
"""Clips in one part: what is lost at most when the power fails."""

Features = NDArray[np.float32]


def digest(samples: Samples) -> str:
    """What a sound is called, whatever file it came from."""
    return hashlib.sha256(np.asarray(samples, np.float32).tobytes()).hexdigest()[:32]


class StoredFeatures:
    """Features of the sounds that were heard before, by digest."""

    def __init__(self, folder: Path) -> None:
        """Read every part in `folder`; a folder that is not there holds none."""
        self._rows: dict[str, tuple[int, int]] = {}
        self._parts: list[NDArray[np.float16]] = []
        for path in sorted(folder.glob("*.npz")):
            with np.load(path, allow_pickle=False) as part:
                self._rows |= {
                    str(name): (len(self._parts), row)
                    for row, name in enumerate(part["digest"])
                }
                self._parts.append(part["features"])

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def __getitem__(self, name: str) -> Features:
        part, row = self._rows[name]
        return np.asarray(self._parts[part][row], np.float32)


def extract(
    folder: Path,
    sounds: Sequence[Path],
    *,
    load: Callable[[Path], Samples],
    features: Callable[[Samples], Features],
) -> Iterator[str | None]:
    """Hear `sounds`, store their features in `folder`, and give the digest of each.

    None stands for a sound that cannot be read.

    Features that are stored are not computed again. Stored as float16: a thousandth of a
    feature's size matters to no head.
    """
    make_folder(folder)
    known, waiting = StoredFeatures(folder), dict[str, Features]()
    for path in sounds:
        try:
            sound = load(path)
        except UserError:
            yield None
            continue
        name = digest(sound)
        if name not in known and name not in waiting:
            waiting[name] = features(sound)
        if len(waiting) == PART_CLIPS:
            _keep(folder, waiting)
            waiting.clear()
        yield name
    if waiting:
        _keep(folder, waiting)


def _keep(folder: Path, found: dict[str, Features]) -> None:
    names = list(found)
    write_arrays(
        folder / f"{names[0]}.npz",
        {
            "digest": np.array(names),
            "features": np.clip(np.stack(list(found.values())), -6e4, 6e4).astype(np.float16),
        },
    )
