"""Every architecture end to end: a tiny random checkpoint in its real format, then opinions.

The oracle is always the network itself, run on one clip by its own published code.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood_train import teachers
from dndmood_train.corpora import EMOTIONS
from dndmood_train.teachers import Opinions
from dndmood_train.teachers._named import NAMED

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SHAPE: dict[str, Any] = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 1,
    "intermediate_size": 32,
    "conv_dim": [8] * 7,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 4,
    "classifier_proj_size": 16,
}
LAYERED: dict[str, Any] = {
    **SHAPE,
    "feat_extract_norm": "layer",
    "do_stable_layer_norm": True,
    "conv_bias": True,
}


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    torch.manual_seed(0)


def sound(seconds: float, seed: int) -> Samples:
    random = np.random.default_rng(seed)
    return (0.1 * random.standard_normal(round(16_000 * seconds)) + 0.01).astype(np.float32)


def levelled(samples: Samples) -> Any:
    """What the published feature extractors do to a waveform."""
    flat = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)
    return torch.from_numpy(flat)[None].float()


def classifier(folder: Path, family: str, labels: tuple[str, ...], **config: Any) -> Any:
    made = transformers.AutoConfig.for_model(
        family, id2label=dict(enumerate(labels)), **{**LAYERED, **config}
    )
    model = transformers.AutoModelForAudioClassification.from_config(made).eval()
    model.save_pretrained(folder)
    return model


def ask(name: str | Path, *waveforms: Samples) -> Opinions:
    with teachers.open_teacher(str(name), device="cpu") as teacher:
        return teacher(waveforms)


def column(opinions: Opinions, emotion: str) -> np.ndarray:
    return opinions.shares[:, EMOTIONS.index(emotion)]


@pytest.mark.parametrize("family", ["wav2vec2", "hubert", "wavlm"])
def test_a_classifier_says_what_transformers_says(family: str, tmp_path: Path) -> None:
    model = classifier(tmp_path, family, ("ang", "hap", "neu", "sad"))
    clips = [sound(1.0, 1), sound(0.6, 2)]
    found = ask(tmp_path, *clips)
    for row, clip in enumerate(clips):
        with torch.no_grad():
            shares = model(levelled(clip)).logits.softmax(dim=1)[0].numpy()
        for label, share in zip(("angry", "happy", "neutral", "sad"), shares, strict=True):
            assert column(found, label)[row] == pytest.approx(share, abs=1e-5)
    assert np.isnan(found.arousal).all()


def test_a_weighted_sum_of_layers_is_summed(tmp_path: Path) -> None:
    model = classifier(
        tmp_path, "hubert", NAMED["superb-hubert"].labels, use_weighted_layer_sum=True
    )
    with torch.no_grad():
        model.layer_weights.copy_(torch.tensor([0.0, 3.0, -3.0]))
        model.save_pretrained(tmp_path)
        shares = model(levelled(sound(1, 1))).logits.softmax(dim=1)[0].numpy()
    found = ask(tmp_path, sound(1, 1))
    assert column(found, "angry")[0] == pytest.approx(shares[2], abs=1e-5)


@pytest.mark.parametrize("norm", ["layer", "group"])
def test_neighbours_in_a_batch_change_no_answer(norm: str, tmp_path: Path) -> None:
    classifier(
        tmp_path,
        "wav2vec2",
        ("ang", "hap", "neu", "sad"),
        feat_extract_norm=norm,
        do_stable_layer_norm=norm == "layer",
    )
    clips = [sound(1.0, 1), sound(0.31, 2), sound(2.0, 3)]
    together = ask(tmp_path, *clips)
    alone = [ask(tmp_path, clip).shares[0] for clip in clips]
    assert together.shares == pytest.approx(np.stack(alone), abs=1e-5)


def regression_model(config: Any, head: dict[str, str]) -> Any:
    """audEERING's published model, and with other names in its head m3hrdadfi's classifier."""
    from transformers.models.wav2vec2.modeling_wav2vec2 import (
        Wav2Vec2Model,
        Wav2Vec2PreTrainedModel,
    )

    class Head(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.dense = torch.nn.Linear(config.hidden_size, config.hidden_size)
            setattr(self, head["out"], torch.nn.Linear(config.hidden_size, config.num_labels))

        def forward(self, x: Any) -> Any:
            return getattr(self, head["out"])(torch.tanh(self.dense(x)))

    class EmotionModel(Wav2Vec2PreTrainedModel):
        def __init__(self) -> None:
            super().__init__(config)
            self.wav2vec2 = Wav2Vec2Model(config)
            self.classifier = Head()
            self.post_init()

        def forward(self, x: Any) -> Any:
            return self.classifier(self.wav2vec2(x)[0].mean(dim=1))

    return EmotionModel().eval()


def test_audeerings_head_gives_arousal_dominance_valence_in_that_order(tmp_path: Path) -> None:
    folder = tmp_path / "wav2vec2-large-robust-12-ft-emotion-msp-dim"
    labels = dict(enumerate(("arousal", "dominance", "valence")))
    config = transformers.Wav2Vec2Config(**LAYERED, id2label=labels)
    model = regression_model(config, {"out": "out_proj"})
    with torch.no_grad():
        model.classifier.out_proj.bias.copy_(torch.tensor([0.2, 0.5, 0.8]))
        model.save_pretrained(folder)
        expected = model(levelled(sound(1, 5)))[0].numpy().clip(0, 1)
    found = ask(folder, sound(1, 5), sound(0.4, 6))
    assert found.arousal[0] == pytest.approx(expected[0], abs=1e-5)
    assert found.dominance[0] == pytest.approx(expected[1], abs=1e-5)
    assert found.valence[0] == pytest.approx(expected[2], abs=1e-5)
    assert np.isnan(found.shares).all()


def test_a_dense_head_is_loaded_and_not_left_random(tmp_path: Path) -> None:
    labels = NAMED["xlsr-ravdess"].labels
    config = transformers.Wav2Vec2Config(**LAYERED, id2label=dict(enumerate(labels)))
    model = regression_model(config, {"out": "output"})
    model.save_pretrained(tmp_path)
    with torch.no_grad():
        expected = model(levelled(sound(1, 5))).softmax(dim=1)[0].numpy()
    found = ask(tmp_path, sound(1, 5))
    assert column(found, "calm")[0] == pytest.approx(expected[1], abs=1e-5)
    assert column(found, "surprised")[0] == pytest.approx(expected[7], abs=1e-5)


def test_weights_of_an_older_torch_are_understood(tmp_path: Path) -> None:
    config = transformers.Wav2Vec2Config(**LAYERED, id2label=dict(enumerate("ahns")))
    model = regression_model(config, {"out": "out_proj"})
    model.save_pretrained(tmp_path)
    before = ask(tmp_path, sound(1, 5))
    old = {
        key.replace("parametrizations.weight.original0", "weight_g").replace(
            "parametrizations.weight.original1", "weight_v"
        ): value
        for key, value in model.state_dict().items()
    }
    (tmp_path / "model.safetensors").unlink()
    torch.save(old, tmp_path / "pytorch_model.bin")
    assert ask(tmp_path, sound(1, 5)).shares == pytest.approx(before.shares, abs=1e-6)


class PublishedOdyssey(torch.nn.Module):
    """The Odyssey baseline as its authors publish it, one clip at a time."""

    def __init__(self, config: Any, columns: int) -> None:
        super().__init__()
        size = config.hidden_size
        self.ssl_model = transformers.WavLMModel(config)
        self.pool_model = torch.nn.Module()
        self.pool_model.sap_linear = torch.nn.Linear(size, size)
        self.pool_model.attention = torch.nn.Parameter(torch.randn(size, 1))
        self.ser_model = torch.nn.Module()
        self.ser_model.fc = torch.nn.ModuleList(
            [
                torch.nn.Sequential(
                    torch.nn.Linear(2 * size, size),
                    torch.nn.LayerNorm(size),
                    torch.nn.ReLU(),
                    torch.nn.Dropout(0.5),
                )
            ]
        )
        self.ser_model.out = torch.nn.Sequential(torch.nn.Linear(size, columns))

    def forward(self, x: Any) -> Any:
        hidden = self.ssl_model(x).last_hidden_state
        h = torch.tanh(self.pool_model.sap_linear(hidden))
        w = torch.softmax(torch.matmul(h, self.pool_model.attention).squeeze(2), dim=1)
        w = w.unsqueeze(2)
        mu = torch.sum(hidden * w, dim=1)
        rh = torch.sqrt((torch.sum((hidden**2) * w, dim=1) - mu**2).clamp(min=1e-5))
        return self.ser_model.out(self.ser_model.fc[0](torch.cat((mu, rh), 1)))


def odyssey(folder: Path, labels: tuple[str, ...]) -> Any:
    from safetensors.torch import save_file

    config = transformers.WavLMConfig(**LAYERED, num_buckets=32)
    model = PublishedOdyssey(config, len(labels)).eval()
    folder.mkdir(parents=True, exist_ok=True)
    save_file(model.state_dict(), folder / "model.safetensors")
    told = {
        "model_type": "ser",
        "ssl_type": "microsoft/wavlm-large",
        "mean": -0.01,
        "std": 0.085,
        "hidden_size": 64,
        "num_classes": len(labels),
        "classifier_hidden_layers": 1,
        "id2label": dict(enumerate(labels)),
    }
    (folder / "config.json").write_text(json.dumps(told))
    return model


def test_the_odyssey_dimensions_come_from_weights_alone(tmp_path: Path) -> None:
    model = odyssey(tmp_path, NAMED["odyssey"].labels)
    clip = sound(1.2, 7)
    with torch.no_grad():
        x = torch.from_numpy((clip + np.float32(0.01)) / np.float32(0.085 + 1e-6))[None]
        expected = model(x)[0].numpy().clip(0, 1)
    found = ask(tmp_path, clip, sound(0.5, 8))
    given = [found.arousal[0], found.dominance[0], found.valence[0]]
    assert given == pytest.approx(expected, abs=1e-5)
    assert ask(tmp_path, clip).valence[0] == pytest.approx(found.valence[0], abs=1e-5)


def test_contempt_has_no_place_and_the_rest_sums_to_one(tmp_path: Path) -> None:
    labels = NAMED["odyssey-categorical"].labels
    model = odyssey(tmp_path, labels)
    with torch.no_grad():
        model.ser_model.out[0].bias[labels.index("contempt")] = 50.0
    from safetensors.torch import save_file

    save_file(model.state_dict(), tmp_path / "model.safetensors")
    found = ask(tmp_path, sound(1, 1))
    assert found.shares.sum() == pytest.approx(1, abs=1e-4)
    assert column(found, "calm")[0] == 0


@pytest.mark.parametrize(
    "listing", ["labels: [A, H, N, S]", "labels:\n  - A\n  - H\n  - N\n  - S"]
)
def test_autrainers_folder_is_understood(listing: str, tmp_path: Path) -> None:
    backbone = transformers.Wav2Vec2Model(transformers.Wav2Vec2Config(**LAYERED)).eval()
    first, second = torch.nn.Linear(64, 20), torch.nn.Linear(20, 4)
    weights = {f"backbone.model.{k}": v for k, v in backbone.state_dict().items()}
    for number, layer in enumerate((first, second)):
        for key, value in layer.state_dict().items():
            weights[f"frontend.Linear{number}.{key}"] = value
    (tmp_path / "_best").mkdir()
    torch.save(weights, tmp_path / "_best" / "model.pt")
    (tmp_path / "model.yaml").write_text("autrainer.models.W2V2FFNN:\n  output_dim: 4\n")
    text = f"autrainer.datasets.utils.LabelEncoder:\n  {listing}\n"
    (tmp_path / "target_transform.yaml").write_text(text)
    with torch.no_grad():
        pooled = backbone(levelled(sound(1, 3))).last_hidden_state.mean(dim=1)
        expected = second(torch.relu(first(pooled))).softmax(dim=1)[0].numpy()
    found = ask(tmp_path, sound(1, 3))
    for label, share in zip(("angry", "happy", "neutral", "sad"), expected, strict=True):
        assert column(found, label)[0] == pytest.approx(share, abs=1e-5)


def test_whisper_classifies_its_own_spectrogram(tmp_path: Path) -> None:
    labels = NAMED["whisper-large-v3"].labels
    extractor = transformers.WhisperFeatureExtractor(feature_size=8, chunk_length=2)
    extractor.save_pretrained(tmp_path)
    config = transformers.WhisperConfig(
        d_model=16,
        encoder_layers=1,
        encoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_layers=1,
        decoder_attention_heads=2,
        decoder_ffn_dim=16,
        num_mel_bins=8,
        max_source_positions=100,
        classifier_proj_size=8,
        id2label=dict(enumerate(labels)),
    )
    model = transformers.WhisperForAudioClassification(config).eval()
    model.save_pretrained(tmp_path)
    clip = sound(1.5, 2)
    with torch.no_grad():
        features = extractor(clip, sampling_rate=16_000, return_tensors="pt").input_features
        expected = model(features).logits.softmax(dim=1)[0].numpy()
    found = ask(tmp_path, clip, sound(0.7, 3))
    assert column(found, "fearful")[0] == pytest.approx(expected[2], abs=1e-5)
    assert column(found, "calm")[0] == 0


def test_a_head_that_would_stay_random_is_refused(tmp_path: Path) -> None:
    classifier(tmp_path, "wav2vec2", ("ang", "hap", "neu", "sad"))
    from safetensors.torch import load_file, save_file

    weights = load_file(tmp_path / "model.safetensors")
    weights["lost.weight"] = weights.pop("classifier.weight")
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"would be random: classifier\.weight"):
        ask(tmp_path, sound(1, 1))
