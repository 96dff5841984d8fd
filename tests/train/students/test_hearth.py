import numpy as np
import pytest
import torch

from dndmood_train.students import Shape, count
from dndmood_train.students._mel_frontend import BANDS, FRAME, RATE_HZ, MelFrontEnd
from dndmood_train.students.hearth import Hearth


def transformed(samples):
    """Mel power by the textbook: one FFT per frame, pre-emphasis as a filter on its bins."""
    ears = MelFrontEnd()
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[:: FRAME // 3]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME + 1)[:-1])) ** 2
    bins = np.arange(FRAME // 2 + 1)
    power = power * np.abs(1 - 0.97 * np.exp(-2j * np.pi * bins / FRAME)) ** 2
    away = bins[:, None] * RATE_HZ / FRAME - ears.centres_hz.numpy()
    sides = np.minimum(1 + away * ears.rising.numpy(), 1 - away * ears.falling.numpy())
    return power @ np.maximum(0, sides)


def test_the_two_step_transform_equals_an_fft():
    samples = np.random.default_rng(3).standard_normal(8000).astype(np.float32)
    heard = MelFrontEnd()(torch.from_numpy(samples)[None])[0].numpy()
    assert np.allclose(heard, transformed(samples), rtol=1e-3)


def test_no_band_is_deaf():
    assert (MelFrontEnd().bank().sum(0) > 0).all()


def test_loudness_drops_out():
    waveform = torch.randn(2, 16_000)
    ears = MelFrontEnd()
    loud, soft = ears.levelled(ears(waveform)), ears.levelled(ears(waveform * 0.01))
    assert torch.allclose(loud, soft, atol=1e-3)


@pytest.mark.parametrize("samples", [1600, 4001, 48_000])
def test_any_length_from_a_tenth_of_a_second_will_do(samples):
    heard = Hearth(Shape()).eval()(torch.randn(2, samples))
    assert heard.logits.shape == (2, 8) and heard.dims.shape == (2, 3)
    assert torch.isfinite(heard.logits).all()


def test_silence_has_an_answer():
    heard = Hearth(Shape()).eval()(torch.zeros(1, 16_000))
    assert torch.isfinite(heard.logits).all() and torch.isfinite(heard.dims).all()


def test_the_student_stays_within_its_budget():
    assert count(Hearth(Shape())) <= 80_000


def test_waveform_and_stored_spectrum_give_the_same_answer():
    student = Hearth(Shape()).eval()
    waveform = torch.randn(1, 24_000)
    mel = student.ears.levelled(student.ears(waveform))
    assert mel.shape[1] == BANDS
    assert torch.allclose(student(waveform).logits, student.from_mel(mel).logits)


@pytest.mark.parametrize("frames", [8, 9, 150, 211])
def test_first_convolution_learns_and_listens_alike(frames):
    stem = Hearth(Shape()).stem[0]
    mel = torch.randn(2, 1, 64, frames)
    assert torch.allclose(stem.train()(mel), stem.eval()(mel), atol=1e-5)
