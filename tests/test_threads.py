from threading import Event as Flag

import pytest

from dndmood.threads import hanging, running


def test_a_worker_that_hangs_is_left_behind_and_known():
    disk_answers = Flag()
    with running(
        lambda: disk_answers.wait(20.0) and None,
        name="hangs",
        stop=lambda: None,
        longest_s=0.05,
    ) as worker:
        pass
    assert hanging()
    disk_answers.set()
    worker.join(20.0)
    assert not hanging()


def test_a_worker_that_ends_in_time_is_not_left_behind():
    leave = Flag()
    with running(
        lambda: leave.wait(20.0) and None, name="ends", stop=leave.set, longest_s=10.0
    ):
        pass
    assert not hanging()


def test_what_failed_on_a_worker_is_raised_where_it_was_started():
    def fail():
        raise ValueError("no")

    with (
        pytest.raises(ValueError, match="no"),
        running(fail, name="fails", stop=lambda: None, longest_s=10.0),
    ):
        pass
