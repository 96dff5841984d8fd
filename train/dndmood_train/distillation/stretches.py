"""Stretches of stored sounds, a batch at once, on the device that learns."""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dndmood_train.audio.augment import UNMOVED
from dndmood_train.audio.feature_cache import Spectra

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Stretches of clips, for any spectra with as many frames a second, `(n,)` each."""

    clips: Numbers
    copies: NDArray[np.str_]
    begin: Numbers
    """The first frame, counted from the clip's own; below 0 in a clip that is too short."""
    frames: int

    def heard_clean(self) -> "Cut":
        """The same moments without rooms and microphones, which leave a clip as long as it was."""
        clean = np.where(np.isin(self.copies, UNMOVED), "clean", self.copies)
        return replace(self, copies=clean)


def power_of(levels: Tensor) -> Tensor:
    """Mel power of stored levels, which are decimal logarithms of it."""
    return torch.exp(math.log(10.0) * levels)


class Stretches:
    """Cuts windows out of stored spectra; on a GPU all of these lie in its memory."""

    def __init__(self, spectra: Spectra, device: str = "cpu") -> None:
        """Nothing is read yet unless `device` is a GPU."""
        self._spectra = spectra
        self._device = device
        self._here = {
            name: torch.from_numpy(np.asarray(frames)).to(device)
            for name, (frames, _) in spectra.copies.items()
            if not device.startswith("cpu")
        }
        self._quiet: dict[tuple[str, int], NDArray[np.float16]] = {}

    def placed(
        self, clips: Numbers, copies: NDArray[np.str_], frames: int, chance: np.random.Generator
    ) -> "Cut":
        """Stretches of `frames` from anywhere in the clips; a shorter clip is placed anywhere on its quiet."""
        _, length = self._places(clips, copies)
        spare = length - frames
        luck = np.floor(chance.random(len(clips)) * (np.abs(spare) + (spare >= 0))).astype(int)
        return Cut(clips, copies, np.where(spare >= 0, luck, -luck), frames)

    def read(self, cut: "Cut") -> Tensor:
        """Levels `(n, frames, bands)` of stretches that were placed in clips of these lengths."""
        clips, copies = cut.clips, cut.copies
        first, length = self._places(clips, copies)
        index = cut.begin[:, None] + np.arange(cut.frames)
        found = self._read(copies, first[:, None] + np.clip(index, 0, length[:, None] - 1))
        (short,) = np.nonzero(length < cut.frames)
        if not len(short):
            return found
        quiet = np.stack([self._quietest(str(copies[row]), int(clips[row])) for row in short])
        around = (index[short] < 0) | (index[short] >= length[short, None])
        place = torch.from_numpy(short).to(self._device)
        outside = torch.from_numpy(around).to(self._device)[:, :, None]
        calm = torch.from_numpy(quiet).to(self._device).float()[:, None]
        return found.index_copy(0, place, torch.where(outside, calm, found[place]))

    def looped(self, clips: Numbers, frames: int, chance: np.random.Generator) -> Tensor:
        """Levels `(n, frames, bands)` of the clips as they are; a shorter one starts over."""
        copies = np.full(len(clips), "clean")
        first, length = self._places(clips, copies)
        begin = np.floor(chance.random(len(clips)) * np.maximum(length - frames + 1, 1))
        once = np.minimum(length, frames)[:, None]
        return self._read(
            copies, first[:, None] + begin.astype(int)[:, None] + np.arange(frames) % once
        )

    def _places(self, clips: Numbers, copies: NDArray[np.str_]) -> tuple[Numbers, Numbers]:
        """First row and number of rows of each clip in its copy."""
        first, length = np.zeros_like(clips), np.zeros_like(clips)
        for name in np.unique(copies):
            ends = self._spectra.copies[str(name)][1]
            chosen = copies == name
            begun = np.where(clips[chosen] > 0, ends[clips[chosen] - 1], 0)
            first[chosen], length[chosen] = begun, ends[clips[chosen]] - begun
        return first, length

    def _read(self, copies: NDArray[np.str_], index: Numbers) -> Tensor:
        """Levels at rows `(n, frames)` of each window's copy, `(n, frames, bands)`."""
        bands = next(iter(self._spectra.copies.values()))[0].shape[1]
        found = torch.empty((*index.shape, bands), device=self._device)
        for name in np.unique(copies):
            (chosen,) = np.nonzero(copies == name)
            wanted = index[chosen]
            if self._here:
                rows = torch.from_numpy(wanted.ravel()).to(self._device)
                levels = self._here[str(name)].index_select(0, rows)
                levels = levels.view(*wanted.shape, bands)
            else:
                levels = torch.from_numpy(self._spectra.copies[str(name)][0][wanted])
            found[torch.from_numpy(chosen).to(self._device)] = levels.float()
        return found

    def _quietest(self, copy: str, clip: int) -> NDArray[np.float16]:
        """The level that each band stays below for a twentieth of the clip."""
        if (copy, clip) not in self._quiet:
            levels = self._spectra.levels(clip, copy)
            place = len(levels) // 20
            lowest = np.partition(levels.astype(np.float32), place, axis=0)[place]
            self._quiet[copy, clip] = lowest.astype(np.float16)
        return self._quiet[copy, clip]
