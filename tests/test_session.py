"""The whole house, from sound to cue: no thread, no clock, no device."""

from functools import partial

import numpy as np
import pytest

from dndmood.assembly import stages
from dndmood.events import (
    AudioChunk,
    Cue,
    EmotionEstimate,
    MoodState,
    SpeechWindow,
    Track,
)
from dndmood.inbox import Inbox
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
    from dndmood.events import Command

    chunks = list(evenly(evening))
    assert list(until(chunks, 5.0))[-1].end_s == 5.0
    assert len(list(until(chunks, 0.0))) == len(chunks)
    assert len(list(until([chunks[0], Command("quit"), chunks[1]], 0.0))) == 2


def test_silence_for_ever_stays_with_the_opening_mood(house):
    tape = connect(evenly(np.zeros(16_000 * 400, np.float32)), *house())
    assert [e.mood for e in tape if isinstance(e, Cue)] == ["calm"]
