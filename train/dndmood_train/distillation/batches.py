"""What a student learns from: clips as spectra, with targets, and windows drawn from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from dndmood_train.audio import augment
from dndmood_train.audio.augment import COPIES, Table
from dndmood_train.audio.feature_cache import Spectra, as_power
from dndmood_train.corpora import Targets
from dndmood_train.distillation.losses import Batch

_TALKERS = (3, 7)


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Clips by number, in all arrays alike; NaN where something is not known."""

    spectra: Spectra
    targets: Targets
    share: NDArray[np.float64]
    """How often each clip is heard, sum 1; 0 for clips that must not teach."""
    weight: NDArray[np.float32]
    """Of each clip's emotion in the loss."""
    kind: Sequence[str]
    """`voice`, `noise` or `music`."""
    logits: NDArray[np.float32]
    """The teacher's, shape `(n, 8)`."""
    opinions: NDArray[np.float32]
    """The teacher's arousal and valence, shape `(n, 2)`."""
    features: NDArray[np.float32]
    """The teacher's features to imitate, shape `(n, k)`; `k` may be 0."""

    @property
    def taught(self) -> NDArray[np.bool_]:
        """Which clips a teacher has an opinion on."""
        return np.asarray(~np.isnan(self.logits).all(1) | ~np.isnan(self.opinions).all(1))


def shares(
    groups: Sequence[str], learning: NDArray[np.bool_], parts: Mapping[str, float]
) -> NDArray[np.float64]:
    """How often each clip is heard when every group gets its part, whatever its size.

    >>> shares(["a", "a", "b"], np.array([True, True, True]), {"a": 0.5, "b": 0.5}).tolist()
    [0.25, 0.25, 0.5]
    """
    names = np.array(groups)
    given = np.zeros(len(names))
    for group, part in parts.items():
        members = learning & (names == group)
        if members.any():
            given[members] = part / members.sum()
    return np.asarray(given / given.sum())


class Windows:
    """An endless supply of disturbed windows; all luck comes from the generator given."""

    def __init__(self, material: Material, table: Table, chance: np.random.Generator) -> None:
        self._material = material
        self._table = table
        self._chance = chance
        kinds, heard = np.array(material.kind), material.share > 0
        self._voices = np.flatnonzero(heard & (kinds == "voice"))
        self._under = {
            name: np.flatnonzero(heard & (kinds == name)) for name in ("noise", "music")
        }
        stored = [name for name in COPIES if name in material.spectra.copies]
        odds = np.array([COPIES[name][0] for name in stored])
        self._copies, self._odds = stored, odds / odds.sum()

    def draw(self, count: int, hundredths: int) -> tuple[NDArray[np.float32], Batch]:
        """Mel power `(count, frames, bands)` of random windows, and what to hear in them.

        They are `hundredths` of a second long.
        """
        frames = hundredths * self._material.spectra.per_second // 100
        clips = self._chance.choice(len(self._material.share), count, p=self._material.share)
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
        moment = self._material.spectra.per_second // 4
        return augment.masked(mel, self._chance, moment=moment)

    def _window(self, clip: int, frames: int) -> NDArray[np.float32]:
        chance, table = self._chance, self._table
        copy = str(chance.choice(self._copies, p=self._odds))
        if table.packed and chance.random() < table.packed:
            copy = "packed"
        levels = self._material.spectra.levels(clip, copy)
        window = as_power(augment.cut(levels, frames, chance))
        if chance.random() < table.noise:
            voiced = self._material.targets.voice[clip] > 0
            snr_db = chance.uniform(*(table.snr_db if voiced else (-10.0, 10.0)))
            window = augment.under(window, self._noise(frames), snr_db=snr_db)
        if chance.random() < table.hiss:
            window = augment.hissing(window, chance)
        if chance.random() < table.tilt:
            window = augment.coloured(window, chance)
        return window

    def _noise(self, frames: int) -> NDArray[np.float32]:
        chance, spectra = self._chance, self._material.spectra
        luck = chance.random()
        kind = "noise" if luck < 0.45 else "music" if luck < 0.85 else "talk"  # noqa: PLR2004
        if kind != "talk" and len(self._under[kind]):
            clip = int(chance.choice(self._under[kind]))
            return as_power(augment.looped(spectra.levels(clip), frames, chance))
        return self._crowd(frames)

    def _crowd(self, frames: int) -> NDArray[np.float32]:
        """Several people at once, equally loud."""
        chance, spectra = self._chance, self._material.spectra
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
        material, targets = self._material, self._material.targets
        arrays = (
            targets.shares,
            targets.known,
            targets.dims,
            targets.voice,
            material.weight,
            material.logits,
            material.opinions,
            targets.dominance,
            material.features,
        )
        drawn = [array[clips] for array in arrays]
        for array in drawn:
            if array.dtype == np.float32:
                array[crowded] = np.nan
        batch = Batch(*(torch.from_numpy(array) for array in drawn))
        batch.voice[crowded] = 0.0
        batch.weight[crowded] = 0.0
        return batch
