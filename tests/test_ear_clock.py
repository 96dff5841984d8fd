"""One audio time for several ears."""

import numpy as np
import pytest

from dndmood.ear_clock import EarClock
from dndmood.events import RATE_HZ, AudioChunk

TENTH = RATE_HZ // 10


def chunk(start, ear="", length=TENTH):
    return AudioChunk(np.zeros(length, np.float32), start=start, ear=ear)


def test_the_microphone_is_never_touched():
    clock = EarClock()
    for start in (0, TENTH, 5 * TENTH, 100 * RATE_HZ):
        one = chunk(start)
        assert clock.placed(one) is one
        clock.placed(chunk(start, "call"))


def test_an_ear_that_joins_later_begins_at_the_present():
    clock = EarClock()
    for i in range(6000):
        clock.placed(chunk(i * TENTH))
    assert clock.placed(chunk(0, "call")).end_s == pytest.approx(600.0)
    assert clock.placed(chunk(TENTH, "call")).end_s == pytest.approx(600.1)


def test_what_an_ear_lost_stays_a_gap():
    clock = EarClock()
    clock.placed(chunk(0))
    clock.placed(chunk(0, "call"))
    assert clock.placed(chunk(5 * TENTH, "call")).start == 5 * TENTH


@pytest.mark.parametrize("speed", [0.999, 1.001])
def test_a_clock_that_drifts_never_strays_by_more_than_a_moment_and_seldom_stumbles(speed):
    clock, gaps, worst_s, due, expected = EarClock(), 0, 0.0, 0.0, 0
    count = 0
    for i in range(6 * 3600 * 2):  # six hours in halves of a second
        mic = clock.placed(chunk(i * RATE_HZ // 2, length=RATE_HZ // 2))
        due += speed / 2.0
        while (count + 1) / 2.0 <= due:
            placed = clock.placed(chunk(count * RATE_HZ // 2, "call", length=RATE_HZ // 2))
            gaps += placed.start != expected
            expected = placed.start + len(placed.samples)
            worst_s = max(worst_s, abs(placed.end_s - mic.end_s))
            count += 1
    assert worst_s < 2.1
    assert 5 < gaps < 40  # 21.6 s of drift are made good a second or so at a time


def test_a_burst_after_a_busy_moment_is_no_drift():
    clock, starts = EarClock(), []
    for second in range(60):
        ears = ("", "call") if second % 2 else ("call", "")
        for ear in ears:  # two seconds of one ear, then the same two of the other
            for i in range(20):
                placed = clock.placed(chunk((second * 20 + i) * TENTH, ear))
                if ear:
                    starts.append(placed.start)
    assert np.diff(starts).tolist() == [TENTH] * (len(starts) - 1)


def test_a_further_ear_carries_the_time_on_while_the_microphone_is_gone():
    clock = EarClock()
    for i in range(10):
        clock.placed(chunk(i * TENTH))
        clock.placed(chunk(i * TENTH, "call"))
    alone = [clock.placed(chunk(i * TENTH, "call")) for i in range(10, 1000)]
    assert [one.start for one in alone] == [i * TENTH for i in range(10, 1000)]
    late = clock.placed(chunk(0, "tablet"))
    assert late.end_s == pytest.approx(alone[-1].end_s)
