"""A teacher that hears a whole batch of windows at once, as spectra, on any device."""

import numpy as np
import torch
from torch import Tensor, nn

from dndmood_train.teachers._cross_fitting import FARTHEST, Directions
from dndmood_train.teachers._members import pooled
from dndmood_train.teachers._whisper_encoder import WhisperEncoder

_AT_ONCE = 8
"""Windows that a processor hears at once, as many as its caches hold: in batches of 256 one takes
a third longer."""


class WindowCommittee(nn.Module):
    """Log-mel spectra as Whisper's encoders were published for, `(batch, 80, frames)`, to features.

    The features `(batch, k)` are those that the teacher's opinions bring along for a student to
    imitate.
    """

    BANDS = 80
    """Of the spectra that it hears."""

    def __init__(
        self, encoders: list[WhisperEncoder], directions: Directions, device: str
    ) -> None:
        super().__init__()
        self.encoders = nn.ModuleList(encoder.placed(device) for encoder in encoders)
        self._mean, self._deviation, self._across = (
            torch.from_numpy(np.asarray(array, np.float32)).to(device)
            for array in (directions.mean, directions.deviation, directions.across)
        )

    @torch.no_grad()
    def forward(self, mel: Tensor) -> Tensor:
        """Features `(batch, k)`; no gradient goes through them."""
        parts = torch.split(mel, _AT_ONCE) if mel.device.type == "cpu" else (mel,)
        return torch.cat([self._heard(part) for part in parts])

    def _heard(self, mel: Tensor) -> Tensor:
        found = []
        for encoder in self.encoders:
            maps, _ = encoder.from_mel(mel)  # type: ignore[operator]
            found.append(pooled(maps))
        features = (torch.cat(found, dim=1) - self._mean) / self._deviation
        return features.clamp(-FARTHEST, FARTHEST) @ self._across
