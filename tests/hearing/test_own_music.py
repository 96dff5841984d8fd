"""What we play is taken out of what the microphone hears, and nothing else is touched."""

from dataclasses import replace

import numpy as np
import pytest

from dndmood.events import RATE_HZ, AudioChunk, Command, Samples
from dndmood.hearing.own_music import take_out_music
from tests.fakes import noise, room
from tests.hearing.test_behind_music import (
    MUSIC_DB,
    VOICE_DB,
    at_level,
    db,
    hear,
    starter,
    surroundings,
    tape,
    voice,
    windows,
)


def taken_out(heard: Samples, played: Samples, size: int = 480) -> list[AudioChunk]:
    return list(take_out_music(tape(heard, played, size)))


def stereo_tape(heard: Samples, middle: Samples, side: Samples) -> list[AudioChunk]:
    return [
        replace(chunk, side=part(side, chunk.start / RATE_HZ, chunk.end_s))
        for chunk in tape(heard, middle)
    ]


def left_of(heard: Samples, played: Samples) -> Samples:
    return np.concatenate([chunk.samples for chunk in taken_out(heard, played)])


def drifting(sound: Samples, drift: float) -> Samples:
    """`sound` as a microphone hears it whose clock is so much slower."""
    at = np.arange(len(sound)) * (1.0 - drift)
    return np.interp(at, np.arange(len(sound)), sound).astype(np.float32)


def part(sound: Samples, from_s: float, to_s: float) -> Samples:
    return sound[round(from_s * RATE_HZ) : round(to_s * RATE_HZ)]


@pytest.fixture(scope="module")
def talk() -> Samples:
    """Forty seconds in which somebody speaks from the fourth on, without a rest."""
    sound = np.zeros(40 * RATE_HZ, np.float32)
    sound[4 * RATE_HZ :] = voice(36)
    return sound


@pytest.fixture(scope="module")
def played() -> Samples:
    return starter("battle", 40)


@pytest.mark.parametrize("louder_db", [-10.0, 0.0, 6.0])
def test_music_is_taken_out_while_somebody_speaks_and_the_voice_stays_as_it_was(
    talk, played, louder_db
):
    music = at_level(room(played), VOICE_DB + louder_db)
    wrong = left_of(talk + music + noise(40, 0.0005), played) - talk
    assert db(part(wrong, 20, 39)) < db(part(music, 20, 39)) - 10.0
    assert db(part(wrong, 20, 39)) < db(part(talk, 20, 39)) - 8.0


@pytest.mark.parametrize("drift", [8e-5, -8e-5, 2e-4])
def test_clocks_that_come_apart_are_followed(drift):
    played = np.concatenate([starter(mood, 40) for mood in ("battle", "calm", "merry")])
    music = at_level(drifting(room(played), drift), MUSIC_DB)
    left = left_of(music + noise(120, 0.0003), played)
    assert db(part(left, 90, 119)) < db(part(music, 90, 119)) - 15.0


def test_left_and_right_by_two_ways_are_both_taken_out(talk):
    left, right = starter("battle", 40), starter("merry", 40)
    music = at_level(room(left, seed=4) + room(right, seed=5), MUSIC_DB)
    heard, middle, side = talk + music, (left + right) / 2.0, (left - right) / 2.0
    chunks = stereo_tape(heard, middle, side)
    wrong = np.concatenate([chunk.samples for chunk in take_out_music(chunks)]) - talk
    by_one = left_of(heard, middle) - talk
    assert db(part(wrong, 20, 39)) < db(part(music, 20, 39)) - 8.0
    assert db(part(wrong, 20, 39)) < db(part(by_one, 20, 39)) - 4.0


def test_a_second_way_is_learnt_when_there_is_one(played):
    """The player may begin in mono; then the first way stays what it was."""
    music = at_level(room(played), MUSIC_DB)
    side = np.zeros_like(played)
    side[20 * RATE_HZ :] = starter("merry", 40)[20 * RATE_HZ :]
    heard = music + at_level(room(side, seed=5), MUSIC_DB)
    chunks = stereo_tape(heard, played, side)
    left = np.concatenate([chunk.samples for chunk in take_out_music(chunks)])
    assert db(part(left, 15, 20)) < db(part(heard, 15, 20)) - 20.0
    assert db(part(left, 30, 39)) < db(part(heard, 30, 39)) - 10.0


def test_music_that_never_arrives_costs_no_voice(talk, played):
    """Somebody listens through headphones, or another speaker is turned off."""
    heard = talk + noise(40, 0.0005)
    wrong = left_of(heard, played) - heard
    assert db(part(wrong, 10, 39)) < db(part(talk, 10, 39)) - 20.0


@pytest.mark.parametrize("blocks", [1, -1, 3])
def test_a_reference_that_is_laid_on_anew_by_whole_blocks_costs_two_seconds(played, blocks):
    music = at_level(room(played), MUSIC_DB)
    other = np.concatenate(
        (played[: 20 * RATE_HZ], np.roll(played, 320 * blocks)[20 * RATE_HZ :])
    )
    late = np.roll(music, 2400)  # the music of three blocks before would else not be known
    left = left_of(late, other)
    assert db(part(left, 15, 19.9)) < db(part(late, 15, 19.9)) - 20.0
    assert db(part(left, 22, 26)) < db(part(late, 22, 26)) - 15.0


def test_another_room_is_learnt_within_seconds(played):
    first, then = (at_level(room(played, seed), MUSIC_DB) for seed in (4, 9))
    heard = np.concatenate((first[: 20 * RATE_HZ], -then[20 * RATE_HZ :]))
    left = left_of(heard, played)
    assert db(part(left, 20, 21)) < db(part(heard, 20, 21)) + 1.0
    assert db(part(left, 26, 39)) < db(part(heard, 26, 39)) - 10.0


def test_a_speaker_that_distorts_is_taken_out_as_far_as_it_can_be(talk, played):
    bent = np.tanh(played * 12.0) / 12.0
    music = at_level(room(bent.astype(np.float32)), VOICE_DB)
    wrong = left_of(talk + music, played) - talk
    assert db(part(wrong, 20, 39)) < db(part(music, 20, 39)) - 4.0


@pytest.mark.parametrize("size", [480, 1600, 333, 7])
def test_nothing_is_lost_and_every_sample_stays_where_it_was(talk, played, size):
    heard = talk + at_level(room(played), MUSIC_DB)
    heard, sent = heard[: 3 * RATE_HZ + 5], played[: 3 * RATE_HZ + 5]
    found = taken_out(heard, sent, size)
    at = 0
    for chunk in found:
        assert chunk.start == at
        assert chunk.reference is not None
        assert len(chunk.reference) == len(chunk.samples)
        at += len(chunk.samples)
    assert at == len(heard)
    assert np.allclose(np.concatenate([c.heard for c in found]), heard, atol=1e-6)
    assert np.array_equal(np.concatenate([c.reference for c in found]), sent)


def test_how_the_sound_is_cut_does_not_matter(talk, played):
    heard = talk + at_level(room(played), MUSIC_DB)
    one, other = (
        np.concatenate([c.samples for c in taken_out(part(heard, 0, 9), part(played, 0, 9), n)])
        for n in (480, 7001)
    )
    assert np.array_equal(one[: 8 * RATE_HZ], other[: 8 * RATE_HZ])


def test_what_has_no_reference_passes_as_it_is(talk):
    chunks = tape(talk, None)
    assert all(a is b for a, b in zip(take_out_music(chunks), chunks, strict=True))


def test_other_ears_and_other_facts_pass_at_once(talk, played):
    other = [replace(chunk, ear="call") for chunk in tape(talk, played)]
    mixed = [other[0], Command("pause"), *other[1:]]
    assert all(a is b for a, b in zip(take_out_music(mixed), mixed, strict=True))
    assert any(chunk.music is not None for chunk in take_out_music(other, ear="call"))


def test_music_that_ends_leaves_the_table_as_it_is(talk, played):
    sent = played.copy()
    sent[20 * RATE_HZ :] = 0.0
    heard = talk + at_level(room(sent), MUSIC_DB)
    left = left_of(heard, sent)
    assert np.array_equal(part(left, 21, 39), part(heard, 21, 39))


@pytest.mark.parametrize("gap_s", [0.5, 20.0])
def test_a_gap_stays_a_gap_and_the_room_is_still_known(played, gap_s):
    heard = at_level(room(played), MUSIC_DB)
    chunks = tape(heard, played)
    later = [replace(c, start=c.start + round(gap_s * RATE_HZ)) for c in chunks[700:]]
    found = list(take_out_music([*chunks[:700], *later]))
    jumps = [b.start - a.start - len(a.samples) for a, b in zip(found, found[1:], strict=False)]
    assert [jump for jump in jumps if jump] == [round(gap_s * RATE_HZ)]
    after = [c for c in found if c.start > (22.0 + gap_s) * RATE_HZ]
    left, before = (
        np.concatenate([getattr(c, n) for c in after]) for n in ("samples", "heard")
    )
    assert db(left) < db(before) - 15.0


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_a_moment_that_is_no_sound_is_over_when_it_is_over(played, value):
    music = at_level(room(played), MUSIC_DB)
    heard, sent = music.copy(), played.copy()
    heard[5 * RATE_HZ : 5 * RATE_HZ + 10] = value
    sent[8 * RATE_HZ : 8 * RATE_HZ + 10] = value
    left = left_of(heard, sent)
    assert np.isfinite(part(left, 9, 39)).all()
    assert db(part(left, 25, 39)) < db(part(music, 25, 39)) - 15.0


@pytest.mark.parametrize("mood", ["calm", "battle", "merry"])
@pytest.mark.parametrize("level_db", [-25.0, -40.0])
def test_what_is_left_of_the_music_is_no_speech(mood, level_db):
    played = starter(mood, 25)
    heard = at_level(room(played), level_db) + noise(25, 0.0005)
    assert windows(hear(taken_out(heard, played))) == []


@pytest.mark.parametrize("place", ["tavern", "water", "forest"])
@pytest.mark.parametrize("level_db", [-30.0, -45.0])
def test_what_is_left_of_the_ambience_is_no_speech(place, level_db):
    played = surroundings(place, 25)
    heard = at_level(room(played), level_db) + noise(25, 0.0005)
    assert windows(hear(taken_out(heard, played))) == []


@pytest.mark.parametrize("mood", ["calm", "suspense", "battle"])
def test_talk_four_decibels_above_the_music_is_found_nearly_as_if_nothing_played(mood):
    played = starter(mood, 40)
    music = at_level(room(played), VOICE_DB - 4.0) + noise(40, 0.0005)
    talk = np.zeros(len(music), np.float32)
    talk[15 * RATE_HZ : 35 * RATE_HZ] = voice(20)
    alone = windows(hear(tape(talk, None)))
    found = windows(hear(taken_out(music + talk, played)))
    assert len(alone) + 1 >= len(found) >= 0.8 * len(alone) > 5
    assert all(15.0 < window.at_s < 36.0 for window in found)


def test_a_window_holds_the_voice_and_not_the_music(played):
    music = at_level(room(played), VOICE_DB - 4.0)
    talk = np.zeros(len(music), np.float32)
    talk[15 * RATE_HZ : 35 * RATE_HZ] = voice(20)
    for window in windows(hear(taken_out(music + talk, played))):
        end = round(window.at_s * RATE_HZ)
        truth = talk[end - len(window.samples) : end]
        assert db(window.samples - truth) < db(truth) - 10.0
