import errno

from dndmood.events import Problem
from dndmood.pipeline import Reader, play_out

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


def test_a_lasting_reader_is_shown_what_comes_after_its_failure():
    shaky = Shaky(ZeroDivisionError())
    said = played(Reader("The player", shaky, lasting=True))
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
