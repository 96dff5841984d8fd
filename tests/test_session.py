"""The whole house, from sound to cue: no thread, no clock, no device."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from dndmood.assembly import stages
from dndmood.events import (
    AudioChunk,
    Command,
    Cue,
    Duck,
    EmotionEstimate,
    MoodState,
    Problem,
    SpeechWindow,
    Track,
)
from dndmood.hearing import no_talk
from dndmood.hearing.room_filter import RoomFilter
from dndmood.hearing.webrtc import WebRtcEcho
from dndmood.inbox import Inbox
from dndmood.music.duck import Fader
from dndmood.music.shelf import Shelf
from dndmood.pipeline import Reader, connect, play_out, until
from dndmood.settings import Settings
from dndmood.threads import running
from tests.fakes import LoudIsSpeech, cut, evenly, loud_is_anger


@pytest.fixture
def house(moods):
    shelves = {n: Shelf(n, m.title, (Track(f"{n}.ogg", n, 60.0),)) for n, m in moods.items()}
    return partial(
        stages,
        Settings(),
        voice=LoudIsSpeech(),
        model=loud_is_anger,
        moods=moods,
        shelves=shelves,
    )


def facts(tape):
    """What can be compared: everything but sound."""
    return [e for e in tape if not isinstance(e, AudioChunk | SpeechWindow)]


def test_the_music_follows_the_voices_from_sound_to_cue(house, evening):
    tape = list(connect(evenly(evening), *house()))
    cues = [e for e in tape if isinstance(e, Cue)]
    assert [cue.mood for cue in cues] == ["calm", "battle", "calm"]
    assert cues[0].at_s < 1
    assert 65 < cues[1].at_s < 85
    assert 140 < cues[2].at_s < 200


def test_every_change_and_every_stay_has_a_reason(house, evening):
    tape = list(connect(evenly(evening), *house()))
    estimates = sum(isinstance(e, EmotionEstimate) for e in tape)
    states = [e for e in tape if isinstance(e, MoodState)]
    assert len(states) >= estimates > 200
    assert all(state.why for state in states)


def test_twice_is_the_same_and_chunk_sizes_do_not_matter(house, evening):
    once = facts(connect(evenly(evening), *house()))
    assert facts(connect(evenly(evening), *house())) == once
    odd = facts(connect(cut(evening, [7001] * 1000), *house()))
    # The first state is said at the end of the first chunk, whose length differs.
    assert odd[2:] == once[2:]


def test_a_thread_changes_nothing(house, evening):
    inbox, got = Inbox(capacity_s=1000.0), []
    tape = connect(inbox, *house())
    with running(
        lambda: play_out(tape, Reader("The test", got.append), report=inbox.put),
        name="listener",
        stop=inbox.close,
    ):
        for chunk in evenly(evening):
            inbox.put(chunk)
    assert facts(got) == facts(connect(evenly(evening), *house()))


def test_lost_sound_is_a_gap_and_no_window_spans_it(house, evening):
    chunks = [c for c in evenly(evening) if not 200 <= c.start // 1600 < 250]
    windows = [e for e in connect(chunks, *house()) if isinstance(e, SpeechWindow)]
    for window in windows:
        begin_s = window.at_s - len(window.samples) / 16_000
        assert window.at_s <= 20.0 or begin_s >= 25.0 - 1e-6


def test_what_fails_on_the_thread_is_raised_at_the_door():
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), running(fail, name="worker", stop=lambda: None):
        pass


def test_the_tape_ends_when_its_time_is_up_or_the_game_master_quits(evening):
    chunks = list(evenly(evening))
    assert list(until(chunks, 5.0))[-1].end_s == 5.0
    assert len(list(until(chunks, 0.0))) == len(chunks)
    assert len(list(until([chunks[0], Command("quit"), chunks[1]], 0.0))) == 2


def test_silence_for_ever_stays_with_the_opening_mood(house):
    tape = connect(evenly(np.zeros(16_000 * 400, np.float32)), *house())
    assert [e.mood for e in tape if isinstance(e, Cue)] == ["calm"]


class Raises:
    """Any part of the house, failing from its n-th use on, so many times."""

    def __init__(self, part=None, *, after: int = 0, times: int = 10**9) -> None:
        self._part, self._after, self._left = part, after, times

    def __call__(self, *args):
        self._after -= 1
        if self._after < 0 and self._left > 0:
            self._left -= 1
            raise ZeroDivisionError("division by zero")
        return self._part(*args)

    def reset(self) -> None:
        pass

    def __getattr__(self, _name):
        return self


def troubles(tape) -> list[str]:
    return [e.text for e in tape if isinstance(e, Problem) and "has failed" in e.text]


def moods_heard(tape) -> list[str]:
    return [e.mood for e in tape if isinstance(e, Cue)]


def test_the_evening_goes_on_without_the_tables_own_scale(house, evening):
    tape = list(connect(evenly(evening), *house(scale=Raises())))
    (trouble,) = troubles(tape)
    assert "the table's own scale has failed (division by zero) and is left out" in trouble
    assert moods_heard(tape) == ["calm", "battle", "calm"]


def test_an_ear_that_fails_begins_again_and_hears_the_battle(house, evening):
    ear = Raises(LoudIsSpeech(), after=200, times=2)
    tape = list(connect(evenly(evening), *house(voice=ear)))
    assert [("begins again" in text) for text in troubles(tape)] == [True, True]
    assert moods_heard(tape) == ["calm", "battle", "calm"]


def test_an_echo_canceller_that_always_fails_is_no_longer_asked(house, evening):
    chunks = [replace(c, reference=0.001 * c.samples) for c in evenly(evening)]
    tape = list(connect(chunks, *house(echo=Raises())))
    first, second = troubles(tape)
    assert "begins again" in first and "no longer takes out what plays here" in second
    assert [e for e in tape if isinstance(e, EmotionEstimate)]
    # The sound comes in other pieces, as our music is taken out of it, but all of it comes.
    heard = sum(len(e.samples) for e in tape if isinstance(e, AudioChunk))
    assert heard == sum(len(chunk.samples) for chunk in chunks)


def test_when_our_music_can_no_longer_be_taken_out_the_evening_goes_on_with_it_in_the_sound(
    house, evening, monkeypatch
):
    monkeypatch.setattr(RoomFilter, "__call__", Raises())
    chunks = [replace(c, reference=0.001 * c.samples) for c in evenly(evening)]
    tape = list(connect(chunks, *house(echo=WebRtcEcho())))
    first, second = troubles(tape)
    assert "takes our music out of the sound has failed" in first and "begins again" in first
    assert "is left out" in second
    assert [e for e in tape if isinstance(e, EmotionEstimate)]
    heard = sum(len(e.samples) for e in tape if isinstance(e, AudioChunk))
    assert heard >= sum(len(chunk.samples) for chunk in chunks) - 3 * 1600


def test_an_ear_that_always_fails_is_not_tried_for_ever(house, evening):
    tape, said = connect(evenly(evening), *house(voice=Raises())), []
    with pytest.raises(ZeroDivisionError):
        said.extend(troubles(tape))


def test_music_that_has_stepped_back_comes_forward_when_that_part_fails(
    house, evening, monkeypatch
):
    monkeypatch.setattr(Fader, "wait", lambda self, at_s: Duck(at_s, -9.0, 0.8))
    monkeypatch.setattr(Fader, "trust", Raises())
    tape = list(connect(evenly(evening), *house()))
    (trouble,) = troubles(tape)
    assert "lets the music step back has failed" in trouble and "is left out" in trouble
    ducks = [event for event in tape if isinstance(event, Duck)]
    assert ducks[-1].gain_db == 0.0 and {duck.gain_db for duck in ducks[:-1]} == {-9.0}
    assert moods_heard(tape) == ["calm", "battle", "calm"]


def test_the_evening_goes_on_when_nobody_says_that_no_talk_is_found(
    house, evening, monkeypatch
):
    monkeypatch.setattr(no_talk._Stretch, "add", Raises())
    tape = list(connect(evenly(evening), *house()))
    (trouble,) = troubles(tape)
    assert "says when no talk is found has failed" in trouble
    assert moods_heard(tape) == ["calm", "battle", "calm"]


def test_a_failing_pause_ends_the_evening_before_anybody_is_heard(house, evening, monkeypatch):
    monkeypatch.setattr("dndmood.hearing.pause.np.zeros_like", Raises())
    tape = connect([Command("pause"), *evenly(evening)], *house())
    with pytest.raises(ZeroDivisionError):
        list(tape)
