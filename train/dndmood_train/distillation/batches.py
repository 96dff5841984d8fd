"""Batches: disturbed windows drawn from what a student learns from."""

import math
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dndmood_train.audio import window_effects
from dndmood_train.audio.augment import COPIES, Table
from dndmood_train.distillation.dataset import Dataset
from dndmood_train.distillation.losses import Batch
from dndmood_train.distillation.overheard import Overheard
from dndmood_train.distillation.stretches import Numbers, Stretches, power_of

_TALKERS = (3, 7)
"""People in a crowd, from the first to below the second."""


class Windows:
    """An endless supply of disturbed windows; everything random comes from the generator given.

    What is random is drawn on the processor, so that the same seed gives the same windows
    wherever they are computed.
    """

    def __init__(
        self,
        data: Dataset,
        table: Table,
        chance: np.random.Generator,
        device: str = "cpu",
        overheard: Overheard | None = None,
    ) -> None:
        """With `overheard`, the teacher hears every voice as it is drawn."""
        self._spectra = data.spectra
        self._stretches = Stretches(data.spectra, device)
        self._overheard = overheard
        self._table = table
        self._chance = chance
        self._device = device
        kinds, heard = np.array(data.kind), data.share > 0
        self._voices = np.flatnonzero(heard & (kinds == "voice"))
        self._under = [np.flatnonzero(heard & (kinds == name)) for name in ("noise", "music")]
        stored = [name for name in COPIES if name in data.spectra.copies]
        odds = np.array([COPIES[name][0] for name in stored])
        self._copies, self._odds = np.array(stored), odds / odds.sum()
        self._voiced = data.targets.voice > 0
        self._share = np.cumsum(data.share) / data.share.sum()
        self._wanted = _all_of(data, device)

    def draw(self, count: int, hundredths: int) -> tuple[Tensor, Batch]:
        """Mel power `(count, frames, bands)` of random windows, and what to hear in them.

        They are `hundredths` of a second long.
        """
        chance, table = self._chance, self._table
        frames = hundredths * self._spectra.per_second // 100
        clips = np.searchsorted(self._share, chance.random(count), side="right")
        clips = np.minimum(clips, len(self._share) - 1)
        crowded = chance.random(count) < table.crowd
        quiet = np.zeros(count, bool)
        if table.quiet:
            quiet = chance.random(count) < table.quiet
        voices, features = self._voices_of(clips, frames, quiet)
        power = voices
        if table.echo:
            power = window_effects.echoing(
                power, chance, table.echo, per_second=self._spectra.per_second
            )
        noisy = chance.random(count) < table.noise
        noises = self._noises(noisy & ~crowded, crowded, frames)
        snr_db = np.where(
            self._voiced[clips],
            chance.uniform(*table.snr_db, count),
            chance.uniform(-10.0, 10.0, count),
        )
        power = window_effects.under(power, noises, snr_db, noisy & ~crowded)
        power = window_effects.hissing(power, chance, table.hiss)
        power = window_effects.coloured(power, chance, table.tilt)
        power = torch.where(self._on_device(quiet)[:, None, None], voices, power)
        many = self._on_device(crowded)
        return torch.where(many[:, None, None], noises, power), self._batch(
            clips, many, features
        )

    def masked(self, mel: Tensor) -> Tensor:
        """The batch with stripes missing and throats changed."""
        moment = self._spectra.per_second // 4
        return window_effects.masked(mel, self._chance, moment=moment)

    def _on_device(self, chosen: NDArray[np.bool_]) -> Tensor:
        return torch.from_numpy(chosen).to(self._device)

    def _voices_of(
        self, clips: Numbers, frames: int, quiet: NDArray[np.bool_]
    ) -> tuple[Tensor, Tensor | None]:
        """Mel power of a stretch of each clip in one of its stored copies, and what the teacher hears in it.

        Those that are `quiet` are heard in the clean copy.
        """
        chance, table = self._chance, self._table
        copies = chance.choice(self._copies, len(clips), p=self._odds)
        if table.packed:
            copies = np.where(chance.random(len(clips)) < table.packed, "packed", copies)
        copies = np.where(quiet, "clean", copies)
        longer = math.ceil(frames * window_effects.FASTEST) if table.warp else frames
        cut = self._stretches.placed(clips, copies, longer, chance)
        levels, warp = self._stretches.read(cut), None
        if table.warp:
            warp = window_effects.Warp.drawn(
                len(clips), chance, table.warp, longer=longer, frames=frames
            )
            levels = warp.of(levels, frames)
        listening = self._overheard
        heard = listening.features(cut, warp, frames) if listening else None
        return power_of(levels), heard

    def _noises(
        self, noisy: NDArray[np.bool_], crowded: NDArray[np.bool_], frames: int
    ) -> Tensor:
        """What sounds under the windows that are `noisy`, or instead of those that are `crowded`."""
        chance, count = self._chance, len(noisy)
        drawn = chance.random(count)
        alone = noisy & (drawn < 0.85)  # noqa: PLR2004 - the rest hears people talk
        owners, sources = [], []
        for kind, clips in enumerate(self._under):
            chosen = alone & ((drawn < 0.45) == (kind == 0))  # noqa: PLR2004 - noise, else music
            if len(clips):
                (rows,) = np.nonzero(chosen)
                owners.append(rows)
                sources.append(chance.choice(clips, len(rows)))
            else:
                alone &= ~chosen
        (rows,) = np.nonzero((noisy & ~alone) | crowded)
        talkers = chance.integers(*_TALKERS, len(rows))
        owners.append(np.repeat(rows, talkers))
        sources.append(chance.choice(self._voices, int(talkers.sum())))
        sounds = power_of(self._stretches.looped(np.concatenate(sources), frames, chance))
        even = sounds / sounds.mean((1, 2), keepdim=True).clamp_min(1e-12)
        place = torch.from_numpy(np.concatenate(owners)).to(self._device)
        silence = torch.zeros((count, *even.shape[1:]), device=self._device)
        return silence.index_add_(0, place, even)

    def _batch(self, clips: Numbers, crowded: Tensor, features: Tensor | None) -> Batch:
        """What to hear; in a crowd there is nothing but that nobody speaks.

        `features` are the teacher's of these very windows, where it listens to them.
        """
        rows = torch.from_numpy(clips).to(self._device)
        batch = Batch(*(array.index_select(0, rows) for array in self._wanted))
        if features is not None:
            nobody = batch.voice <= 0
            batch = replace(batch, features=features.masked_fill(nobody[:, None], torch.nan))
        nothing = (batch.shares, batch.dims, batch.logits, batch.opinions, batch.features)
        for array in (*nothing, batch.dominance[:, None]):
            array.masked_fill_(crowded[:, None], torch.nan)
        batch.even.masked_fill_(crowded, 1.0)
        for array in (batch.voice, batch.weight):
            array.masked_fill_(crowded, 0.0)
        for array in (batch.corpus, batch.speaker):
            array.masked_fill_(crowded, -1)
        return batch


def _all_of(data: Dataset, device: str) -> list[Tensor]:
    """What to hear in every clip, in the order of `Batch`."""
    targets = data.targets
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
    return [torch.from_numpy(np.ascontiguousarray(array)).to(device) for array in arrays]
