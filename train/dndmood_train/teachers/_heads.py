"""Networks around a speech backbone that transformers has no class for, rebuilt from papers.

Each takes waveforms `(batch, samples)` and a mask of the same shape (1 where there is sound)
and gives outputs `(batch, columns)`. Their weights must fit strictly: a head that is left
random would answer, and nobody would notice.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn


def backbone_config(family: str, weights: Mapping[str, Tensor]) -> Any:
    """The configuration that backbone weights were made with, read off their shapes.

    `family` is `wav2vec2`, `hubert` or `wavlm`. Strides are those of every published model
    with seven layers; 64 channels go to a head unless WavLM's bias says otherwise.
    """
    from transformers import AutoConfig

    layers = 1 + max(int(n.split(".")[2]) for n in weights if n.startswith("encoder.layers."))
    shapes = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    convolutions: list[tuple[int, ...]] = []
    while (name := f"feature_extractor.conv_layers.{len(convolutions)}.conv.weight") in shapes:
        convolutions.append(shapes[name])
    hidden = shapes["feature_projection.projection.weight"][0]
    position = shapes["encoder.pos_conv_embed.conv.parametrizations.weight.original1"]
    layered = "feature_extractor.conv_layers.1.layer_norm.weight" in shapes
    bias = "encoder.layers.0.attention.rel_attn_embed.weight"
    extra: dict[str, Any] = {"num_buckets": shapes[bias][0]} if bias in shapes else {}
    heads = shapes[bias][1] if bias in shapes else max(1, hidden // 64)
    return AutoConfig.for_model(
        family,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=shapes["encoder.layers.0.feed_forward.intermediate_dense.weight"][0],
        conv_dim=[shape[0] for shape in convolutions],
        conv_kernel=[shape[2] for shape in convolutions],
        conv_stride=[5, 2, 2, 2, 2, 2, 2][: len(convolutions)],
        conv_bias="feature_extractor.conv_layers.0.conv.bias" in shapes,
        feat_extract_norm="layer" if layered else "group",
        do_stable_layer_norm=layered,
        num_conv_pos_embeddings=position[2],
        num_conv_pos_embedding_groups=hidden // position[1],
        **extra,
    )


def _masked_mean(hidden: Tensor, frames: Tensor) -> Tensor:
    weight = frames.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1)


class _Backed(nn.Module):
    # A backbone and the mask of frames that hold sound.

    backbone: nn.Module

    def heard(self, waveforms: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.backbone(waveforms, attention_mask=mask).last_hidden_state
        config: Any = self.backbone.config
        lengths = mask.sum(dim=1)
        for kernel, stride in zip(config.conv_kernel, config.conv_stride, strict=True):
            lengths = (lengths - kernel) // stride + 1
        frames = torch.arange(hidden.shape[1], device=hidden.device) < lengths[:, None]
        return hidden, frames


class DenseHead(_Backed):
    """Mean over time, dense, tanh, out: audEERING's regression and m3hrdadfi's classifiers."""

    def __init__(self, config: Any, *, columns: int) -> None:
        """Build it for a backbone of this transformers configuration."""
        super().__init__()
        from transformers import AutoModel

        self.backbone = AutoModel.from_config(config)
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.out = nn.Linear(config.hidden_size, columns)

    def forward(self, waveforms: Tensor, mask: Tensor) -> Tensor:
        """Outputs `(batch, columns)`."""
        hidden, frames = self.heard(waveforms, mask)
        output: Tensor = self.out(torch.tanh(self.dense(_masked_mean(hidden, frames))))
        return output


class Odyssey(_Backed):
    """Attentive statistics pooling over WavLM: the baselines of the Odyssey 2024 challenge.

    Goncalves et al., "Odyssey 2024 Speech Emotion Recognition Challenge"; pooling by Okabe et
    al., "Attentive Statistics Pooling for Deep Speaker Embedding", 2018.
    """

    def __init__(self, config: Any, *, columns: int, layers: int) -> None:
        """Build it with `layers` hidden layers behind the pooling."""
        super().__init__()
        from transformers import AutoModel

        size = config.hidden_size
        self.backbone = AutoModel.from_config(config)
        self.sap_linear = nn.Linear(size, size)
        self.attention = nn.Parameter(torch.zeros(size, 1))
        widths = [2 * size, *[size] * layers]
        self.fc = nn.ModuleList(
            nn.Sequential(nn.Linear(before, after), nn.LayerNorm(after), nn.ReLU())
            for before, after in pairwise(widths)
        )
        self.out = nn.Linear(size, columns)

    def forward(self, waveforms: Tensor, mask: Tensor) -> Tensor:
        """Outputs `(batch, columns)`."""
        hidden, frames = self.heard(waveforms, mask)
        worth = (torch.tanh(self.sap_linear(hidden)) @ self.attention).squeeze(-1)
        worth = worth.masked_fill(~frames, float("-inf"))
        weight = torch.softmax(worth, dim=1).unsqueeze(-1)
        mean = (hidden * weight).sum(dim=1)
        spread = ((hidden**2 * weight).sum(dim=1) - mean**2).clamp(min=1e-5).sqrt()
        pooled = torch.cat([mean, spread], dim=1)
        for layer in self.fc:
            pooled = layer(pooled)
        output: Tensor = self.out(pooled)
        return output


class FeedForward(_Backed):
    """Mean over time and a feed-forward network: autrainer's `W2V2FFNN`."""

    def __init__(self, config: Any, *, shapes: Sequence[tuple[int, int]]) -> None:
        """Build it with linear layers of these shapes (out, in)."""
        super().__init__()
        from transformers import AutoModel

        self.backbone = AutoModel.from_config(config)
        self.linear = nn.ModuleList(nn.Linear(inward, outward) for outward, inward in shapes)

    def forward(self, waveforms: Tensor, mask: Tensor) -> Tensor:
        """Outputs `(batch, columns)`."""
        pooled = _masked_mean(*self.heard(waveforms, mask))
        for number, layer in enumerate(self.linear):
            pooled = layer(torch.relu(pooled) if number else pooled)
        return pooled


class Classifier(nn.Module):
    """A classifier that transformers has a class for: same call as the networks above."""

    def __init__(self, model: nn.Module) -> None:
        """Wrap one of transformers' audio classifiers."""
        super().__init__()
        self.model = model

    def forward(self, waveforms: Tensor, mask: Tensor | None) -> Tensor:
        """Outputs `(batch, columns)`; for Whisper, `waveforms` are its spectrograms."""
        if mask is None:
            logits: Tensor = self.model(waveforms).logits
        else:
            logits = self.model(waveforms, attention_mask=mask).logits
        return logits
