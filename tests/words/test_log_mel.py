import numpy as np
import pytest

from dndmood.words.engines._log_mel import BANDS, log_mel


def tone(hz, seconds=1.0):
    return np.sin(2.0 * np.pi * hz * np.arange(int(16_000 * seconds)) / 16_000).astype(
        np.float32
    )


def test_there_is_a_frame_for_each_hundredth_of_a_second():
    assert log_mel(tone(440.0, 2.0)).shape == (BANDS, 200)


@pytest.mark.parametrize("hz", [200.0, 1000.0, 3000.0])
def test_a_tone_lies_in_its_mel_band(hz):
    mel = hz * 3.0 / 200.0 if hz < 1000.0 else 15.0 + np.log(hz / 1000.0) / (np.log(6.4) / 27.0)
    highest = 15.0 + np.log(8.0) / (np.log(6.4) / 27.0)
    band = mel / highest * (BANDS + 1) - 1.0
    assert abs(int(log_mel(tone(hz)).mean(axis=1).argmax()) - band) <= 1.0


def test_silence_is_one_level_and_loudness_moves_all_bands_alike():
    assert np.ptp(log_mel(np.zeros(16_000, np.float32))) == 0.0
    soft, loud = log_mel(tone(1000.0) * 0.1), log_mel(tone(1000.0))
    assert abs(float((loud - soft).max()) - 0.5) < 1e-3  # 20 dB, a quarter of each power of ten
