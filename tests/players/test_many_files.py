"""The loudness and the peaks of many very different files as they are played."""

import shutil
import subprocess
from itertools import cycle

import numpy as np
import pyloudnorm
import pytest
import soundfile
import soxr

from dndmood.events import Track
from dndmood.players._decks import InlineDeck
from dndmood.players._playlist import endless

RATE_HZ = 48_000
SECONDS = 12


def noise(rng, time):
    return rng.standard_normal(len(time)) * 0.1


def pink_swells(rng, time):
    spectrum = np.fft.rfft(rng.standard_normal(len(time)))
    hz = np.fft.rfftfreq(len(time), time[1] - time[0])
    sound = np.fft.irfft(spectrum * (hz > 30) / np.sqrt(np.maximum(hz, 1)), len(time))
    return 0.1 * sound / sound.std() * np.sin(time) ** 4


def drone(rng, time):
    return sum(0.15 * np.sin(2 * np.pi * hz * time) for hz in (55, 110, 165.2, 220))


def bass(rng, time):
    return 0.7 * np.sin(2 * np.pi * 41 * time) * (1 + 0.3 * np.sin(5 * time))


def bells(rng, time):
    strike = time % 1.3
    return np.exp(-3 * strike) * np.sin(2 * np.pi * 1320 * strike) * 0.9


def drums(rng, time):
    strike = time % 0.5
    return np.exp(-40 * strike) * rng.standard_normal(len(time)) * 0.5


def square(rng, time):
    return 0.9 * np.sign(np.sin(2 * np.pi * 220 * time))


def crushed(rng, time):
    return np.tanh(8 * (noise(rng, time) + drone(rng, time)))


def climax(rng, time):
    return noise(rng, time) * np.where(time > time[-1] * 0.8, 3.0, 0.02)


def strings(rng, time):
    voices = sum(np.sin(2 * np.pi * hz * time + 3 * np.sin(5 * time)) / n
                 for n, hz in enumerate((196, 294, 392, 588, 784), 1))  # fmt: skip
    return 0.1 * voices * np.minimum(1, time / 3)


KINDS = [noise, pink_swells, drone, bass, bells, drums, square, crushed, climax, strings]
FORMS = [
    ("wav", {"subtype": "FLOAT"}), ("wav", {"subtype": "PCM_U8"}), ("wav", {"subtype": "PCM_24"}),
    ("flac", {}), ("ogg", {}), ("mp3", {}), ("mp3", {"bitrate_mode": "VARIABLE"}),
    ("opus", {"format": "OGG", "subtype": "OPUS"}), ("aiff", {}), ("caf", {}), ("m4a", {}),
]  # fmt: skip
RATES_HZ = [48_000, 44_100, 22_050, 32_000, 96_000]
CHANNELS = [1, 2, 6, 2, 4, 1, 2]
LEVELS = [1.0, 0.1, 0.02, 0.4]


def possible(suffix: str, rate_hz: int, channels: int) -> tuple[int, int]:
    """Rate and channels that the format can have."""
    if suffix == "mp3":
        return min(rate_hz, 48_000), min(channels, 2)
    return (48_000 if suffix == "opus" else rate_hz), channels


def files(folder, number: int):
    """So many files, no two alike; those whose codec is missing are left out."""
    turns = zip(cycle(KINDS), cycle(FORMS), cycle(RATES_HZ), cycle(CHANNELS), cycle(LEVELS))
    for count, (kind, (suffix, how), usual_hz, many, level) in enumerate(turns):
        if count == number:
            return
        rate_hz, channels = possible(suffix, usual_hz, many)
        rng = np.random.default_rng(count)
        time = np.arange(SECONDS * rate_hz) / rate_hz
        parts = [kind(rng, time) * (1.0 if n == 0 else 0.7) for n in range(channels)]
        sound = level * np.stack(parts, axis=1)
        if how.get("subtype") != "FLOAT":
            sound = np.clip(sound, -1, 1)
        path = folder / f"{count}-{kind.__name__}.{suffix}"
        if suffix == "m4a":
            if not shutil.which("ffmpeg"):
                continue
            soundfile.write(path.with_suffix(".wav"), sound, rate_hz)
            told = [
                "ffmpeg",
                "-v",
                "error",
                "-i",
                path.with_suffix(".wav"),
                "-b:a",
                "192k",
                path,
            ]
            subprocess.run(told, check=True)
            path.with_suffix(".wav").unlink()
        else:
            soundfile.write(path, sound, rate_hz, **how)
        yield path, kind.__name__


def loudness_and_peak(path) -> tuple[float, float]:
    """Integrated loudness and true peak of one round of the file, by other people's meters."""
    deck = InlineDeck(endless((Track(str(path), path.stem, SECONDS),), RATE_HZ))
    sound = deck.read((SECONDS - 1) * RATE_HZ)
    peak = np.abs(soxr.resample(sound, RATE_HZ, 8 * RATE_HZ, quality="VHQ")).max()
    lufs = pyloudnorm.Meter(RATE_HZ).integrated_loudness(sound.astype(np.float64))
    return float(lufs), float(20 * np.log10(peak))


def check(folder, number: int) -> None:
    found = {
        path.name: (*loudness_and_peak(path), name) for path, name in files(folder, number)
    }
    assert len(found) >= number * 0.8
    for name, (lufs, peak_dbtp, _) in sorted(found.items(), key=lambda one: one[1]):
        print(f"{name:24} {lufs:7.2f} LUFS {peak_dbtp:7.2f} dBTP")
    assert max(peak for _, peak, _ in found.values()) <= -1.0
    for name, (lufs, _, _) in found.items():
        assert lufs == pytest.approx(-18.0, abs=1.0), name


def test_eleven_different_files_are_played_at_one_loudness_and_below_the_ceiling(tmp_path):
    check(tmp_path, 11)


@pytest.mark.slow
def test_fifty_very_different_files_are_played_at_one_loudness_and_below_the_ceiling(tmp_path):
    check(tmp_path, 55)
