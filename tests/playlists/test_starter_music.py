"""The music that ships: enough of it, in every mood, seamless, tagged and equally loud."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from numpy.typing import NDArray
from scipy import signal

PLAYLISTS = Path(__file__).parents[2] / "playlists"
MOODS = ("calm", "merry", "suspense", "battle", "sorrow", "triumph")
TRACKS = sorted(path for mood in MOODS for path in (PLAYLISTS / mood).glob("*.ogg"))
ONE_PER_MOOD = [
    min((PLAYLISTS / mood).glob("*.ogg"), default=PLAYLISTS / mood) for mood in MOODS
]
EVERY_TRACK = pytest.mark.parametrize("path", TRACKS, ids=lambda path: path.stem)
A_TRACK_OF_EACH_MOOD = pytest.mark.parametrize(
    "path", ONE_PER_MOOD, ids=lambda p: p.parent.name
)


@cache
def _decoded(path: Path) -> tuple[NDArray[np.float64], int]:
    sound, rate_hz = soundfile.read(path, dtype="float64", always_2d=True)
    return np.asarray(sound), int(rate_hz)


def _ends(path: Path, seconds: float) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    with soundfile.SoundFile(path) as file:
        frames = round(seconds * file.samplerate)
        start = file.read(frames, dtype="float64", always_2d=True)
        file.seek(file.frames - frames)
        return start, file.read(frames, dtype="float64", always_2d=True), int(file.samplerate)


def _high(sound: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    sos = signal.butter(4, 6000, "highpass", fs=rate_hz, output="sos")
    return np.asarray(signal.sosfiltfilt(sos, sound, axis=0))


@pytest.mark.parametrize("mood", MOODS)
def test_every_mood_has_at_least_three_tracks(mood: str) -> None:
    assert sum(path.parent.name == mood for path in TRACKS) >= 3


def test_the_starter_music_stays_small_enough_to_clone() -> None:
    assert sum(path.stat().st_size for path in TRACKS) <= 40e6


@EVERY_TRACK
def test_a_track_is_long_enough_not_to_tire_and_stereo_at_44100_hz(path: Path) -> None:
    info = soundfile.info(path)
    assert info.duration >= 90
    assert (info.samplerate, info.channels) == (44_100, 2)


@EVERY_TRACK
def test_a_track_says_what_it_is(path: Path) -> None:
    with soundfile.SoundFile(path) as file:
        assert file.title
        assert file.artist == "dndmood"
        assert file.genre == path.parent.name
        assert "CC0" in file.license
        tags = dict(each.split("=", 1) for each in file.comment.split("; "))
    assert tags["mood"] == path.parent.name
    assert tags["key"].split()[1] in {"major", "minor"}
    assert 40 <= float(tags["bpm"]) <= 200


@EVERY_TRACK
def test_the_end_of_a_track_runs_into_its_start_without_a_step(path: Path) -> None:
    start, end, _ = _ends(path, 0.5)
    usual = np.percentile(np.abs(np.diff(np.concatenate((end, start)), axis=0)), 99.9)
    step = np.abs(start[0] - end[-1]).max()
    assert step <= max(2.0 * usual, 0.002)


@EVERY_TRACK
def test_the_seam_of_a_loop_has_no_click_in_it(path: Path) -> None:
    start, end, rate_hz = _ends(path, 0.5)
    # a track may begin with a struck note, so what is asked is that the three milliseconds around
    # the seam hold no more of a click's treble than the loudest such moment close by
    treble = _high(np.concatenate((end, start)), rate_hz)
    seam, reach = len(end), round(0.0015 * rate_hz)
    near = np.abs(treble[seam - reach : seam + reach]).max()
    around = np.concatenate((treble[: seam - 4 * reach], treble[seam + 4 * reach :]))
    assert near <= max(1.5 * np.abs(around).max(), 0.001)


@EVERY_TRACK
def test_a_loop_has_no_hole_at_its_seam(path: Path) -> None:
    start, end, rate_hz = _ends(path, 0.4)
    tail = np.sqrt(np.mean(end[-round(0.05 * rate_hz) :] ** 2))
    head = np.sqrt(np.mean(start[: round(0.05 * rate_hz)] ** 2))
    # what rings at the end still rings at the start
    assert head >= 0.4 * tail


@A_TRACK_OF_EACH_MOOD
def test_a_track_is_as_loud_as_the_others(path: Path) -> None:
    sound, rate_hz = _decoded(path)
    assert pyloudnorm.Meter(rate_hz).integrated_loudness(sound) == pytest.approx(-18, abs=0.5)


@A_TRACK_OF_EACH_MOOD
def test_a_track_never_peaks_above_minus_one_db(path: Path) -> None:
    sound, _ = _decoded(path)
    # where the samples stay below half scale the curve between them cannot reach -1 dB either
    hot = np.flatnonzero(np.abs(sound).max(axis=1) > 0.5)
    for place in hot[:: max(1, len(hot) // 400)]:
        piece = sound[max(0, place - 64) : place + 64]
        assert np.abs(signal.resample_poly(piece, 4, 1, axis=0)).max() <= 10 ** (-1 / 20)
    assert np.abs(sound).max() <= 10 ** (-1 / 20)
