"""Single tracks as they are heard: channels, loudness, values, silence, memory."""

import gc
import math
import subprocess
import tracemalloc

import numpy as np
import pyloudnorm
import pytest
import soundfile

from dndmood import ffmpeg
from dndmood.channels import stereo, usual
from dndmood.events import Track
from dndmood.loudness import Loudness
from dndmood.players._decks import InlineDeck, PrefetchedDeck, Progress, endless
from dndmood.players._loudness import level
from tests.fakes import tone

RATE_HZ = 44_100


def played(path, seconds: float, rate_hz: int = RATE_HZ) -> np.ndarray:
    track = Track(str(path), path.stem, soundfile.info(path).duration)
    return InlineDeck(endless((track,), rate_hz)).read(round(seconds * rate_hz))


def written(path, sound, **more):
    soundfile.write(path, sound, RATE_HZ, **more)
    return path


def lufs(sound: np.ndarray) -> float:
    return float(pyloudnorm.Meter(RATE_HZ).integrated_loudness(sound))


@pytest.fixture
def rng():
    return np.random.default_rng(4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -3e38])
@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
@pytest.mark.parametrize("suffix", ["wav", "aiff", "caf", "w64"])
def test_values_that_are_no_sound_are_gone_before_anybody_hears_them(
    tmp_path, rng, value, subtype, suffix
):
    sound = rng.standard_normal((4 * RATE_HZ, 2)) * 0.1
    clean = played(written(tmp_path / "clean.wav", sound, subtype=subtype), 4)
    sound[RATE_HZ] = value
    sound[2 * RATE_HZ, 1] = value
    out = played(written(tmp_path / f"spoilt.{suffix}", sound, subtype=subtype), 4)
    assert np.isfinite(out).all()
    assert (~np.isclose(out, clean, atol=0.01).all(axis=1)).sum() <= 2


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_mono_is_as_loud_as_the_same_sound_in_two_channels(tmp_path, rng, suffix):
    sound = rng.standard_normal(6 * RATE_HZ) * 0.05
    mono = played(written(tmp_path / f"mono.{suffix}", sound), 5)
    both = played(written(tmp_path / f"both.{suffix}", np.stack((sound, sound), 1)), 5)
    assert lufs(mono) == pytest.approx(lufs(both), abs=0.2)
    assert lufs(mono) == pytest.approx(-18.0, abs=0.3)


@pytest.mark.parametrize("channels", range(1, 9))
def test_music_of_any_number_of_channels_is_at_the_common_loudness(tmp_path, rng, channels):
    path = written(tmp_path / "m.wav", rng.standard_normal((6 * RATE_HZ, channels)) * 0.05)
    assert lufs(played(path, 5)) == pytest.approx(-18.0, abs=0.3)


HALF = 10 ** (-3.01 / 20)
FRONT = {"left": (1, 0), "right": (0, 1), "centre": (HALF, HALF), "bass": (0, 0)}
BACK = {"left back": (HALF, 0), "right back": (0, HALF), "back": (0.5, 0.5)}
ORDERS = [
    (False, ["left", "right", "centre"]),
    (False, ["left", "right", "left back", "right back"]),
    (False, ["left", "right", "centre", "left back", "right back"]),
    (False, ["left", "right", "centre", "bass", "left back", "right back"]),
    (False, ["left", "right", "centre", "bass", "back", "left back", "right back"]),
    (False, ["left", "right", "centre", "bass", *["left back", "right back"] * 2]),
    (True, ["left", "centre", "right"]),
    (True, ["left", "right", "left back", "right back"]),
    (True, ["left", "centre", "right", "left back", "right back", "bass"]),
    (True, ["left", "centre", "right", *["left back", "right back"] * 2, "bass"]),
]


@pytest.mark.parametrize(("ogg", "order"), ORDERS)
def test_surround_is_folded_down_by_the_standard(ogg, order):
    for number, name in enumerate(order):
        alone = np.zeros((1, len(order)), np.float32)
        alone[0, number] = 1.0
        layout = usual(len(order), ogg=ogg)
        assert stereo(alone, layout)[0] == pytest.approx((FRONT | BACK)[name], abs=1e-3)


def test_more_channels_than_any_order_knows_are_all_heard():
    assert stereo(np.ones((3, 12), np.float32)) == pytest.approx(1.0)


def test_a_voice_in_the_centre_of_a_film_is_heard(tmp_path):
    sound = np.zeros((4 * RATE_HZ, 6))
    sound[:, 2] = 0.2 * np.sin(np.arange(len(sound)) / 10)
    out = played(written(tmp_path / "film.wav", sound), 3)
    assert np.abs(out).max(axis=0) == pytest.approx([np.abs(out).max()] * 2) and out.any()


def test_a_climax_between_the_measured_stretches_is_not_clipped(tmp_path, rng):
    minutes = 8
    sound = (rng.standard_normal((minutes * 60 * 8000, 2)) * 0.005).astype(np.float32)
    # 24 stretches of 3.2 s lie 20.7 s apart: twelve seconds fit between two of them.
    begin = 8000 * 25
    sound[begin : begin + 8000 * 12] *= 40.0
    path = tmp_path / "long.wav"
    soundfile.write(path, sound, 8000, subtype="FLOAT")
    out = played(path, 45, 8000)
    climax = out[begin : begin + 8000 * 12]
    measure = Loudness(8000, 2)
    measure.push(out)
    assert measure.level().peak_dbtp < -1.9
    assert (np.abs(climax) > 0.8).mean() < 0.005  # clipped, a tenth of it would be there


def test_one_glitch_does_not_make_a_track_too_soft_to_be_heard(tmp_path, rng):
    sound = rng.standard_normal((20 * RATE_HZ, 2)) * 0.02
    sound[5 * RATE_HZ] = 1.0
    out = played(written(tmp_path / "click.wav", sound), 4)
    assert lufs(out) > -34.0


def test_a_float_file_with_the_numbers_of_a_sixteen_bit_file_is_played_at_the_common_loudness(
    tmp_path, rng
):
    sound = rng.standard_normal((6 * RATE_HZ, 2)) * 5000.0
    path = written(tmp_path / "scaled.wav", sound, subtype="FLOAT")
    assert lufs(played(path, 5)) == pytest.approx(-18.0, abs=0.3)


def test_a_file_that_was_written_anew_is_measured_anew(tmp_path):
    for loud in (0.5, 0.1):
        track = tone(tmp_path / "same.wav", seconds=4, hz=441, level=loud)
        out = InlineDeck(endless((track,), RATE_HZ)).read(3 * RATE_HZ)
        assert lufs(out) == pytest.approx(-18.0, abs=0.5)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_an_mp3_of_variable_bit_rate_sounds_as_decoded_in_one_go(tmp_path, level):
    drone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(20 * RATE_HZ) / RATE_HZ)
    path = written(
        tmp_path / "drone.mp3",
        np.stack((drone, drone), 1),
        bitrate_mode="VARIABLE",
        compression_level=level,
    )
    whole, _ = soundfile.read(path, dtype="float32")
    out = played(path, 19)
    part = whole[: len(out)]
    gain = float((out * part).sum() / (part**2).sum())
    assert np.abs(out - gain * part).max() < 1e-4
    assert lufs(out) == pytest.approx(-18.0, abs=0.3)


def test_long_silence_inside_the_music_is_shortened(tmp_path):
    sine = 0.3 * np.sin(np.arange(5 * RATE_HZ) / 10)
    rest = np.zeros(20 * RATE_HZ)
    hidden = written(tmp_path / "hidden.flac", np.concatenate((rest, sine, rest, sine, rest)))
    other = tone(tmp_path / "other.flac", seconds=8, hz=441)
    for tracks in ((hidden,), (hidden, other.path), (hidden, hidden)):
        lengths_known = tuple(
            Track(str(path), "t", soundfile.info(path).duration) for path in tracks
        )
        out = InlineDeck(endless(lengths_known, RATE_HZ)).read(30 * RATE_HZ)
        loud = np.flatnonzero(np.abs(out[:, 0]) > 1e-3)
        assert np.diff(loud).max() < 1.9 * RATE_HZ and loud[0] < 1.9 * RATE_HZ


def test_a_rest_of_a_second_is_left_as_it_is(tmp_path):
    sine = 0.3 * np.sin(np.arange(2 * RATE_HZ) / 10)
    sound = np.concatenate((sine, np.zeros(RATE_HZ), sine))
    out = played(written(tmp_path / "rest.wav", sound, subtype="FLOAT"), 5)[:, 0]
    gain = out[1000] / sound[1000]
    assert np.allclose(out, sound * gain, atol=1e-5)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_deck_of_ten_seconds_holds_less_than_six_megabytes(tmp_path, count, rate_hz):
    tracks = tuple(tone(tmp_path / f"{n}.wav", seconds=30, hz=441) for n in range(count))
    list(
        zip(range(3), endless(tracks, rate_hz), strict=False)
    )  # libraries and loudness are there
    gc.collect()
    tracemalloc.start()
    try:
        deck = PrefetchedDeck(endless(tracks, rate_hz), rate_hz)
        while not deck.full():
            deck._thread.join(0.001)
        deck.read(rate_hz // 10)
        held = tracemalloc.get_traced_memory()[0]
        deck.close()
    finally:
        tracemalloc.stop()
    assert 10 * rate_hz * 8 * 0.9 < held < 6e6


def test_no_block_of_endless_sound_keeps_more_alive_than_it_shows(tmp_path):
    tracks = tuple(tone(tmp_path / f"{n}.wav", seconds=12, hz=441) for n in range(2))
    for _, block in zip(range(150), endless(tracks, RATE_HZ), strict=False):
        base = block if block.base is None else block.base
        assert base.nbytes <= max(4 * block.nbytes, 200_000)


def test_progress_says_why_endless_sound_has_ended(tmp_path):
    progress = Progress()
    gone = (Track(str(tmp_path / "gone.ogg"), "gone", 3.0),)
    assert list(endless(gone, RATE_HZ, progress)) == []
    assert progress.reason == "it is gone"


def test_level_power_is_kept_where_a_bad_track_was_passed_over(tmp_path, rng):
    tracks = []
    for name in "ab":
        path = written(tmp_path / f"{name}.wav", rng.standard_normal((6 * RATE_HZ, 2)) * 0.05)
        tracks.append(Track(str(path), name, 6.0))
    tracks.insert(1, Track(str(tmp_path / "gone.wav"), "gone", 6.0))
    power = (InlineDeck(endless(tuple(tracks), RATE_HZ)).read(30 * RATE_HZ) ** 2).reshape(
        60, -1
    )
    assert 10 * math.log10(power.mean(axis=1).max() / power.mean(axis=1).min()) < 1.0


def test_a_gain_that_was_measured_of_the_whole_file_is_the_one_it_is_played_with(tmp_path, rng):
    sound = rng.standard_normal((3 * RATE_HZ, 2)) * 0.05
    path = written(tmp_path / "known.wav", sound, subtype="FLOAT")
    track = Track(str(path), "known", 3.0, gain_db=-6.0)
    out = InlineDeck(endless((track,), RATE_HZ)).read(RATE_HZ)
    assert np.allclose(out, sound[:RATE_HZ] * 10 ** (-6 / 20), atol=1e-6)


def test_a_tag_of_a_long_track_is_believed_unless_it_contradicts_the_sound(tmp_path, rng):
    for seconds in (100, 10):
        path = tmp_path / f"{seconds}.wav"
        soundfile.write(path, rng.standard_normal((seconds * 8000, 2)) * 0.02, 8000)
        own = level(str(path))
        for differs_db, counts_db in ((1.5, 1.5), (-2.0, -2.0), (9.0, 0.0), (-9.0, 0.0)):
            tagged = level(str(path), own.gain_db + differs_db)
            expected = counts_db if seconds > 77 else 0.0  # a short one was heard as a whole
            assert tagged.gain_db - own.gain_db == pytest.approx(expected, abs=0.01)
            assert own.lufs - tagged.lufs == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("suffix", ["wav", "mp3", "m4a"])
def test_who_waits_in_silence_hears_a_long_track_after_a_short_look(
    tmp_path, rng, suffix, monkeypatch
):
    if suffix != "wav" and not ffmpeg.program():
        pytest.skip("there is no ffmpeg here")
    swell = np.repeat([0.01, 0.05, 0.1, 0.07], 60 * 16_000)[:, np.newaxis]
    path = tmp_path / "long.wav"
    soundfile.write(path, rng.standard_normal((len(swell), 2)) * swell, 16_000)
    if suffix != "wav":
        order = [ffmpeg.program(), "-v", "error", "-i", str(path), "-write_xing", "0"]
        path = path.with_suffix(f".{suffix}")
        subprocess.run([*order, str(path)], check=True)
    frames: list[int] = []
    push = Loudness.push
    monkeypatch.setattr(
        Loudness, "push", lambda self, block: (frames.append(len(block)), push(self, block))
    )
    whole = level(str(path))
    of_whole, frames[:] = sum(frames), []
    assert level(str(path), brief=True).lufs == pytest.approx(whole.lufs, abs=1.0)
    assert sum(frames) < 0.6 * of_whole
