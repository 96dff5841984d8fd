"""Batches: disturbed windows drawn from what a student learns from."""

import numpy as np
import torch
from numpy.typing import NDArray

from dndmood_train.audio import augment
from dndmood_train.audio.augment import COPIES, Table
from dndmood_train.audio.feature_cache import as_power
from dndmood_train.distillation.dataset import Dataset
from dndmood_train.distillation.losses import Batch

_TALKERS = (3, 7)
"""People in a crowd, from the first to below the second."""


class Windows:
    """An endless supply of disturbed windows; everything random comes from the generator given."""

    def __init__(self, data: Dataset, table: Table, chance: np.random.Generator) -> None:
        self._data = data
        self._table = table
        self._chance = chance
        kinds, heard = np.array(data.kind), data.share > 0
        self._voices = np.flatnonzero(heard & (kinds == "voice"))
        self._under = {
            name: np.flatnonzero(heard & (kinds == name)) for name in ("noise", "music")
        }
        stored = [name for name in COPIES if name in data.spectra.copies]
        odds = np.array([COPIES[name][0] for name in stored])
        self._copies, self._odds = stored, odds / odds.sum()

    def draw(self, count: int, hundredths: int) -> tuple[NDArray[np.float32], Batch]:
        """Mel power `(count, frames, bands)` of random windows, and what to hear in them.

        They are `hundredths` of a second long.
        """
        frames = hundredths * self._data.spectra.per_second // 100
        clips = self._chance.choice(len(self._data.share), count, p=self._data.share)
        crowded = self._chance.random(count) < self._table.crowd
        power = np.stack(
            [
                self._crowd(frames) if crowd else self._window(int(clip), frames)
                for clip, crowd in zip(clips, crowded, strict=True)
            ]
        )
        return power, self._batch(clips, crowded)

    def masked(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """The batch with stripes missing and throats changed."""
        moment = self._data.spectra.per_second // 4
        return augment.masked(mel, self._chance, moment=moment)

    def _window(self, clip: int, frames: int) -> NDArray[np.float32]:
        chance, table = self._chance, self._table
        copy = str(chance.choice(self._copies, p=self._odds))
        if table.packed and chance.random() < table.packed:
            copy = "packed"
        levels = self._data.spectra.levels(clip, copy)
        window = as_power(augment.cut(levels, frames, chance))
        if chance.random() < table.noise:
            voiced = self._data.targets.voice[clip] > 0
            snr_db = chance.uniform(*(table.snr_db if voiced else (-10.0, 10.0)))
            window = augment.under(window, self._noise(frames), snr_db=snr_db)
        if chance.random() < table.hiss:
            window = augment.hissing(window, chance)
        if chance.random() < table.tilt:
            window = augment.coloured(window, chance)
        return window

    def _noise(self, frames: int) -> NDArray[np.float32]:
        chance, spectra = self._chance, self._data.spectra
        drawn = chance.random()
        kind = "noise" if drawn < 0.45 else "music" if drawn < 0.85 else "talk"  # noqa: PLR2004
        if kind != "talk" and len(self._under[kind]):
            clip = int(chance.choice(self._under[kind]))
            return as_power(augment.looped(spectra.levels(clip), frames, chance))
        return self._crowd(frames)

    def _crowd(self, frames: int) -> NDArray[np.float32]:
        """Several people at once, equally loud."""
        chance, spectra = self._chance, self._data.spectra
        talkers = chance.choice(self._voices, int(chance.integers(*_TALKERS)))
        voices = [
            as_power(augment.looped(spectra.levels(int(one)), frames, chance))
            for one in talkers
        ]
        return np.asarray(
            np.sum([voice / (voice.mean() + 1e-12) for voice in voices], axis=0), np.float32
        )

    def _batch(self, clips: NDArray[np.int64], crowded: NDArray[np.bool_]) -> Batch:
        """What to hear; in a crowd there is nothing but that nobody speaks."""
        data, targets = self._data, self._data.targets
        arrays = (
            targets.shares,
            targets.known,
            targets.dims,
            targets.voice,
            data.weight,
            data.logits,
            data.opinions,
            targets.dominance,
            data.features,
            data.even,
            data.corpus,
            data.speaker,
        )
        drawn = [array[clips] for array in arrays]
        for array in drawn:
            if array.dtype == np.float32:
                array[crowded] = np.nan
        batch = Batch(*(torch.from_numpy(array) for array in drawn))
        batch.even[crowded] = 1.0
        batch.corpus[crowded] = batch.speaker[crowded] = -1
        batch.voice[crowded] = 0.0
        batch.weight[crowded] = 0.0
        return batch
