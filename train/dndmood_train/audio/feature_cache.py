"""Mel power of every clip and of its disturbed copies on disk, so that no step computes it again.

Folder: for each copy `NAME.npy` (float16 log10 of mel power, all clips one after another),
`NAME.ends.npy` and, written last, `NAME.json`, without which the copy counts as missing.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray

from dndmood_train.audio.augment import COPIES, Samples, heard_copies
from dndmood_train.files import draft_of, make_folder, write_whole
from dndmood_train.students import FRAME, FrontEnd, MelFrontEnd

_QUIETEST = 1e-9
"""Least power that is stored: zero has no logarithm."""
_VERSION = 2
"""Of the stored numbers; another one has every folder computed again."""


@dataclass(frozen=True, slots=True)
class Spectra:
    """Clips as mel power, by number and copy."""

    copies: Mapping[str, tuple[NDArray[np.float16], NDArray[np.int64]]]
    """Copy name to all frames `(frames, bands)` and the end of each clip, shape `(clips,)`."""
    per_second: int = 100
    """Frames of a second."""

    def __len__(self) -> int:
        """How many clips there are."""
        return len(next(iter(self.copies.values()))[1])

    def levels(self, clip: int, copy: str = "clean") -> NDArray[np.float16]:
        """A clip as it is stored, log10 of mel power, shape `(frames, bands)`; nothing is read yet."""
        frames, ends = self.copies[copy]
        start = 0 if clip == 0 else int(ends[clip - 1])
        return frames[start : int(ends[clip])]

    def power(self, clip: int, copy: str = "clean") -> NDArray[np.float32]:
        """Mel power of a clip, shape `(frames, bands)`."""
        return as_power(self.levels(clip, copy))


def as_power(levels: NDArray[np.float16]) -> NDArray[np.float32]:
    """Mel power of stored levels.

    >>> as_power(np.array([[0.0, 1.0, -2.0]], np.float16)).round(4)
    array([[ 1.  , 10.  ,  0.01]], dtype=float32)
    """
    return np.asarray(np.exp(np.float32(np.log(10.0)) * levels.astype(np.float32)))


def fingerprint(names: Iterable[str], *, seed: int, copy: str, front_end: str) -> str:
    """What a stored copy was made of, as one word; other clips give another word."""
    digest = hashlib.sha256(f"{_VERSION} {front_end} {seed} {copy}".encode())
    for name in names:
        digest.update(name.encode() + b"\0")
    return digest.hexdigest()[:20]


def prepared(  # noqa: PLR0913 - sounds, what is done to them, and where they lie
    folder: Path,
    *,
    names: Sequence[str],
    load: Callable[[int], Samples],
    rooms: Sequence[Samples] = (),
    seed: int = 0,
    copies: Sequence[str] = heard_copies(),
    front_end: FrontEnd | None = None,
    known: Sequence[Path] = (),
    progress: Callable[[str, int], None] = lambda _copy, _clip: None,
) -> Spectra:
    """Spectra of the clips called `names`, computed into `folder` unless they lie there.

    A copy that lies in one of the folders `known` is read there. `load(i)` gives the sound of clip `i`, at 16 kHz; `front_end` is the student's,
    `MelFrontEnd` unless given. The same names and seed give the same numbers whatever was
    interrupted, as each clip has a random generator of its own, seeded with `seed`, the copy and
    its number.
    """
    make_folder(folder)
    front_end = front_end or MelFrontEnd()
    found = {}
    for copy in copies:
        wanted = fingerprint(names, seed=seed, copy=copy, front_end=front_end.name)
        places = (
            place for place in (folder, *known) if _lies_there(place / f"{copy}.json", wanted)
        )
        place = next(places, None)
        if place is None:
            place = folder
            (folder / f"{copy}.json").unlink(missing_ok=True)
            _write_copy(folder, copy, len(names), load, rooms, seed, front_end, progress)
            write_whole(folder / f"{copy}.json", json.dumps({"made_of": wanted}).encode())
        found[copy] = _opened(place, copy)
    return Spectra(found, per_second=front_end.per_second)


def opened(
    folder: Path, copies: Sequence[str] = heard_copies(), *, per_second: int = 100
) -> Spectra:
    """The spectra lying in a finished folder."""
    return Spectra({copy: _opened(folder, copy) for copy in copies}, per_second=per_second)


def _opened(folder: Path, copy: str) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    frames = np.load(folder / f"{copy}.npy", mmap_mode="c")
    return frames, np.load(folder / f"{copy}.ends.npy")


def _lies_there(manifest: Path, wanted: str) -> bool:
    try:
        return bool(json.loads(manifest.read_text(encoding="utf-8"))["made_of"] == wanted)
    except (OSError, ValueError, KeyError):
        return False


def _write_copy(
    folder: Path,
    copy: str,
    clips: int,
    load: Callable[[int], Samples],
    rooms: Sequence[Samples],
    seed: int,
    front_end: FrontEnd,
    progress: Callable[[str, int], None],
) -> None:
    number = list(COPIES).index(copy)
    disturb = COPIES[copy][1]
    lengths = []
    with draft_of(folder / f"{copy}.npy") as draft, draft.open("wb") as file:
        # A header has room for any number of frames; a whole corpus may not fit in memory.
        _write_header(file, 0, front_end.bands)
        for clip in range(clips):
            samples = load(clip)
            if disturb is not None:
                chance = np.random.default_rng((seed, number, clip))
                samples = disturb(samples, chance, rooms)
            levels = log_power(samples, front_end)
            file.write(levels.tobytes())
            lengths.append(len(levels))
            progress(copy, clip)
        file.seek(0)
        _write_header(file, sum(lengths), front_end.bands)
    with draft_of(folder / f"{copy}.ends.npy") as draft, draft.open("wb") as file:
        np.save(file, np.cumsum(lengths))


def _write_header(file: BinaryIO, frames: int, bands: int) -> None:
    about = {"descr": "<f2", "fortran_order": False, "shape": (frames, bands)}
    np.lib.format.write_array_header_1_0(file, about)


def log_power(samples: Samples, front_end: FrontEnd) -> NDArray[np.float16]:
    """Decimal logarithm of mel power, shape `(frames, bands)`; at least a tenth of a second."""
    missing = max(0, 4 * FRAME - len(samples))
    whole = np.pad(samples, (0, missing)).astype(np.float32)
    with torch.inference_mode():
        power = front_end(torch.from_numpy(whole)[None])[0]
    return np.asarray(torch.log10(power.clamp_min(_QUIETEST)).numpy(), np.float16)
