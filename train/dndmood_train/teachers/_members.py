"""The members of a committee: published networks, and the features they give of a clip."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood_train.teachers import _dusha, _gpvad, _mobilenet
from dndmood_train.teachers._safetensors import load_strictly

MEMBERS: Mapping[str, tuple[type[nn.Module], int, str]] = {
    "dusha_ser": (_dusha.Dusha, _dusha.RATE_HZ, "Sber public licence"),
    "gpvad_vox2": (_gpvad.Gpvad, _gpvad.RATE_HZ, "MIT"),
    "gpvad_audioset2": (_gpvad.Gpvad, _gpvad.RATE_HZ, "MIT"),
    "mn04_audioset": (_mobilenet.MobileNet, _mobilenet.RATE_HZ, "MIT"),
}
"""Name of the weights to network, sample rate and licence."""

CHOSEN = tuple(MEMBERS)
"""Those that taught the shipped student."""

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


class Members:
    """Published networks, all listening to the same clip."""

    def __init__(
        self, folder: Path, names: Sequence[str] = CHOSEN, *, device: str = "cpu"
    ) -> None:
        """Load `names` from `folder`; every tensor must match, else `UserError`."""
        if unknown := [name for name in names if name not in MEMBERS]:
            raise UserError(
                f"The committee has no member {unknown[0]}: known are {', '.join(MEMBERS)}."
            )
        self.device = device
        self.networks: list[tuple[nn.Module, int]] = []
        for name in names:
            network_class, rate_hz, _ = MEMBERS[name]
            network = network_class()
            load_strictly(network, folder / f"{name}.safetensors")
            self.networks.append((network.to(device), rate_hz))
        self._own = self._answering()

    def own_answer(self, features: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Dusha's logits for the features of clips, shape `(n, 4)` over its `LABELS`.

        None without Dusha among the members. Its last layer is read from the features, where it
        lies averaged over time and bands, so that a clip heard before is not heard again.
        """
        if self._own is None:
            return None
        classifier, top = self._own
        with torch.inference_mode():
            seen = torch.from_numpy(features[:, top]).to(self.device)
            answer: NDArray[np.float32] = classifier(seen).cpu().numpy()
        return answer

    def _answering(self) -> tuple[nn.Linear, slice] | None:
        """Dusha's classifier, and where the means of its last layer lie among the features."""
        end = 0
        for network, rate_hz in self.networks:
            with torch.inference_mode():
                silence = torch.zeros(1, _SHORTEST * rate_hz // RATE_HZ, device=self.device)
                maps, _ = network(silence)
            end += pooled(maps).shape[1]
            if isinstance(network, _dusha.Dusha):
                start = end - pooled(maps[-1:]).shape[1]
                return network.classifier, slice(start, start + maps[-1].shape[1])
        return None

    def features(self, samples: Samples) -> NDArray[np.float32]:
        """All members' features of a clip, shape `(features,)`; its level is no matter."""
        import soxr

        clip = samples[:_LONGEST]
        clip = np.pad(clip, (0, max(0, _SHORTEST - len(clip))))
        clip = clip * (0.5 / max(float(np.abs(clip).max()), 1e-6))
        found = []
        with torch.inference_mode():
            for network, rate_hz in self.networks:
                sound = clip if rate_hz == RATE_HZ else soxr.resample(clip, RATE_HZ, rate_hz)
                waveform = torch.from_numpy(np.asarray(sound, np.float32))[None]
                maps, _ = network(waveform.to(self.device))
                found.append(pooled(maps)[0].cpu().numpy())
        return np.concatenate(found)
