"""The members of a committee: published networks, and the features they give of a clip."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood_train.teachers import _checkpoint, _dusha, _gpvad, _mobilenet, _whisper_encoder
from dndmood_train.teachers._safetensors import load_strictly

SMALL: Mapping[str, tuple[Callable[[], nn.Module], int, str]] = {
    "dusha_ser": (_dusha.Dusha, _dusha.RATE_HZ, "Sber public licence"),
    "gpvad_vox2": (_gpvad.Gpvad, _gpvad.RATE_HZ, "MIT"),
    "gpvad_audioset2": (_gpvad.Gpvad, _gpvad.RATE_HZ, "MIT"),
    "mn04_audioset": (_mobilenet.MobileNet, _mobilenet.RATE_HZ, "MIT"),
}
"""Small networks, each one safetensors file of this name: network, sample rate and licence."""

_SHORTEST = RATE_HZ // 2
_LONGEST = 6 * RATE_HZ


class Network(Protocol):
    """What every member does."""

    def __call__(self, waveform: Tensor) -> tuple[list[Tensor], Tensor]:
        """A map `(batch, channels, bands, frames)` for each layer, and its own answer."""
        ...


def pooled(maps: Sequence[Tensor]) -> Tensor:
    """Statistics of every layer, shape `(batch, features)`.

    For each channel the mean and the deviation over time of its mean over bands, and, where
    there are bands, the deviation over all cells.
    """
    found = []
    for layer in maps:
        course = layer.mean(2)
        found += [course.mean(2), course.std(2, unbiased=False)]
        if layer.shape[2] > 1:
            found.append(layer.flatten(2).std(2, unbiased=False))
    return torch.cat(found, dim=1)


def names_in(folder: Path) -> tuple[str, ...]:
    """The members whose weights lie in `folder`: Whisper encoders if there are any, else small ones.

    A Whisper encoder is a folder in the transformers format, perhaps `folder` itself, which is
    called `.` then. The small networks add nothing to it (train/LOG.md), so they only serve
    where there is none.
    """
    if _is_encoder(folder):
        return (".",)
    encoders = (
        sorted(p.name for p in folder.iterdir() if _is_encoder(p)) if folder.is_dir() else []
    )
    return tuple(encoders) or tuple(
        name for name in SMALL if (folder / f"{name}.safetensors").is_file()
    )


def _is_encoder(folder: Path) -> bool:
    config = _checkpoint.config_of(folder)
    return config.get("model_type") == _whisper_encoder.FAMILY


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A published network that listens to a clip."""

    name: str
    """As it was asked for: a small network's name, or that of a Whisper encoder's folder with, if
    they were chosen, its blocks (`whisper-base@2-4`)."""
    network: nn.Module
    rate_hz: int
    licence: str
    device: str

    def features(self, samples: Samples) -> NDArray[np.float32]:
        """Pooled features of a clip at 16 kHz, shape `(features,)`; its level is no matter."""
        import soxr

        clip = samples[:_LONGEST]
        clip = np.pad(clip, (0, max(0, _SHORTEST - len(clip))))
        clip = clip * (0.5 / max(float(np.abs(clip).max()), 1e-6))
        if self.rate_hz != RATE_HZ:
            clip = soxr.resample(clip, RATE_HZ, self.rate_hz)
        with torch.inference_mode():
            waveform = torch.from_numpy(np.asarray(clip, np.float32))[None]
            maps, _ = self.network(waveform.to(self.device))
            found: NDArray[np.float32] = pooled(maps)[0].cpu().numpy()
        return found


def opened(name: str, folder: Path, *, device: str = "cpu") -> Member:
    """The member called `name`, its weights in `folder`; every tensor must match.

    Raises `UserError` when there is no such member or its weights do not fit.
    """
    place, _, blocks = name.partition("@")
    if name in SMALL:
        network_class, rate_hz, licence = SMALL[name]
        small = network_class()
        load_strictly(small, folder / f"{name}.safetensors")
        return Member(name, small.to(device), rate_hz, licence, device)
    if not _is_encoder(folder / place):
        raise UserError(
            f"The committee has no member {name}: known are {', '.join(SMALL)} and folders in "
            f"{folder} that hold a Whisper model in the transformers format."
        )
    encoder = _whisper_encoder.opened(folder / place, _numbers(blocks))
    licence = "MIT" if place.startswith("whisper-") else "that of the checkpoint"
    return Member(name, encoder.placed(device), RATE_HZ, licence, device)


def _numbers(blocks: str) -> tuple[int, ...]:
    """`2-4` as 2, 3, 4; nothing for an empty text."""
    if not blocks:
        return ()
    first, dash, last = blocks.partition("-")
    try:
        chosen = tuple(range(int(first), int(last if dash else first) + 1))
    except ValueError:
        chosen = ()
    if not chosen:
        raise UserError(f"Blocks are written as in whisper-base@2-4, not @{blocks}.")
    return chosen
