"""The phrase: found again in rooms and noise, never where it is not, and on a faked way."""

from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import soxr

from dndmood.doctor import _phrase
from dndmood.doctor.phrase import Way, judged, travelled
from dndmood.events import RATE_HZ
from dndmood.paths import data
from dndmood.sound_devices import Device
from tests.fakes import FakeClock

MIC = Device(2, "Webcam", inputs=1, outputs=0, rate_hz=44_100, default_input=True)
SPEAKER = Device(4, "Speakers", inputs=0, outputs=2, rate_hz=48_000, default_output=True)
FINE = SimpleNamespace(input_overflow=False, output_underflow=False)


def placed(at_s, *, level=0.1, seconds=5.0, room_s=0.0, seed=5):
    rng = np.random.default_rng(seed)
    sound = _phrase.phrase(RATE_HZ).astype(np.float64) * level
    if room_s:
        tail = rng.standard_normal(round(room_s * RATE_HZ))
        tail *= np.exp(-6.9 * np.arange(len(tail)) / len(tail))
        tail *= 0.7 / np.sqrt(np.square(tail).sum())
        tail[0] = 1.0
        sound = np.convolve(sound, tail)
    heard = rng.standard_normal(round(seconds * RATE_HZ)) * 1e-5
    at = round(at_s * RATE_HZ)
    heard[at : at + len(sound)] += sound[: len(heard) - at]
    return heard.astype(np.float32)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000, 96_000])
def test_the_phrase_is_short_begins_and_ends_at_zero_and_frightens_nobody(rate_hz):
    sound = _phrase.phrase(rate_hz)
    assert len(sound) == round(1.8 * rate_hz) and sound.dtype == np.float32
    assert np.abs(sound).max() == pytest.approx(0.25, abs=1e-3)
    assert abs(sound[0]) < 1e-3 and abs(sound[-1]) < 1e-3


@pytest.mark.parametrize("room_s", [0.0, 0.4, 0.9])
def test_it_is_found_to_a_millisecond_and_its_level_to_three_decibels(room_s):
    found = _phrase.found(placed(1.234, room_s=room_s))
    assert found.at_s == pytest.approx(1.234, abs=0.001)
    assert found.level_db == pytest.approx(-20.0, abs=3.0)


def test_it_is_found_in_noise_as_loud_as_itself_and_under_louder_music():
    rng = np.random.default_rng(2)
    power = 0.1 * np.sqrt(np.square(_phrase.phrase(RATE_HZ)).mean())
    noise = rng.standard_normal(5 * RATE_HZ) * power
    assert _phrase.found(placed(2.0) + noise.astype(np.float32)).at_s == pytest.approx(2.0)
    for track in sorted(data("playlists").glob("*/*.ogg"))[::6]:
        sound, rate_hz = soundfile.read(
            track, frames=10 * 48_000, dtype="float32", always_2d=True
        )
        music = soxr.resample(sound.mean(axis=1), rate_hz, RATE_HZ)[-5 * RATE_HZ :]
        music *= 2.0 * power / np.sqrt(np.square(music).mean())
        assert _phrase.found(placed(2.0) + music).at_s == pytest.approx(2.0, abs=0.001)


def test_nothing_is_found_in_silence_noise_hum_and_our_own_music():
    rng, time = np.random.default_rng(4), np.arange(5 * RATE_HZ) / RATE_HZ
    assert _phrase.found(np.zeros(5 * RATE_HZ, np.float32)) is None
    assert _phrase.found(np.zeros(0, np.float32)) is None
    for _ in range(20):
        assert _phrase.found(rng.standard_normal(5 * RATE_HZ).astype(np.float32)) is None
    for hz in (50.0, 100.0, 293.66, 440.0):
        assert _phrase.found((0.05 * np.sin(2 * np.pi * hz * time)).astype(np.float32)) is None
    for track in sorted(data("playlists").glob("*/*.ogg")):
        sound, rate_hz = soundfile.read(
            track, frames=12 * 48_000, dtype="float32", always_2d=True
        )
        music = soxr.resample(sound.mean(axis=1), rate_hz, RATE_HZ).astype(np.float32)
        assert _phrase.found(music[: 5 * RATE_HZ]) is None
        assert _phrase.found(music[-5 * RATE_HZ :]) is None


class Air:
    """Carries what the speaker is given to the microphone, later and softer, in one breath."""

    def __init__(self, delay_s=0.4, gain=0.1, *, takes=True, gives=True):
        self.clock, self.delay_s, self.gain = FakeClock(now=100.0), delay_s, gain
        self.takes, self.gives = takes, gives
        self.ear = None
        self.played = []

    def wait(self, seconds, *, patience_s):
        """Stands in for waiting: what has not come by now never comes."""
        return self.ear.seconds >= seconds > 0

    @contextmanager
    def opened(self, kind, _wanted, user):
        if kind == "input":
            self.ear, user.wait = user, self.wait
            user.starting(MIC, MIC.rate_hz)
            self.listen(0.3)
            yield MIC
            return
        user.starting(SPEAKER, SPEAKER.rate_hz)
        for _ in range(50 if self.takes else 0):
            block = np.full((4_800, 2), 7.0, np.float32)
            user.block(block, len(block), None, FINE)
            self.played.append((self.clock.now, block.mean(axis=1)))
            self.listen(0.1)
        user.over.wait = lambda _longest_s: self.takes
        yield SPEAKER

    def listen(self, seconds):
        """Give the microphone what sounds in the next `seconds`."""
        began_s = self.clock.now
        self.clock.now += seconds
        if not self.gives:
            return
        frames = round(seconds * MIC.rate_hz)
        heard = np.random.default_rng(1).standard_normal(frames) * 1e-5
        times = began_s + np.arange(frames) / MIC.rate_hz - self.delay_s
        for at_s, block in self.played:
            place = (times - at_s) * SPEAKER.rate_hz
            inside = (place >= 0) & (place < len(block))
            heard[inside] += self.gain * block[place[inside].astype(int)]
        self.ear.block(heard.astype(np.float32)[:, np.newaxis], frames, None, FINE)


def way(air):
    return travelled("", "", air.clock, air.opened)


@pytest.mark.parametrize("delay_s", [0.05, 0.4, 1.2])
def test_the_delay_of_the_way_and_its_loss_are_measured_at_other_rates(delay_s):
    found = way(Air(delay_s))
    assert found.delay_s == pytest.approx(delay_s, abs=0.01)
    assert found.level_db == pytest.approx(-20.0, abs=1.5)
    told = judged(found)
    assert told.mark == "ok" and f"{found.delay_s * 1000:.0f} ms" in told.text


def test_a_phrase_that_nobody_hears_is_a_hint_with_the_reasons():
    told = judged(way(Air(gain=0.0)))
    assert told.mark == "--"
    assert all(word in told.fix for word in ("headphones", "volume", "another speaker"))


def test_a_speaker_that_takes_nothing_and_a_microphone_that_gives_nothing_are_to_be_mended():
    told = judged(way(Air(takes=False)))
    assert told.mark == "!!" and "takes no sound" in told.text
    silent = Way("S", "M", played=True, heard=True, silent=True, delay_s=None)
    assert judged(silent).mark == "!!" and "perfect silence" in judged(silent).text
    told = judged(way(Air(gives=False)))
    assert told.mark == "!!" and "gave no sound" in told.text
