"""The student that continues Whisper, against transformers' own code on random weights."""

import numpy as np
import pytest
import torch

from dndmood.errors import UserError
from dndmood_train.students import Shape, built
from dndmood_train.students._whisper_frontend import WhisperFrontEnd
from dndmood_train.students.whisper import WhisperStudent
from tests.train.tiny_whisper import config

transformers = pytest.importorskip("transformers")

SHAPE = Shape(network="whisper", width=16, heads=2, blocks=2, hidden=8)


def published(folder, *, width=16, layers=3):
    torch.manual_seed(0)
    model = transformers.WhisperModel(config(width=width, layers=layers, bands=80)).eval()
    model.save_pretrained(folder)
    return model.encoder


def test_short_clips_are_heard_as_transformers_layers_hear_them(tmp_path):
    encoder = published(tmp_path)
    student = built(SHAPE).eval()
    student.begin_as(tmp_path)
    mel = torch.randn(2, 80, 200)
    with torch.no_grad():
        hidden = torch.nn.functional.gelu(encoder.conv1(mel))
        hidden = torch.nn.functional.gelu(encoder.conv2(hidden)).transpose(1, 2)
        positions = encoder.embed_positions.weight[: hidden.shape[1]]
        assert torch.allclose(
            positions, student.encoder.positions()[: len(positions)], atol=1e-4
        )
        hidden = hidden + positions
        for number in range(2):
            output = encoder.layers[number](hidden, None)
            hidden = output[0] if isinstance(output, tuple) else output
        assert torch.allclose(student.encoder(mel)[1], hidden, atol=1e-4)


def test_the_front_end_is_whispers_own():
    extractor = transformers.WhisperFeatureExtractor()
    ears = WhisperFrontEnd()
    assert np.allclose(ears.bank().numpy(), extractor.mel_filters, atol=1e-6)
    sound = 0.1 * np.random.default_rng(0).standard_normal(32_000).astype(np.float32)
    mel = extractor(
        sound, sampling_rate=16_000, padding="longest", truncation=False, return_tensors="pt"
    ).input_features[0]
    ours = ears.levelled(ears(torch.from_numpy(sound)[None]))[0]
    # Its frames begin 12.5 ms earlier; over noise the middle of each band is the same but for level.
    apart = (ours - mel[:, 1 : 1 + ours.shape[1]]).mean(1)
    assert apart.std() < 0.02


def test_loudness_is_no_matter():
    ears = WhisperFrontEnd()
    sound = torch.from_numpy(np.random.default_rng(0).standard_normal((1, 16_000))).float()
    loud, soft = (ears.levelled(ears(level * sound)) for level in (0.5, 0.005))
    assert torch.allclose(loud, soft, atol=1e-3)


def test_a_network_of_another_width_is_refused(tmp_path):
    published(tmp_path, width=24)
    with pytest.raises(UserError, match="set width"):
        built(SHAPE).begin_as(tmp_path)


def test_a_folder_without_a_network_is_refused(tmp_path):
    with pytest.raises(UserError, match="--start"):
        built(SHAPE).begin_as(tmp_path)


def test_a_student_that_continues_nobody_says_so(tmp_path):
    with pytest.raises(UserError, match="leave --start"):
        built(Shape()).begin_as(tmp_path)


def test_only_the_encoder_was_published():
    student = WhisperStudent(SHAPE)
    slow = {id(weight) for weight in student.published()}
    fast = [name for name, weight in student.named_parameters() if id(weight) not in slow]
    assert fast
    assert all(name.startswith("head.") for name in fast)


@pytest.mark.parametrize("length_s", [0.1, 1.0, 31.0])
def test_any_length_has_an_answer(length_s):
    heard = built(SHAPE).eval()(torch.randn(2, round(16_000 * length_s)))
    assert torch.isfinite(heard.logits).all()
    assert heard.zeroable.shape == (2, 8)
