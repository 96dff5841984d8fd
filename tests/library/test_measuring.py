"""What is measured of a file, with real files."""

import numpy as np
import pytest
import soundfile

from dndmood.library import reading
from dndmood.library.levels import loudest_s, silence_s
from dndmood.library.measuring import ANALYSIS, measured
from tests.library.tunes import MAJOR, MINOR, RATE_HZ, piece, write


def hear(path):
    return measured(reading.read(path))


def test_silence_at_both_ends_and_the_loudest_part_are_found(tmp_path):
    music = piece(MAJOR, 0.5, 40)
    music[: 20 * RATE_HZ] *= 0.2
    silence = np.zeros(3 * RATE_HZ, np.float32)
    sound = np.concatenate([silence[:RATE_HZ], music, silence, silence, silence])
    found = hear(write(tmp_path / "a.wav", sound))
    assert found.silence_start_s == pytest.approx(1.0, abs=0.2)
    assert found.silence_end_s == pytest.approx(9.0, abs=0.5)
    assert 20.5 <= found.loudest_s <= 27
    assert found.duration_s == pytest.approx(50.0, abs=0.1)


def test_loudness_and_peak_are_the_standards(tmp_path):
    time_s = np.arange(48_000 * 20) / 48_000
    tone = 0.1 * np.sin(2 * np.pi * 997 * time_s).astype(np.float32)
    found = hear(write(tmp_path / "a.wav", np.stack([tone, tone], axis=1), 48_000))
    assert found.lufs == pytest.approx(-20.0, abs=0.15)
    assert found.peak_dbtp == pytest.approx(-20.0, abs=0.2)


def test_key_tempo_and_mood_are_there(tmp_path):
    found = hear(write(tmp_path / "a.flac", piece(MINOR, 0.5, 30, root=62)))
    assert found.key == "D minor"
    assert 0.3 < found.key_strength <= 1
    assert found.tempo_bpm == pytest.approx(120, rel=0.05) or found.tempo_bpm == pytest.approx(
        60, rel=0.05
    )
    assert found.arousal_odds is not None and found.valence_odds is not None
    assert found.analysis == ANALYSIS


def test_clipping_is_heard_and_a_full_level_alone_is_none(tmp_path):
    clean = piece(MAJOR, 0.5, 20)
    clean /= np.abs(clean).max()
    assert hear(write(tmp_path / "clean.wav", clean)).clips < 2
    assert hear(write(tmp_path / "clipped.wav", np.clip(clean * 4, -1, 1))).clips > 20


def test_what_cannot_be_read_says_why_and_raises_nothing(tmp_path):
    bad = tmp_path / "bad.ogg"
    bad.write_bytes(b"no music at all" * 100)
    assert hear(bad).problem
    empty = tmp_path / "empty.mp3"
    empty.touch()
    assert hear(empty).problem
    silent = write(tmp_path / "silent.wav", np.zeros(5 * RATE_HZ, np.float32))
    assert hear(silent).problem == "is silent"
    assert hear(tmp_path / "gone.ogg").problem


def test_silence_and_loudest_part_of_nothing_are_nothing():
    assert silence_s(np.zeros(0)) == (0.0, 0.0)
    assert silence_s(np.zeros(30)) == (3.0, 3.0)
    assert loudest_s(np.ones(20)) == 0.0


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.wav", {}),
        ("a.aiff", {}),
        ("a.flac", {}),
        ("a.ogg", {}),
        ("a.opus", {"format": "OGG", "subtype": "OPUS"}),
        ("a.mp3", {}),
    ],
)
def test_half_a_file_plays_its_half_and_says_that_it_ends_early(tmp_path, name, options):
    path = tmp_path / name
    sound = np.random.default_rng(1).normal(0.0, 0.05, (48_000 * 12, 2))
    with soundfile.SoundFile(path, "w", 48_000, 2, **options) as file:
        for begin in range(0, len(sound), 4096):
            file.write(sound[begin : begin + 4096])
    assert hear(path).damage == ""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    half = hear(path)
    assert half.damage == "ends early" and half.problem == ""
    assert half.duration_s == pytest.approx(7.2, abs=0.7)


def test_a_header_that_was_never_finished_is_no_file_that_ends_early(tmp_path):
    path = write(tmp_path / "a.wav", piece(MAJOR, 0.5, 8))
    content = bytearray(path.read_bytes())
    data = content.index(b"data")
    for size in (b"\0" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f"):
        content[4:8] = content[data + 4 : data + 8] = size
        path.write_bytes(content)
        assert hear(path).damage == ""


def test_values_that_are_no_numbers_are_silent_and_said(tmp_path):
    sound = piece(MAJOR, 0.5, 8)
    sound[1000:1010] = np.nan
    sound[2000] = np.inf
    path = tmp_path / "a.wav"
    soundfile.write(path, sound, RATE_HZ, subtype="FLOAT")
    found = hear(path)
    assert found.damage == "has values that are no sound"
    assert np.isfinite(found.lufs) and found.peak_dbtp < 3.0
