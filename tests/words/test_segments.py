"""Pieces of talk come in time and hold the talk, without what we play ourselves."""

import numpy as np

from dndmood.events import RATE_HZ, AudioChunk, Samples, SpeechWindow
from dndmood.hearing.own_music import take_out_music
from dndmood.words.segments import Segments
from tests.fakes import noise, room
from tests.hearing.test_behind_music import MUSIC_DB, VOICE_DB, at_level, db, starter, voice

STEP, SECONDS = 480, 40


def talk() -> Samples:
    """The voices of the demo again and again, with a room's soft noise; nobody speaks at first."""
    sound = np.resize(voice(15), SECONDS * RATE_HZ)
    sound[: 2 * RATE_HZ] = 0.0
    return at_level(sound, VOICE_DB) + noise(SECONDS, 0.001)


def played() -> tuple[Samples, Samples]:
    """What the left and the right speaker are given."""
    return starter("battle", SECONDS), starter("merry", SECONDS)


def pieces(heard, middle=None, side=None, *, lost=()):
    """What is cut out of `heard` when somebody speaks all the time; chunks in `lost` never come."""
    tape = []
    for start in range(0, len(heard) - STEP, STEP):
        end = start + STEP
        known = (None, None) if middle is None else (middle[start:end], side[start:end])
        if start // STEP not in lost:
            tape.append(AudioChunk(heard[start:end], start, *known))
    segments, found, said_s = Segments(), [], 0
    for chunk in take_out_music(tape):
        found += segments.push(chunk)
        if int(chunk.end_s) > said_s:
            said_s = int(chunk.end_s)
            window = heard[max(said_s - 3, 0) * RATE_HZ : said_s * RATE_HZ]
            found += segments.push(SpeechWindow(window, float(said_s), 1.0))
    return [*found, *segments.end()]


def test_a_piece_holds_the_talk_of_its_time_without_our_music():
    left, right = played()
    middle, side = (left + right) / 2.0, (left - right) / 2.0
    arrives = at_level(room(left, seed=4) + room(right, seed=5), MUSIC_DB)
    voices = talk()
    found = pieces((voices + arrives).astype(np.float32), middle, side)
    late = [one for one in found if one.start_s > 10.0]
    assert len(late) > 10 and any(one.again for one in late)
    for one in late:
        begin = round(one.start_s * RATE_HZ)
        said = voices[begin : begin + len(one.samples)]
        music = arrives[begin : begin + len(one.samples)]
        assert db(one.samples - said) < db(music) - 6.0


def test_our_music_moves_no_piece_by_more_than_what_is_held_back():
    left, right = played()
    voices = talk()
    middle, side = (left + right) / 2.0, (left - right) / 2.0
    plain = [one for one in pieces(voices) if not one.again]
    beside = [one for one in pieces(voices, middle, side) if not one.again]
    assert len(beside) == len(plain)
    assert abs(beside[0].start_s - plain[0].start_s) < 1e-6
    assert abs(beside[-1].end_s - plain[-1].end_s) < 0.1
    for one, after in zip(beside[:-1], beside[1:], strict=True):
        assert abs(after.start_s - one.end_s) < 1e-6


def test_pieces_after_lost_sound_hold_the_sound_of_their_time():
    left, right = played()
    voices = talk()
    middle, side = (left + right) / 2.0, (left - right) / 2.0
    lost = range(15 * RATE_HZ // STEP, 16 * RATE_HZ // STEP)
    found = pieces(voices, middle, side, lost=lost)
    late = [one for one in found if one.start_s > 16.0]
    assert late and max(one.end_s for one in found) > SECONDS - 1.0
    for one in late:
        begin = round(one.start_s * RATE_HZ)
        said = voices[begin : begin + len(one.samples)]
        assert db(one.samples - said) < db(said) - 15.0
