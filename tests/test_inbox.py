from threading import Thread

from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.events import AudioChunk, Command, Problem
from dndmood.inbox import Inbox
from tests.fakes import evenly, noise


def read(inbox: Inbox) -> list:
    inbox.close()
    return list(inbox)


def test_a_full_inbox_forgets_audio_but_never_a_command():
    inbox = Inbox(capacity_s=1.0)
    for number, chunk in enumerate(evenly(noise(5, 0.1))):
        inbox.put(chunk)
        if number % 10 == 0:
            inbox.put(Command("volume", change_db=float(number)))
    events = read(inbox)
    chunks = [e for e in events if isinstance(e, AudioChunk)]
    assert sum(len(c.samples) for c in chunks) == 16_000
    assert chunks[0].start == 4 * 16_000  # the oldest went, and the jump shows it
    assert [e.change_db for e in events if isinstance(e, Command)] == [
        0.0,
        10.0,
        20.0,
        30.0,
        40.0,
    ]


def test_sound_that_could_not_be_judged_in_time_is_reported_with_how_much_it_was():
    inbox = Inbox(capacity_s=1.0)
    for chunk in evenly(noise(5, 0.1)):
        inbox.put(chunk)
    problem, first, *rest = read(inbox)
    assert "4.0 s of it were left out" in problem.text and first.start == 4 * 16_000
    assert not any(isinstance(event, Problem) for event in rest)


def test_a_machine_that_never_keeps_up_is_reported_at_most_every_ten_minutes():
    inbox, told = Inbox(capacity_s=1.0), []
    chunks = evenly(noise(1500, 0.1))
    reader = iter(inbox)
    for chunk in chunks:  # four come in the time that one takes
        inbox.put(chunk)
        if chunk.start % 6400 == 0:
            event = next(reader)
            while isinstance(event, Problem):
                told.append(event)
                event = next(reader)
            assert chunk.start - event.start <= 16_000  # dropped, never delayed
    assert [round(problem.at_s / 60) for problem in told] == [0, 10, 20]


def test_sound_that_was_lost_while_nothing_was_said_is_not_told_as_if_it_were_lost_just_now():
    inbox, told = Inbox(capacity_s=1.0), []
    reader = iter(inbox)
    for chunk in evenly(noise(700, 0.1)):
        inbox.put(chunk)
        stalled = chunk.start < 4 * 16_000 or 20 * 16_000 < chunk.start < 36 * 16_000
        if not stalled:
            event = next(reader)
            while isinstance(event, Problem):
                told.append(event)
                event = next(reader)
    first, second = told
    assert "left out, so" in first.text
    assert second.at_s > 600 and "left out since this was last said, so" in second.text


def test_a_blink_is_not_worth_a_sentence():
    inbox = Inbox(capacity_s=1.0)
    for chunk in evenly(noise(1.5, 0.1)):
        inbox.put(chunk)
    assert not any(isinstance(event, Problem) for event in read(inbox))


def test_a_command_is_stamped_with_the_audio_time_at_which_it_is_met():
    inbox = Inbox()
    one, two = evenly(noise(0.2, 0.1))
    for event in (Command("skip"), one, two, Problem(0.0, "trouble")):
        inbox.put(event)
    skip, _, _, problem = read(inbox)
    assert skip.at_s == 0.0 and problem.at_s == 0.2


def test_after_closing_nothing_more_is_taken():
    inbox = Inbox()
    inbox.close()
    inbox.put(Command("skip"))
    assert list(inbox) == []


def test_a_chunk_larger_than_the_inbox_still_comes_through():
    inbox = Inbox(capacity_s=0.01)
    (chunk,) = evenly(noise(0.1, 0.1))
    inbox.put(chunk)
    assert read(inbox) == [chunk]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.booleans(), max_size=60))
def test_a_thread_changes_nothing(pattern):
    inbox = Inbox(capacity_s=100.0)
    chunks = evenly(noise(7, 0.1))
    events = [next(chunks) if audio else Command("skip") for audio in pattern]
    got: list = []
    reader = Thread(target=lambda: got.extend(inbox))
    reader.start()
    for event in events:
        inbox.put(event)
    inbox.close()
    reader.join()
    assert [type(e) for e in got] == [type(e) for e in events]
    assert [e for e in got if isinstance(e, AudioChunk)] == [
        e for e in events if isinstance(e, AudioChunk)
    ]
