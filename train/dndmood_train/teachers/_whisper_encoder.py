"""Whisper's encoder on clips of their own length, as a member of a committee.

Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", arXiv 2212.04356.
The published encoder hears thirty seconds however short a clip is; here the position embedding
is cut to the clip, which takes a twentieth of the time.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from dndmood.errors import UserError
from dndmood.events import RATE_HZ
from dndmood_train.teachers import _checkpoint

FAMILY = "whisper"
"""The `model_type` of its configuration."""


class WhisperEncoder(nn.Module):
    """Waveforms at 16 kHz to the outputs of some of the encoder's blocks.

    It computes in half precision where that is faster: on a GPU as it was published, and on
    processors that multiply bfloat16 themselves, where it takes a third of the time.
    """

    def __init__(self, config: Any, extractor: Any, blocks: Sequence[int]) -> None:
        """Build it for transformers' configuration and feature extractor; `blocks` count from 1."""
        super().__init__()
        from transformers.models.whisper.modeling_whisper import WhisperEncoder as Published

        # Blocks above the last one asked for would only take time.
        self.encoder = Published(config)
        self.blocks = tuple(blocks)
        self._extractor = extractor

    @property
    def bands(self) -> int:
        """How many bands of a log-mel spectrum it hears."""
        return int(self.encoder.config.num_mel_bins)

    def placed(self, device: str) -> Self:
        """Itself on `device`, in the precision that it computes in there."""
        return self.to(device, _precision(device))

    def forward(self, waveform: Tensor) -> tuple[list[Tensor], Tensor]:
        """Maps `(batch, channels, 1, frames)` of the chosen blocks, and the last one's mean.

        `waveform` has shape `(batch, samples)`.
        """
        return self.from_mel(self._log_mel(waveform))

    def from_mel(self, mel: Tensor) -> tuple[list[Tensor], Tensor]:
        """The same of log-mel spectra as published, `(batch, bands, frames)`."""
        encoder = self.encoder
        hidden = functional.gelu(encoder.conv1(mel.to(encoder.conv1.weight.dtype)))
        hidden = functional.gelu(encoder.conv2(hidden)).transpose(1, 2)
        hidden = hidden + encoder.embed_positions.weight[: hidden.shape[1]]
        maps = []
        for number, block in enumerate(encoder.layers[: max(self.blocks)], start=1):
            output = block(hidden, None)
            hidden = output[0] if isinstance(output, tuple) else output
            if number in self.blocks:
                maps.append(hidden.float().transpose(1, 2).unsqueeze(2))
        return maps, hidden.float().mean(1)

    def _log_mel(self, waveform: Tensor) -> Tensor:
        # Each on its own: the extractor levels by the loudest moment of what it is given.
        spectra = [
            self._extractor(
                sound.cpu().numpy(),
                sampling_rate=RATE_HZ,
                padding="longest",
                truncation=False,
                return_tensors="pt",
            ).input_features[0]
            for sound in waveform
        ]
        return torch.stack(spectra).to(waveform.device)


def middle_blocks(layers: int) -> tuple[int, ...]:
    """The blocks that tell most of emotion, of an encoder with so many, counted from 1.

    From one third to two thirds of the way: measured best for 4 and for 6 blocks, while the
    last ones know what is said and travel badly to other corpora (train/LOG.md).

    >>> middle_blocks(4), middle_blocks(6)
    ((1, 2, 3), (2, 3, 4))
    """
    return tuple(range(max(1, round(layers / 3)), max(1, round(layers * 2 / 3)) + 1))


def opened(folder: Path, blocks: Sequence[int] = ()) -> WhisperEncoder:
    """The encoder in `folder`, in the transformers format; the middle blocks unless told.

    Raises `UserError` when it is none, when weights do not fit, or when it has no such block.
    """
    from transformers import WhisperConfig, WhisperFeatureExtractor

    table = _checkpoint.config_of(folder)
    if table.get("model_type") != FAMILY:
        raise UserError(f"{folder} holds no Whisper model: its config.json must say so.")
    config = WhisperConfig(**table)
    # The plain attention gives the same numbers in any version of torch.
    config._attn_implementation = "eager"  # noqa: SLF001 - transformers' own way to choose it
    layers = int(config.encoder_layers)
    wanted = tuple(blocks) or middle_blocks(layers)
    if min(wanted) < 1 or max(wanted) > layers:
        raise UserError(
            f"The encoder in {folder} has blocks 1 to {layers}: {max(wanted)} is none of them."
        )
    network = WhisperEncoder(config, WhisperFeatureExtractor.from_pretrained(folder), wanted)
    _fill(network.encoder, folder)
    network.requires_grad_(requires_grad=False)
    return network.eval()


def _fill(encoder: nn.Module, folder: Path) -> None:
    weights = _checkpoint.weights_of(folder)
    found = {
        name.partition("encoder.")[2]: tensor.float()
        for name, tensor in weights.items()
        if name.startswith(("encoder.", "model.encoder."))
    }
    try:
        encoder.load_state_dict(found, strict=True)
    except RuntimeError as error:
        first = str(error).splitlines()[1:2] or [str(error)]
        raise UserError(f"{folder} holds another network: {first[0].strip()}") from error


def _precision(device: str) -> torch.dtype:
    if device.startswith("cuda"):
        return torch.float16
    # torch says what a processor multiplies in no public way before its version 2.13.
    multiplies = (
        torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001
        or torch.cpu._is_amx_tile_supported()  # noqa: SLF001
    )
    return torch.bfloat16 if multiplies else torch.float32
