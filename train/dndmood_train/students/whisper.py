"""A student that continues Whisper's encoder: its convolutions, its first blocks, and a head.

Radford et al., arXiv 2212.04356. It begins with published weights (`train-distill --start
FOLDER`, the transformers format) and is as wide as they are: `[shape] width`, `heads`, `blocks`.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from dndmood.errors import UserError
from dndmood_train.students._network import OCTANTS, Network, Outputs, Shape
from dndmood_train.students._whisper_frontend import BANDS, WhisperFrontEnd
from dndmood_train.students._zeroed_head import ZeroedHead

_POSITIONS = 1500
"""Moments of 20 ms that an answer may be made of, as published: of a longer sound the first
thirty seconds are heard."""

_SAME = 2e-3  # half precision


def built(shape: Shape) -> Network:
    """A student that knows nothing until `begin_as`."""
    return WhisperStudent(shape)


class _Block(nn.Module):
    """One transformer block, layer norm first; names as in the published weights."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.self_attn = nn.ModuleDict(
            {
                "q_proj": nn.Linear(width, width),
                # A key's bias changes no attention, so the published network has none.
                "k_proj": nn.Linear(width, width, bias=False),
                "v_proj": nn.Linear(width, width),
                "out_proj": nn.Linear(width, width),
            }
        )
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)
        self.final_layer_norm = nn.LayerNorm(width)

    def forward(self, moments: Tensor) -> Tensor:
        """`(batch, moments, width)` to the same."""
        normed = self.self_attn_layer_norm(moments)
        query, key, value = (
            self._by_head(self.self_attn[name](normed))
            for name in ("q_proj", "k_proj", "v_proj")
        )
        heard = functional.scaled_dot_product_attention(query, key, value)
        moments = moments + self.self_attn["out_proj"](heard.transpose(1, 2).flatten(2))
        normed = self.final_layer_norm(moments)
        wider: Tensor = self.fc2(functional.gelu(self.fc1(normed)))
        return moments + wider

    def _by_head(self, moments: Tensor) -> Tensor:
        batch, count, width = moments.shape
        return moments.reshape(batch, count, self.heads, width // self.heads).transpose(1, 2)


class _Encoder(nn.Module):
    """Convolutions, positions and blocks; names as in the published weights."""

    turns: Tensor
    moments: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.conv1 = nn.Conv1d(BANDS, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        turns = torch.arange(width // 2) / (width // 2 - 1)
        self.register_buffer("turns", torch.exp(-np.log(10_000.0) * turns), persistent=False)
        self.register_buffer(
            "moments", torch.arange(_POSITIONS).float()[:, None], persistent=False
        )
        self.layers = nn.ModuleList(_Block(width, shape.heads) for _ in range(shape.blocks))

    def forward(self, mel: Tensor) -> list[Tensor]:
        """The output of every block, each `(batch, moments, width)`."""
        hidden = functional.gelu(self.conv1(mel))
        hidden = functional.gelu(self.conv2(hidden)).transpose(1, 2)[:, :_POSITIONS]
        hidden = hidden + self.positions()[: hidden.shape[1]]
        outputs = []
        for block in self.layers:
            hidden = block(hidden)
            outputs.append(hidden)
        return outputs

    def positions(self) -> Tensor:
        """Sines and cosines of every moment, `(1500, width)`, which whoever published did not learn."""
        angle = self.moments * self.turns
        return torch.cat([torch.sin(angle), torch.cos(angle)], dim=1)


class WhisperStudent(Network):
    """A batch of waveforms, or of mel power computed before, to what it heard in them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.ears = WhisperFrontEnd()
        self.encoder = _Encoder(shape)
        pooled = 2 * shape.width * shape.blocks
        self.head = ZeroedHead(pooled, shape.hidden, drop=shape.drop)
        self.imitate = nn.Linear(pooled, shape.features) if shape.features else None
        self.corner = nn.Linear(shape.hidden, OCTANTS) if shape.octants else None
        self.dominant = nn.Linear(shape.hidden, 1) if shape.dominance else None

    def from_mel(self, mel: Tensor) -> Outputs:
        """The same from a levelled spectrogram, shape `(batch, 80, frames)`."""
        pooled = self.pooled(mel)
        with torch.autocast(pooled.device.type, enabled=False):
            return self.head.heard(pooled, self.imitate, self.corner, self.dominant)

    def pooled(self, mel: Tensor) -> Tensor:
        """Mean and deviation over time of each block's output, `(batch, 2 * width * blocks)`."""
        parts = [part.float() for output in self.encoder(mel) for part in _moments(output)]
        return torch.cat(parts, dim=1)

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and dims of `zeroable` features."""
        return self.head.answers(features)

    def begin_as(self, folder: Path) -> None:
        """Take over convolutions and the first blocks of the encoder in `folder`."""
        wanted = self.encoder.state_dict()
        found = {
            name.partition("encoder.")[2]: tensor.float()
            for name, tensor in _weights(folder / "model.safetensors").items()
            if name.startswith(("encoder.", "model.encoder."))
        }
        unfit = [
            name
            for name, tensor in wanted.items()
            if name not in found or found[name].shape != tensor.shape
        ]
        if unfit:
            raise UserError(
                f"The network in {folder} does not fit this student ({unfit[0]}): set width, "
                "heads and blocks under [shape] to what its config.json says."
            )
        positions = found.get("embed_positions.weight", self.encoder.positions())
        if not torch.allclose(positions, self.encoder.positions(), atol=_SAME):
            raise UserError(
                f"The network in {folder} has learnt positions, which nobody here can."
            )
        self.encoder.load_state_dict({name: found[name] for name in wanted})

    def published(self) -> Iterable[nn.Parameter]:
        """All weights of the encoder."""
        return self.encoder.parameters()


def _weights(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found: dict[str, Tensor] = load_file(path)
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"The weights {path} to begin with cannot be read: give --start a folder with a "
            "Whisper model in the transformers format."
        ) from error
    return found


def _moments(output: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation over time of `(batch, moments, width)`."""
    mean = output.mean(1)
    variance = (output - mean[:, None]).square().mean(1)
    return mean, variance.clamp_min(1e-6).sqrt()
