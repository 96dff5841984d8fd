"""The end of a sound is held back, and nothing is lost or moved on the way."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dndmood.players._held_back import HeldBack


@given(sizes=st.lists(st.integers(0, 40), max_size=30), least=st.integers(0, 100))
def test_all_frames_come_out_in_order_and_the_last_ones_are_kept_for_the_end(sizes, least):
    sound = np.arange(2 * sum(sizes), dtype=np.float32).reshape(-1, 2)
    held, given_on, at = HeldBack(least), [], 0
    for size in sizes:
        given_on += held.push(sound[at : at + size])
        at += size
        assert at - sum(map(len, given_on)) >= min(least, at)
    before, last = held.end()
    assert len(last) == min(least, len(sound))
    np.testing.assert_array_equal(np.concatenate([*given_on, before, last]), sound)


def test_a_block_is_passed_on_as_it_is_and_not_copied():
    held, blocks = HeldBack(150), [np.ones((100, 2), dtype=np.float32) for _ in range(3)]
    passed = [older for block in blocks for older in held.push(block)]
    assert len(passed) == 1
    assert passed[0] is blocks[0]


def test_more_may_be_held_from_some_moment_on():
    held, block = HeldBack(0), np.ones((100, 2), dtype=np.float32)
    assert [len(one) for one in held.push(block)] == [100]
    held.hold(150)
    assert list(held.push(block)) == [] == list(held.push(block))
    before, last = held.end()
    assert (len(before), len(last)) == (50, 150)
