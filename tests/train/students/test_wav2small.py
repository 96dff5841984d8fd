import numpy as np
import pytest
import torch

from dndmood_train.students import Shape, count, export
from dndmood_train.students.wav2small import Wav2Small, Wav2SmallFrontEnd


def test_the_rebuilt_network_has_the_published_size():
    network = Wav2Small(Shape(), outputs=3)
    learnt = sum(weight.numel() for weight in network.parameters())
    frozen = network.ears.waves.numel() + network.ears.bank.numel()
    assert learnt + frozen == 72_477
    assert count(Wav2Small(Shape())) <= 80_000


def test_it_answers_like_our_own_student():
    heard = Wav2Small(Shape()).eval()(torch.randn(2, 8000))
    assert heard.logits.shape == (2, 8) and heard.dims.shape == (2, 3)
    assert torch.isfinite(heard.logits).all()


def test_aids_are_there_to_learn_and_gone_afterwards():
    network = Wav2Small(Shape(network="wav2small", features=5, octants=True))
    heard = network(torch.randn(2, 8000))
    assert heard.features.shape == (2, 5) and heard.octants.shape == (2, 8)
    network.drop_auxiliary_outputs()
    assert network(torch.randn(2, 8000)).octants is None


@pytest.mark.parametrize("level", [1.0, 0.001])
def test_it_reads_decibels_of_a_wave_with_a_variance_of_one(level):
    """As the paper has it: the wave is levelled, then transformed."""
    ears = Wav2SmallFrontEnd()
    chance = np.random.default_rng(4)
    wave = np.convolve(chance.standard_normal(16_000), [1.0, 0.9, 0.5]) * level
    wave = torch.from_numpy(wave[None].astype(np.float32))
    unit = (wave - wave.mean()) / wave.std(unbiased=False)
    published = 10 * torch.log10((ears(unit) * ears.gain).clamp_min(1e-10)).transpose(1, 2)
    assert torch.allclose(ears.levelled(ears(wave)), published, atol=0.5)


@pytest.mark.slow
def test_its_graph_hears_what_it_hears(tmp_path):
    answering = export.Answering(Wav2Small(Shape()).eval(), temperature=1.0).eval()
    export.write_model(
        tmp_path, answering, parameters=72_477, window_s=3.0, about={"licence": {}}
    )
    assert (tmp_path / "card.toml").is_file()
    assert export.largest_difference(answering, tmp_path, graph="model.int8.onnx") <= 0.05
