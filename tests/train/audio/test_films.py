"""Corpora that come as films: their sound is read by ffmpeg, where it is there."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood import ffmpeg
from dndmood.errors import UserError
from dndmood_train.audio.loading import duration_s, load

needs_ffmpeg = pytest.mark.skipif(not ffmpeg.program(), reason="there is no ffmpeg here")


def film(path: Path, codec: str) -> Path:
    """A second of 440 Hz as the sound track of a film."""
    wave = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100).astype(np.float32) * 0.5
    soundfile.write(path.with_suffix(".wav"), np.column_stack([wave, wave]), 44_100)
    made = [ffmpeg.program(), "-v", "error", "-i", str(path.with_suffix(".wav"))]
    subprocess.run([*made, "-c:a", codec, str(path)], check=True)
    return path


@needs_ffmpeg
@pytest.mark.parametrize(("name", "codec"), [("s1_an_1.avi", "pcm_s16le"), ("dia0.mp4", "aac")])
def test_the_sound_of_a_film_is_heard(name: str, codec: str, tmp_path: Path) -> None:
    path = film(tmp_path / name, codec)
    heard = load(path)
    assert len(heard) == pytest.approx(16_000, abs=1_200)
    middle = heard[4_000:12_000]
    assert np.argmax(np.abs(np.fft.rfft(middle))) * 2 == pytest.approx(440, abs=2)
    assert duration_s(path) == pytest.approx(1, abs=0.1)


@needs_ffmpeg
def test_a_film_without_sound_is_said(tmp_path: Path) -> None:
    (tmp_path / "dia0.mp4").write_bytes(b"no film at all")
    said = "The sound of the film .*dia0.mp4 cannot be read .*: remove it or put it right"
    with pytest.raises(UserError, match=said):
        load(tmp_path / "dia0.mp4")
