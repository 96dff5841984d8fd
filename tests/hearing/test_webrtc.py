import numpy as np

from dndmood.hearing.webrtc import WebRtcVoice
from tests.fakes import noise


def test_silence_is_no_voice():
    voice = WebRtcVoice()
    assert not any(voice(np.zeros(320, np.float32)) for _ in range(100))


def test_a_buzzing_vowel_is_voice():
    time = np.arange(16_000) / 16_000
    # A glottal buzz at 120 Hz through two formants, rising and falling like syllables.
    buzz = sum(
        np.sin(2 * np.pi * 120 * k * time) / (1 + ((120 * k - 600) / 300) ** 2)
        for k in range(1, 30)
    )
    vowel = (0.2 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32)
    voice = WebRtcVoice()
    assert sum(voice(frame) for frame in vowel.reshape(-1, 320)) > 25


def test_sound_beyond_full_scale_does_not_wrap_round():
    voice = WebRtcVoice()
    voice((noise(0.02, 0.1) + 5.0).astype(np.float32))


def test_after_a_reset_the_same_sound_gives_the_same_answers():
    voice = WebRtcVoice()
    frames = noise(2, 0.1).reshape(-1, 320)
    first = [voice(frame) for frame in frames]
    voice.reset()
    assert [voice(frame) for frame in frames] == first
