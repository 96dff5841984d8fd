"""Work on a thread of its own."""

from threading import Event as Signal

from dndmood.background import in_background


def test_work_that_fails_keeps_nothing_else_from_being_done_in_order(caplog):
    done: list[int] = []

    def work(number: int) -> None:
        if number == 3:
            raise ZeroDivisionError
        done.append(number)

    with in_background(work, name="keeper") as leave:
        for number in range(6):
            leave(number)
    assert done == [0, 1, 2, 4, 5] and not leave.hangs
    assert "keeper failed" in caplog.text


def test_work_that_hangs_is_not_waited_for_for_ever():
    never = Signal()
    with in_background(lambda _: never.wait(10.0), name="keeper", wait_s=0.05) as leave:
        leave(1)
    assert leave.hangs
    never.set()
