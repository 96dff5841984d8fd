"""Whisper's front end: waveform to its log-mel spectrogram, by matrix products alone.

Radford et al., arXiv 2212.04356: 25 ms of a periodic Hann window every 10 ms, 80 triangles of
equal area on Slaney's scale to 8 kHz, decimal logarithm, at most 8 below the loudest moment.
"""

import numpy as np
import torch
from torch import Tensor

from dndmood.events import RATE_HZ
from dndmood_train.students._mel_frontend import FrontEnd
from dndmood_train.students._slaney import edges_hz

HOP = 160
BANDS = 80
_WINDOW = 400
_BINS = _WINDOW // 2 + 1
_USUAL_POWER = 0.05
"""Mean mel power of a voice whose peak is at half of full scale, as the published weights know
voices; every window is brought there."""
_RAISED = 1e4
"""Keeps quiet bands clear of the least power that is stored; levelling takes it out again."""
_DEPTH = 8.0
"""Decades below the loudest moment at which the published spectrogram ends."""


class WhisperFrontEnd(FrontEnd):
    """Mel power of every 10 ms: waveform `(batch, samples)` to `(batch, frames, 80)`.

    There are `samples // 160 - 2` frames; 480 samples are the least. Nothing here learns, and
    waves and filters are worked out when a graph is opened, so that it stays small.
    """

    name, hop, bands = "whisper", HOP, BANDS

    window: Tensor
    moments: Tensor
    bins: Tensor
    edges: Tensor

    def __init__(self) -> None:
        super().__init__()
        hann = np.zeros(3 * HOP)
        hann[:_WINDOW] = np.hanning(_WINDOW + 1)[:-1]
        for name, constant in (
            ("window", hann),
            ("moments", np.arange(3 * HOP)[:, None]),
            ("bins", np.arange(_BINS)[None, :]),
            ("edges", edges_hz(BANDS, RATE_HZ / 2)),
        ):
            tensor = torch.from_numpy(constant.astype(np.float32))
            self.register_buffer(name, tensor, persistent=False)

    @property
    def centres(self) -> np.ndarray:
        """Centres of the bands in Hz."""
        return edges_hz(BANDS, RATE_HZ / 2)[1:-1]

    def bank(self) -> Tensor:
        """Triangles of equal area, shape `(201, 80)`."""
        hz = self.bins.transpose(0, 1) * (RATE_HZ / _WINDOW)
        left, centre, right = self.edges[:-2], self.edges[1:-1], self.edges[2:]
        sides = torch.minimum((hz - left) / (centre - left), (right - hz) / (right - centre))
        return sides.clamp_min(0.0) * (2.0 / (right - left))

    def forward(self, waveform: Tensor) -> Tensor:
        """Mel power, shape `(batch, frames, 80)`, for a waveform `(batch, samples)`."""
        whole = waveform.shape[1] // HOP * HOP
        blocks = waveform[:, :whole].reshape(waveform.shape[0], -1, HOP)
        frames = torch.cat([blocks[:, :-2], blocks[:, 1:-1], blocks[:, 2:]], dim=2)
        # The angle's whole turns are left out: single precision has no digits for them.
        turn = self.moments * self.bins
        angle = (turn - _WINDOW * torch.floor(turn / _WINDOW)) * (2.0 * np.pi / _WINDOW)
        framed = frames * self.window
        power = (framed @ torch.cos(angle)).square() + (framed @ torch.sin(angle)).square()
        return power @ (self.bank() * _RAISED)

    def levelled(self, power: Tensor) -> Tensor:
        """The published spectrogram of a voice of usual level, `(batch, 80, frames)`."""
        mean = power.mean((1, 2), keepdim=True).clamp_min(1e-9)
        levels = torch.log10((power * (_USUAL_POWER / mean)).clamp_min(1e-10))
        loudest = levels.amax((1, 2), keepdim=True)
        return ((torch.maximum(levels, loudest - _DEPTH) + 4.0) / 4.0).transpose(1, 2)
