"""Many channels become one without losing what only some of them hear."""

import numpy as np
import pytest
import soundfile

from dndmood.events import RATE_HZ, AudioChunk, Problem
from dndmood.sources import file
from dndmood.sources._mono import Mono
from dndmood.sources._resample import Resampler
from tests.fakes import noise
from tests.hearing.test_behind_music import db, voice

TALK = voice(20)
QUIET = noise(20, 1e-4, seed=5)


def mixed(*channels: np.ndarray, size: int = 480) -> np.ndarray:
    mono, block = Mono(RATE_HZ), np.stack(channels, axis=1).astype(np.float32)
    return np.concatenate([mono.mix(block[i : i + size]) for i in range(0, len(block), size)])


def late(sound: np.ndarray) -> float:
    """Level once everything is settled."""
    return db(sound[2 * RATE_HZ :])


def test_two_channels_that_are_alike_are_their_mean_to_the_last_bit():
    assert np.array_equal(mixed(TALK, TALK), TALK)
    left, right = TALK, np.roll(TALK, 37)
    assert np.array_equal(mixed(left, right), np.stack((left, right), axis=1).mean(axis=1))


@pytest.mark.parametrize(
    "other",
    [
        -TALK,
        -TALK + QUIET,
        -0.5 * TALK,
        -TALK + 0.2,
        -TALK + np.float32(0.3) * np.sin(np.arange(len(TALK)) * 2 * np.pi * 50 / RATE_HZ),
        TALK,
        0.0 * TALK,
        QUIET,
    ],
    ids=[
        "inverted",
        "and noisy",
        "and softer",
        "and off zero",
        "and hum",
        "alike",
        "dead",
        "hiss",
    ],
)
def test_no_second_channel_costs_more_than_being_dead(other):
    assert late(np.diff(mixed(TALK, other))) >= late(np.diff(TALK)) - 6.6


def test_a_constant_part_and_hum_on_both_wires_do_not_hide_that_talk_cancels():
    hum = 0.3 * np.sin(np.arange(len(TALK)) * 2 * np.pi * 50 / RATE_HZ) + 0.2
    found = mixed(TALK + hum, -TALK + hum)
    assert late(np.diff(found)) >= late(np.diff(TALK)) - 1.0


@pytest.mark.parametrize("channels", [4, 6, 8])
def test_one_live_channel_among_many_is_as_loud_as_by_itself(channels):
    dead = [noise(20, 1e-4, seed=n) for n in range(channels - 1)]
    assert late(mixed(*dead, TALK)) >= late(TALK) - 2.0
    assert late(mixed(TALK, *(0.0 * one for one in dead))) <= late(TALK) + 0.5


def test_everybody_at_a_microphone_of_their_own_is_heard():
    first, second = TALK.copy(), np.roll(TALK, 7 * RATE_HZ)
    first[10 * RATE_HZ :], second[: 10 * RATE_HZ] = 0.0, 0.0
    rest = [noise(20, 1e-4, seed=n) for n in range(6)]
    found = mixed(first, second, *rest)
    for part in (slice(2 * RATE_HZ, 10 * RATE_HZ), slice(10 * RATE_HZ, 20 * RATE_HZ)):
        assert db(found[part]) >= db((first + second)[part]) - 3.0


def test_eight_microphones_that_hear_the_same_are_not_louder_than_one():
    assert np.abs(mixed(*[TALK] * 8)).max() <= np.abs(TALK).max() * 1.001


def test_a_channel_that_turns_round_is_followed_without_a_click():
    time = np.arange(20 * RATE_HZ) / RATE_HZ
    tone = (0.3 * np.sin(2 * np.pi * 300 * time)).astype(np.float32)
    other = np.where(time < 8.0, tone, -tone)
    found = mixed(tone, other)
    assert db(found[13 * RATE_HZ :]) == pytest.approx(db(tone), abs=0.5)
    steepest = np.abs(np.diff(tone)).max()
    settled = np.concatenate((found[: 8 * RATE_HZ], found[8 * RATE_HZ + 1 :]))
    assert np.abs(np.diff(settled)).max() <= 1.1 * steepest
    assert (
        np.abs(np.diff(found, 2)[8 * RATE_HZ + 2 :]).max()
        <= 1.3 * np.abs(np.diff(tone, 2)).max()
    )


def test_wide_stereo_is_left_as_it_is():
    left, right = noise(20, 0.1, seed=1), noise(20, 0.1, seed=2)
    found = mixed(left, right - 0.2 * left)
    assert np.abs(found - (left + right - 0.2 * left) / 2).max() < 1e-6


def test_blocks_of_any_size_give_the_same_mix():
    whole = mixed(TALK, -TALK + QUIET, size=len(TALK))
    assert np.abs(whole - mixed(TALK, -TALK + QUIET, size=777)).max() < 1e-6


def sound_of(events) -> np.ndarray:
    return np.concatenate([e.samples for e in events if isinstance(e, AudioChunk)])


def test_a_recording_whose_channels_cancel_is_heard(tmp_path):
    soundfile.write(tmp_path / "balanced.wav", np.stack((TALK, -TALK), axis=1), RATE_HZ)
    assert late(sound_of(file.chunks(tmp_path / "balanced.wav"))) >= late(TALK) - 1.0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e20, -1e30])
def test_a_block_of_values_that_are_no_sound_is_a_gap_and_audio_time_goes_on(value):
    resampler, block = Resampler(44_100), np.full((4410, 2), 0.1, np.float32)
    broken = block.copy()
    broken[7] = value
    events = [e for b in [block] * 5 + [broken] + [block] * 5 for e in resampler.push(b)]
    events += resampler.flush()
    (problem,) = [e for e in events if isinstance(e, Problem)]
    assert "far too large" in problem.text
    chunks = [e for e in events if isinstance(e, AudioChunk)]
    assert np.abs(sound_of(chunks)).max() < 0.2
    assert chunks[-1].start + len(chunks[-1].samples) == pytest.approx(1.1 * RATE_HZ, abs=2)
    assert len(sound_of(chunks)) == pytest.approx(1.0 * RATE_HZ, abs=4)  # nothing else is lost


def test_one_broken_channel_does_not_take_the_others_with_it():
    resampler, block = Resampler(16_000), np.stack((TALK, np.full(len(TALK), np.nan)), axis=1)
    events = [e for i in range(0, len(block), 480) for e in resampler.push(block[i : i + 480])]
    assert sum(isinstance(e, Problem) for e in events) == 1
    assert late(sound_of(events)) >= late(TALK) - 6.1


@pytest.mark.parametrize("rate_hz", [8000, 16_000, 44_100, 48_000, 96_000])
def test_audio_time_keeps_up_with_what_came_through_any_number_of_gaps(rate_hz):
    resampler, block = Resampler(rate_hz), np.full((rate_hz // 10, 1), 0.1, np.float32)
    for _ in range(100):
        list(resampler.push(block))
        resampler.skip(0.25)
    list(resampler.push(block))
    list(resampler.flush())
    assert resampler.position / RATE_HZ == pytest.approx(100 * 0.35 + 0.1, abs=0.005)


def test_a_change_of_rate_loses_no_audio_time():
    resampler = Resampler(48_000)
    for _ in range(20):
        list(resampler.push(np.zeros((4800, 1), np.float32)))
        resampler.change_rate(48_000)
    assert resampler.position == pytest.approx(2 * RATE_HZ, abs=2)
