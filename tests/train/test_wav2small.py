import torch

from dndmood_train.wav2small import Wav2Small


def test_the_rebuilt_network_has_the_published_size():
    network = Wav2Small(outputs=3)
    learnt = sum(weight.numel() for weight in network.parameters())
    frozen = network.waves.numel() + network.bank.numel()
    assert learnt + frozen == 72_477


def test_it_answers_like_our_own_student():
    heard = Wav2Small().eval()(torch.randn(2, 8000))
    assert heard.logits.shape == (2, 8) and heard.dims.shape == (2, 3)
    assert torch.isfinite(heard.logits).all()
