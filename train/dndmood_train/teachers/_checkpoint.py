"""A checkpoint in the transformers format: where it lies, what it says, its weights."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dndmood.errors import UserError

_PATTERNS = ["*.json", "*.yaml", "*.safetensors", "*.bin", "*.pt"]
_WEIGHTS = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "_best/model.pt",
    "model.pt",
)


def located(name: str) -> Path:
    """The folder of checkpoint `name`: a folder, or fetched from the hub by its hub name.

    Raises `UserError` with both ways out when neither works.
    """
    folder = Path(name)
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=_PATTERNS))
    except Exception as error:  # the hub's library has errors of many families
        raise UserError(
            f"The teacher {name} is no folder here and the model hub did not give it "
            f"({type(error).__name__}): connect to the internet and try again, or download "
            "it on another machine (hf download " + name + " --local-dir FOLDER) and pass "
            "--teacher wav2vec2:FOLDER."
        ) from error


def config_of(folder: Path, *, file: str = "config.json") -> dict[str, Any]:
    """What a JSON file in `folder` says; empty if there is none.

    Raises `UserError` when it is broken.
    """
    path = folder / file
    if not path.is_file():
        return {}
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path} is not JSON: download the checkpoint again.") from error
    if not isinstance(table, dict):
        raise UserError(f"{path} holds no table: download the checkpoint again.")
    return table


def labels_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the outputs in order; empty when they were never named (`LABEL_0`)."""
    named = config.get("id2label") or {}
    labels = tuple(str(named[key]) for key in sorted(named, key=int))
    return () if any(label.upper().startswith("LABEL_") for label in labels) else labels


def weights_of(folder: Path) -> dict[str, Any]:
    """Tensor name to tensor, names as today's torch has them.

    Only plain tensors are read, never code. Raises `UserError` when there are none.
    """
    import torch

    found: dict[str, Any] = {}
    path = _weights_file(folder)
    try:
        for part in _parts(path):
            if part.suffix == ".safetensors":
                from safetensors.torch import load_file

                found |= load_file(part)
            else:
                found |= torch.load(part, map_location="cpu", weights_only=True)
    except Exception as error:  # pickle, zip and safetensors each fail in their own way
        raise UserError(
            f"The weights {path} cannot be read: download the checkpoint again."
        ) from error
    return {_modern(name): tensor for name, tensor in found.items()}


def digest_of(folder: Path) -> str:
    """A short digest of the weights, by size and both ends of every file: quick on gigabytes."""
    digest = hashlib.sha256()
    for part in _parts(_weights_file(folder)):
        with part.open("rb") as file:
            size = part.stat().st_size
            digest.update(f"{part.name} {size}".encode())
            digest.update(file.read(1 << 20))
            file.seek(max(0, size - (1 << 20)))
            digest.update(file.read())
    return digest.hexdigest()[:16]


def _weights_file(folder: Path) -> Path:
    for name in _WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    raise UserError(
        f"There are no weights in {folder}: it needs model.safetensors or pytorch_model.bin "
        "beside config.json."
    )


def _parts(path: Path) -> list[Path]:
    if path.suffix != ".json":
        return [path]
    index = json.loads(path.read_text(encoding="utf-8"))
    return [path.parent / name for name in sorted(set(index["weight_map"].values()))]


def _modern(name: str) -> str:
    # Weight normalisation moved its two halves in torch 2; checkpoints have either name.
    for old, new in (("weight_g", "original0"), ("weight_v", "original1")):
        if name.endswith(f"pos_conv_embed.conv.{old}"):
            return name.removesuffix(old) + f"parametrizations.weight.{new}"
    return name
