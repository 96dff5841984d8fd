"""Whisper encoders of a few thousand random weights, in the transformers format."""

import numpy as np
import pytest
import soundfile
import torch

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.distillation.fit_committee import fit_heads
from dndmood_train.students import WhisperFrontEnd
from dndmood_train.teachers import (
    _members,
    _whisper_encoder,
    committee,
    open_teacher,
    open_window_teacher,
)
from dndmood_train.teachers._cross_fitting import Directions, Heads
from dndmood_train.teachers._member_heads import MemberHeads
from dndmood_train.teachers._members import pooled
from dndmood_train.teachers.committee import names_in
from tests.train.tiny_whisper import config

transformers = pytest.importorskip("transformers")


def checkpoint(folder, *, layers=4, whole=True):
    """A model with random weights, the whole of it or its encoder alone."""
    transformers.WhisperFeatureExtractor(feature_size=8).save_pretrained(folder)
    torch.manual_seed(0)
    shape = config(layers=layers, bands=8)
    model = transformers.WhisperModel(shape).eval()
    if whole:
        model.save_pretrained(folder)
        return model
    from safetensors.torch import save_file

    named = {f"model.encoder.{n}": t.half() for n, t in model.encoder.state_dict().items()}
    save_file(named, folder / "model.safetensors")
    shape.save_pretrained(folder)
    return model


def sound(length_s, seed):
    return np.random.default_rng(seed).standard_normal(round(16_000 * length_s)).astype("f4")


def test_on_thirty_seconds_the_encoder_gives_what_the_published_code_gives(tmp_path):
    model = checkpoint(tmp_path)
    network = _whisper_encoder.opened(tmp_path, (2, 4))
    clip = 0.1 * sound(30.0, 1)
    extractor = transformers.WhisperFeatureExtractor.from_pretrained(tmp_path)
    mel = extractor(clip, sampling_rate=16_000, return_tensors="pt").input_features
    with torch.no_grad():
        expected = model.encoder(mel, output_hidden_states=True).hidden_states[2]
        maps, _ = network(torch.from_numpy(clip)[None])
    assert [tuple(part.shape) for part in maps] == [(1, 16, 1, 1500)] * 2
    assert torch.allclose(maps[0][0, :, 0].T, expected[0], atol=1e-4)


def test_a_clip_is_heard_at_its_own_length(tmp_path):
    checkpoint(tmp_path)
    network = _whisper_encoder.opened(tmp_path)
    maps, _ = network(torch.from_numpy(sound(1.0, 1))[None])
    assert network.blocks == (1, 2, 3)
    assert maps[0].shape == (1, 16, 1, 50)
    assert pooled(maps).shape == (1, 3 * 2 * 16)


def test_an_encoder_alone_in_half_precision_is_the_same_network(tmp_path):
    whole, alone = tmp_path / "whole", tmp_path / "alone"
    for folder in (whole, alone):
        folder.mkdir()
        checkpoint(folder, whole=folder == whole)
    clip = sound(1.0, 1)
    features = [_members.opened(".", folder).features(clip) for folder in (whole, alone)]
    assert np.allclose(*features, atol=1e-2)
    assert not np.array_equal(*features)


def test_blocks_can_be_chosen_and_must_exist(tmp_path):
    (tmp_path / "mine").mkdir()
    checkpoint(tmp_path / "mine")
    assert _members.opened("mine@2-3", tmp_path).network.blocks == (2, 3)
    assert _members.opened("mine@4", tmp_path).network.blocks == (4,)
    with pytest.raises(UserError, match="has blocks 1 to 4: 5 is none"):
        _members.opened("mine@3-5", tmp_path)
    with pytest.raises(UserError, match="whisper-base@2-4"):
        _members.opened("mine@last", tmp_path)


def test_weights_that_do_not_fit_are_refused(tmp_path):
    checkpoint(tmp_path)
    from safetensors.torch import load_file, save_file

    weights = load_file(tmp_path / "model.safetensors")
    del weights["encoder.conv1.weight"]
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"another network.*conv1"):
        _whisper_encoder.opened(tmp_path)


@pytest.fixture
def collection(tmp_path):
    root = tmp_path / "evening"
    root.mkdir()
    lines = ["path,emotion,speaker"]
    for number in range(12):
        soundfile.write(root / f"{number}.wav", 0.1 * sound(1.0, number).clip(-1, 1), 16_000)
        lines.append(f"{number}.wav,{('sad', 'angry')[number % 2]},{number // 2}")
    (root / "manifest.csv").write_text("\n".join(lines))
    return corpora.find([root])


def test_a_checkpoint_with_heads_is_a_teacher(tmp_path, collection):
    folder = tmp_path / "network"
    folder.mkdir()
    checkpoint(folder)
    with (
        pytest.raises(UserError, match="fit heads with"),
        open_teacher(f"whisper:{folder}", device="cpu"),
    ):
        pass
    fit_heads(collection, weights=folder)
    with open_teacher(f"whisper:{folder}", device="cpu") as teacher:
        found = teacher([sound(1.0, 1)], ["elsewhere:1"])
    assert teacher.about.source.startswith("network; ")
    assert found.shares.sum() == pytest.approx(1.0)
    assert np.isfinite(found.features).all()


def test_a_committee_is_made_of_the_encoders_that_lie_in_its_folder(tmp_path, collection):
    for name in ("whisper-a", "whisper-b"):
        (tmp_path / name).mkdir()
        checkpoint(tmp_path / name, layers=6 if name.endswith("b") else 4)
    assert names_in(tmp_path) == ("whisper-a", "whisper-b")
    fit_heads(collection, weights=tmp_path)
    with open_teacher(f"committee:{tmp_path}", device="cpu") as teacher:
        assert teacher.about.source.startswith("whisper-a, whisper-b; ")
        assert "MIT (whisper-a)" in teacher.about.licence
    fit_heads(collection, weights=tmp_path, members=("whisper-a@1",))
    with open_teacher(f"committee:{tmp_path}", device="cpu") as teacher:
        assert teacher.about.source.startswith("whisper-a@1; ")


def committee_in(folder, *, bands):
    """A committee of one encoder that hears so many bands, with heads that say nothing."""
    transformers.WhisperFeatureExtractor(feature_size=bands).save_pretrained(folder)
    torch.manual_seed(0)
    transformers.WhisperModel(config(layers=4, bands=bands)).save_pretrained(folder)
    width = 3 * 2 * 16
    zero, one = np.zeros(width, np.float32), np.ones(width, np.float32)
    nothing = Heads(
        zero, one, np.zeros((width, 2), np.float32), np.zeros(2, np.float32), *NO_OPINION
    )
    across = np.eye(width, 7, dtype=np.float32)
    fitted = {".": MemberHeads({}, nothing, {}, (zero, one))}
    committee.write(folder / committee.HEADS, fitted, Directions(zero, one, across))
    return f"committee:{folder}"


NO_OPINION = (np.zeros(0, np.int64), np.zeros(2, bool))


def test_a_window_is_heard_as_the_clip_that_it_is(tmp_path):
    """Spectra say what waveforms say: a window as long as a clip has the clip's features."""
    name = committee_in(tmp_path, bands=80)
    clip = sound(2.0, 1)
    with open_teacher(name, device="cpu") as teacher:
        expected = teacher([clip]).features
    ears = WhisperFrontEnd()
    mel = ears.levelled(ears(torch.from_numpy(clip)[None]))
    found = open_window_teacher(name, device="cpu")(torch.cat([mel, mel]))
    assert found.shape == (2, 7)
    # A window is levelled by its mean and loses a frame at either end.
    assert np.abs(found.numpy() - expected).max() < 0.2


def test_processors_that_multiply_half_precision_hear_the_same(tmp_path, monkeypatch):
    """Features stay within .02 of what floats give, and are floats again for the lesson."""
    name = committee_in(tmp_path, bands=80)
    ears = WhisperFrontEnd()
    mel = ears.levelled(
        ears(torch.from_numpy(np.stack([sound(2.0, seed) for seed in range(4)])))
    )
    heard = {}
    for multiplies in (False, True):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda m=multiplies: m)
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
        heard[multiplies] = open_window_teacher(name, device="cpu")(mel)
    assert heard[True].dtype == torch.float32
    apart = (heard[True] - heard[False]).abs().max()
    assert 0.0 < apart < 0.02


def test_a_large_batch_is_heard_window_by_window(tmp_path):
    """More windows than a processor hears at once, the last part not full: each as if alone."""
    teacher = open_window_teacher(committee_in(tmp_path, bands=80), device="cpu")
    generator = torch.Generator().manual_seed(3)
    loud = torch.linspace(0.1, 4.0, 19)[:, None, None]
    mel = loud * torch.randn(19, 80, 90, generator=generator)
    heard = teacher(mel)
    assert heard.shape == (19, 7)
    alone = torch.cat([teacher(window[None]) for window in mel])
    assert (heard - alone).abs().max() < 0.1 * (heard[1:] - heard[:-1]).abs().max()


def test_an_encoder_of_other_bands_hears_no_windows(tmp_path):
    with pytest.raises(UserError, match="take `overheard` out of the recipe"):
        open_window_teacher(committee_in(tmp_path, bands=8), device="cpu")


def test_a_teacher_of_clips_hears_no_windows():
    with pytest.raises(UserError, match="only hears whole clips"):
        open_window_teacher("toy", device="cpu")
