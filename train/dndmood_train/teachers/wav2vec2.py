"""Any Wav2Vec2, HuBERT, WavLM or Whisper classifier in the transformers format, and others like them.

`wav2vec2:OWNER/NAME` or `wav2vec2:FOLDER`. Understood are transformers' own audio classifiers,
audEERING's regression head (arousal, dominance, valence: in that order), the classifiers with
a dense head of the same shape, the Odyssey 2024 baselines and autrainer's `W2V2FFNN`. Weights
are those of the checkpoint and have its licence; no code of a checkpoint is ever run.
"""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood_train.teachers import _checkpoint
from dndmood_train.teachers._named import Named, named
from dndmood_train.teachers._output_labels import meaning
from dndmood_train.teachers._teacher import About, Numbers, Opinions, Teacher

_SHORTEST = RATE_HZ // 10
_UNUSED = ("masked_spec_embed", "quantizer", "project_q", "project_hid")


@contextmanager
def opened(argument: str, *, device: str) -> Iterator[Teacher]:
    """The checkpoint called `argument`, ready to be asked.

    Raises `UserError` when it cannot be had, does not fit or speaks of no emotion.
    """
    if not argument:
        raise UserError("Say which checkpoint: wav2vec2:OWNER/NAME or wav2vec2:FOLDER.")
    try:
        import transformers
    except ImportError as error:
        raise UserError(
            "Teachers need torch and transformers: install them with "
            "pip install 'dndmood[train]'."
        ) from error
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    folder = _checkpoint.located(argument)
    yield Checkpoint(folder, name=argument, known=named(argument), device=device)


class Checkpoint:
    """A loaded network and what its outputs mean."""

    def __init__(self, folder: Path, *, name: str, known: Named | None, device: str) -> None:
        """Load the checkpoint in `folder`; `known` fills in what it does not say itself."""
        config = _checkpoint.config_of(folder)
        labels = _checkpoint.labels_of(config) or _yaml_labels(folder)
        labels = labels or (known.labels if known else ())
        self._meaning = meaning(labels, source=name)
        self._scale = known.scale if known else (0.0, 1.0)
        self._network = _built(folder, config, columns=len(labels), name=name)
        self._network.to(device).eval()
        self._device = device
        self._prepare = _preparation(folder, config)
        self._whisper = config.get("model_type") == "whisper"
        self._alone = _pads_badly(self._network)
        self._several = config.get("problem_type") == "multi_label_classification"
        self.about = About(
            name=name,
            source=known.hub if known else folder.name,
            licence=known.licence if known else "that of the checkpoint",
            emotions=self._meaning.emotions,
            dimensions=self._meaning.dimensions,
            digest=_checkpoint.digest_of(folder),
        )

    def __call__(
        self,
        waveforms: Sequence[Samples],
        speakers: Sequence[str] = (),  # noqa: ARG002 - learnt from none of these voices
    ) -> Opinions:
        """Opinions in the order of the waveforms; a batch never changes an answer."""
        import torch

        with torch.inference_mode(), warnings.catch_warnings():
            # WavLM in transformers mixes two types of mask; torch only says it may forbid it.
            warnings.filterwarnings("ignore", message="Support for mismatched key_padding_mask")
            if self._alone:
                outputs = [self._output([waveform]) for waveform in waveforms]
                output = np.concatenate(outputs) if outputs else np.zeros((0, 0), np.float32)
            else:
                output = self._output(waveforms)
        return self._meaning.opinions(output, scale=self._scale)

    def _output(self, waveforms: Sequence[Samples]) -> Numbers:
        import torch

        if self._whisper:
            features = self._prepare(waveforms)
            output = self._network(features.to(self._device), None)
        else:
            ready = [self._prepare(_long_enough(waveform)) for waveform in waveforms]
            longest = max(len(waveform) for waveform in ready)
            batch = np.zeros((len(ready), longest), np.float32)
            mask = np.zeros((len(ready), longest), np.int64)
            for row, waveform in enumerate(ready):
                batch[row, : len(waveform)] = waveform
                mask[row, : len(waveform)] = 1
            output = self._network(
                torch.from_numpy(batch).to(self._device),
                torch.from_numpy(mask).to(self._device),
            )
        if not self._meaning.dimensional:
            output = output.sigmoid() if self._several else output.softmax(dim=1)
        return np.asarray(output.float().cpu().numpy(), dtype=np.float32)


def _long_enough(waveform: Samples) -> Samples:
    return np.pad(waveform, (0, max(0, _SHORTEST - len(waveform))))


def _pads_badly(network: Any) -> bool:
    # Group norm over time sees the padding, so such models must hear one clip at a time.
    config = getattr(
        getattr(network, "model", getattr(network, "backbone", None)), "config", None
    )
    return getattr(config, "feat_extract_norm", "") == "group"


def _built(folder: Path, config: Mapping[str, Any], *, columns: int, name: str) -> Any:
    from dndmood_train.teachers import _heads

    weights = _checkpoint.weights_of(folder)
    if "ser_model.out.0.weight" in weights:
        weights = _renamed(
            weights,
            {"ssl_model.": "backbone.", "pool_model.": "", "ser_model.out.0.": "out."},
        )
        weights = _renamed(weights, {"ser_model.": ""})
        backbone = _heads.backbone_config("wavlm", _part(weights, "backbone."))
        layers = len({key.split(".")[1] for key in weights if key.startswith("fc.")})
        odyssey = _heads.Odyssey(backbone, columns=columns, layers=layers)
        return _filled(odyssey, weights, name)
    if any(key.startswith("frontend.Linear") for key in weights):
        weights = _renamed(
            weights, {"backbone.model.": "backbone.", "frontend.Linear": "linear."}
        )
        backbone = _heads.backbone_config("wav2vec2", _part(weights, "backbone."))
        matrices = sorted(
            k for k in weights if k.startswith("linear.") and k.endswith("weight")
        )
        shapes = [(int(weights[k].shape[0]), int(weights[k].shape[1])) for k in matrices]
        return _filled(_heads.FeedForward(backbone, shapes=shapes), weights, name)
    if "classifier.dense.weight" in weights:
        family = str(config.get("model_type", "wav2vec2"))
        weights = _renamed(
            weights,
            {
                f"{family}.": "backbone.",
                "classifier.dense.": "dense.",
                "classifier.out_proj.": "out.",
                "classifier.output.": "out.",
            },
        )
        from transformers import AutoConfig

        backbone = AutoConfig.from_pretrained(folder, local_files_only=True)
        return _filled(_heads.DenseHead(backbone, columns=columns), weights, name)
    return _heads.Classifier(_standard(folder, name))


def _standard(folder: Path, name: str) -> Any:
    from transformers import AutoModelForAudioClassification

    try:
        model, loading = AutoModelForAudioClassification.from_pretrained(
            folder, local_files_only=True, output_loading_info=True
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise UserError(
            f"The teacher {name} is no audio classifier that transformers can load: "
            f"{str(error).splitlines()[0]}"
        ) from error
    _refuse_misfit(
        [*loading["missing_keys"], *(str(key) for key in loading["mismatched_keys"])],
        [],
        name,
    )
    return model


def _filled(network: Any, weights: Mapping[str, Any], name: str) -> Any:
    try:
        missing, unexpected = network.load_state_dict(dict(weights), strict=False)
    except RuntimeError as error:
        raise UserError(f"The weights of the teacher {name} do not fit: {error}") from error
    _refuse_misfit(missing, unexpected, name)
    return network


def _refuse_misfit(missing: Sequence[str], unexpected: Sequence[str], name: str) -> None:
    wrong = [key for key in (*missing, *unexpected) if not any(u in key for u in _UNUSED)]
    if wrong:
        raise UserError(
            f"The teacher {name} was not loaded, because its weights do not fit its "
            f"architecture and part of it would be random: {', '.join(wrong[:3])}."
        )


def _renamed(weights: Mapping[str, Any], beginnings: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for key, tensor in weights.items():
        for old, new in beginnings.items():
            if key.startswith(old):
                found[new + key.removeprefix(old)] = tensor
                break
        else:
            found[key] = tensor
    return found


def _part(weights: Mapping[str, Any], beginning: str) -> dict[str, Any]:
    return {
        key.removeprefix(beginning): tensor
        for key, tensor in weights.items()
        if key.startswith(beginning)
    }


def _preparation(folder: Path, config: Mapping[str, Any]) -> Any:
    if config.get("model_type") == "whisper":
        from transformers import AutoFeatureExtractor

        extractor = AutoFeatureExtractor.from_pretrained(folder, local_files_only=True)

        def spectrograms(waveforms: Sequence[Samples]) -> Any:
            given = extractor(list(waveforms), sampling_rate=RATE_HZ, return_tensors="pt")
            return given.input_features

        return spectrograms
    if "mean" in config and "std" in config:
        mean, spread = np.float32(config["mean"]), np.float32(config["std"] + 1e-6)
        return lambda waveform: (waveform - mean) / spread
    extra = _checkpoint.config_of(folder, file="preprocessor_config.json")
    if not extra.get("do_normalize", True):
        return lambda waveform: waveform
    return lambda waveform: (waveform - waveform.mean()) / np.sqrt(waveform.var() + 1e-7)


def _yaml_labels(folder: Path) -> tuple[str, ...]:
    # autrainer keeps the labels in a file of its own.
    path = folder / "target_transform.yaml"
    if not path.is_file():
        return ()
    text = path.read_text(encoding="utf-8")
    inline = re.search(r"labels:\s*\[([^\]]*)\]", text)
    listed = re.search(r"labels:\s*\n((?:\s*-\s*\S+\n?)+)", text)
    words = inline[1].split(",") if inline else listed[1].split("-")[1:] if listed else []
    return tuple(word.strip().strip("'\"") for word in words)
