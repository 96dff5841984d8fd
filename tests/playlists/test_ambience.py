"""The ambience that ships: small, seamless, soft, and made of nothing that hurts."""

from functools import cache
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from numpy.typing import NDArray

from dndmood.players._bed import OVERLAP_S, bed_sound
from dndmood.players._playlist import Progress
from dndmood.scene import AmbienceCue

AMBIENCE = Path(__file__).parents[2] / "playlists" / "ambience"
PLACES = (
    "camp", "castle", "city", "dungeon", "forest", "home", "mountain", "road", "shop", "tavern",
    "temple", "village", "water", "wild",
)  # fmt: skip
BEDS = sorted(AMBIENCE.glob("*/*.ogg"))
SHOTS = sorted(AMBIENCE.glob("*/shots/*.ogg"))
EVERY_BED = pytest.mark.parametrize("path", BEDS, ids=lambda path: path.stem)
EVERY_SHOT = pytest.mark.parametrize(
    "path", SHOTS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}"
)


@cache
def decoded(path: Path) -> tuple[NDArray[np.float64], int]:
    sound, rate_hz = soundfile.read(path, dtype="float64", always_2d=True)
    return np.asarray(sound), int(rate_hz)


def test_every_place_has_a_bed_and_a_few_single_sounds() -> None:
    assert [path.stem for path in BEDS] == list(PLACES)
    for place in PLACES:
        assert 3 <= sum(path.parent.parent.name == place for path in SHOTS) <= 6


def test_all_of_it_is_at_most_twelve_megabytes() -> None:
    assert sum(path.stat().st_size for path in (*BEDS, *SHOTS)) <= 12e6


@EVERY_BED
def test_a_bed_is_stereo_long_enough_and_says_what_it_is(path: Path) -> None:
    with soundfile.SoundFile(path) as file:
        assert 45.0 <= file.frames / file.samplerate <= 90.0
        assert (file.channels, file.samplerate) == (2, 48_000)
        assert file.title.lower().startswith(path.stem)
        assert (file.artist, file.genre) == ("dndmood", path.stem)
        assert "CC0" in file.license


@EVERY_BED
def test_a_bed_is_soft_and_has_no_peak_and_no_offset(path: Path) -> None:
    sound, rate_hz = decoded(path)
    assert pyloudnorm.Meter(rate_hz).integrated_loudness(sound) == pytest.approx(-30, abs=0.7)
    assert np.abs(sound).max() <= 10 ** (-3 / 20)
    assert np.abs(sound.mean(axis=0)).max() < 1e-4


@EVERY_BED
def test_no_half_minute_of_a_bed_is_much_louder_than_another_and_none_is_silent(
    path: Path,
) -> None:
    sound, rate_hz = decoded(path)
    levels = [
        10 * np.log10(np.square(sound[at : at + 12 * rate_hz]).mean())
        for at in range(0, len(sound) - 12 * rate_hz + 1, 12 * rate_hz)
    ]
    assert max(levels) - min(levels) < 9.0


@EVERY_BED
def test_where_a_bed_begins_again_there_is_no_corner_sharper_than_elsewhere(path: Path) -> None:
    file, rate_hz = decoded(path)
    turn = len(file) - round(OVERLAP_S * rate_hz)
    parts, frames = [], 0
    for block in bed_sound(AmbienceCue(0.0, "", (str(path),)), rate_hz, Progress()):
        parts.append(block)
        frames += len(block)
        if frames > turn + 3 * rate_hz:
            break
    sound = np.concatenate(parts)
    joint = slice(turn - rate_hz // 20, turn + round((OVERLAP_S + 0.05) * rate_hz))
    gain = np.sqrt(np.square(sound[:turn]).mean() / np.square(file[:turn]).mean())
    for order in (1, 2):
        # Its sharpest call may be one of those that overlap: so all of the file counts.
        sharpest = gain * np.abs(np.diff(file, order, axis=0)).max()
        assert np.abs(np.diff(sound[joint], order, axis=0)).max() <= 1.3 * sharpest
    # Nor a hole, nor a bump.
    level = [
        10 * np.log10(np.square(part).mean())
        for part in np.split(sound[joint][: 20 * 3000], 20)
    ]
    around = sound[turn - 6 * rate_hz : turn - rate_hz // 20]
    usual = [
        10 * np.log10(np.square(around[n : n + 3000]).mean())
        for n in range(0, len(around) - 3000, 3000)
    ]
    assert min(usual) - 4.0 <= min(level) and max(level) <= max(usual) + 4.0


@EVERY_SHOT
def test_a_single_sound_is_short_begins_and_ends_in_silence_and_has_no_peak(path: Path) -> None:
    sound, rate_hz = decoded(path)
    assert 0.3 <= len(sound) / rate_hz < 12.0  # longer, and it would be a bed to the program
    peak = np.abs(sound).max()
    assert 10 ** (-20 / 20) <= peak <= 10 ** (-3 / 20)
    assert np.abs(sound[-1]).max() < 0.02 * peak
    assert np.abs(sound.mean(axis=0)).max() < 2e-3
