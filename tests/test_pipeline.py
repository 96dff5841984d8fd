import errno

import pytest

from dndmood.events import Problem
from dndmood.pipeline import Reader, Spare, connect, play_out, with_spares

TAPE = [Problem(float(number), str(number)) for number in range(6)]


class Shaky:
    """A sink that fails at its third event, in one way or another."""

    def __init__(self, error: BaseException) -> None:
        self.seen, self._error = [], error

    def __call__(self, event):
        self.seen.append(event.text)
        if event.text in "24":
            raise self._error


def played(*readers):
    said = []
    play_out(TAPE, *readers, report=said.append)
    return [problem.text for problem in said]


def test_a_reader_that_fails_is_told_once_and_left_out():
    shaky, steady = Shaky(OSError(errno.ENOSPC, "No space left on device")), []
    said = played(Reader("The journal", shaky), Reader("The screen", steady.append))
    (sentence,) = said
    assert sentence.startswith(
        "The journal has failed (No space left on device) and is left out"
    )
    assert shaky.seen == ["0", "1", "2"] and len(steady) == 6


def test_what_is_left_out_is_a_problem_that_stands():
    said = []
    lasting = Reader("The player", Shaky(ZeroDivisionError()), lasting=True)
    play_out(TAPE, Reader("The journal", Shaky(OSError())), lasting, report=said.append)
    assert [problem.about for problem in said] == ["The journal", ""]


def test_a_lasting_reader_is_shown_what_comes_after_its_failure(caplog):
    shaky = Shaky(ZeroDivisionError())
    said = played(Reader("The player", shaky, lasting=True))
    assert (
        len(caplog.records) == 1
    )  # a traceback for each sound would push all else out of the log
    assert len(said) == 1 and "The player has failed (ZeroDivisionError())" in said[0]
    assert shaky.seen == list("012345")


def test_no_kind_of_failure_ends_the_tape():
    for error in (
        UnicodeEncodeError("ascii", "\udce9", 0, 1, "surrogates not allowed"),
        AttributeError("no such thing"),
        MemoryError(),
        RecursionError(),
        ValueError("I/O operation on closed file."),
    ):
        steady = []
        assert (
            len(played(Reader("The screen", Shaky(error)), Reader("Next", steady.append))) == 1
        )
        assert len(steady) == 6


def shaky(*numbers):
    """A stage that fails once at each of these events, before or after it has passed it on."""
    left = list(numbers)

    def stage(tape):
        for event in tape:
            if left and event.at_s == left[0] and left[0] % 2:
                raise ZeroDivisionError(f"at {left.pop(0)}")
            yield event
            if left and event.at_s == left[0]:
                raise ZeroDivisionError(f"at {left.pop(0)}")
            yield Problem(event.at_s, "added")

    return stage


def texts(tape):
    return [event.text for event in tape]


def test_a_part_that_can_be_done_without_is_left_out_and_no_event_is_lost(caplog):
    for number in (2, 3):
        stage = with_spares("The part", shaky(number), Spare("is left out", iter))
        found = texts(connect(TAPE, stage))
        assert [text for text in found if text in "012345"] == list("012345")
        assert found.count("added") == number
        (said,) = [text for text in found if text.startswith("The part")]
        assert (
            said == f"The part has failed (at {number}) and is left out; the evening goes on."
        )
        assert found.index(said) == found.index(str(number)) + 1
    assert len(caplog.records) == 2


def test_a_stage_begins_again_as_often_as_there_are_spares():
    stage = shaky(1, 2, 4)
    again = Spare("begins again", stage)
    found = texts(connect(TAPE, with_spares("The part", stage, again, again, again)))
    assert sum("begins again" in text for text in found) == 3 and found[-2:] == ["5", "added"]
    stage = shaky(1, 2, 4)
    again = Spare("begins again", stage)
    with pytest.raises(ZeroDivisionError, match="at 4"):
        texts(connect(TAPE, with_spares("The part", stage, again, again)))


def test_what_fails_before_a_stage_is_not_its_failure(caplog):
    stage = with_spares("The part", shaky(), Spare("is left out", iter))
    with pytest.raises(ZeroDivisionError, match="at 3"):
        texts(connect(TAPE, shaky(3), stage))
    assert not caplog.records


def test_the_second_part_may_fail_after_the_first_was_left_out():
    parts = [
        with_spares(f"Part {number}", shaky(number), Spare("is left out", iter))
        for number in (1, 4)
    ]
    found = texts(connect(TAPE, *parts))
    assert [text[:6] for text in found if "left out" in text] == ["Part 1", "Part 4"]
    assert [text for text in found if text in "012345"] == list("012345")


def test_a_stage_that_fails_at_the_end_of_the_tape_loses_nothing():
    def ends_badly(tape):
        yield from tape
        raise ZeroDivisionError

    found = texts(connect(TAPE, with_spares("The part", ends_badly, Spare("is over", iter))))
    assert found[:6] == list("012345") and len(found) == 7


def test_a_tape_that_is_given_up_closes_its_stages_and_reports_nothing(caplog):
    closed = []

    def stage(tape):
        try:
            yield from tape
        finally:
            closed.append(1)

    tape = connect(TAPE, with_spares("The part", stage, Spare("is left out", iter)))
    next(tape)
    tape.close()
    assert closed == [1] and not caplog.records
