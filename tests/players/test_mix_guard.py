"""Mixing that fails is silence and a sentence, never the end of the music."""

import numpy as np
import pytest

from dndmood.events import NowPlaying
from dndmood.players._mix_guard import FAILS, WORKS
from tests.fakes import tone
from tests.players.table import Table


@pytest.fixture
def table(tmp_path):
    with Table() as table:
        table.cue("calm", [tone(tmp_path / "1.wav", seconds=60, hz=200)])
        table.hear(3.0)
        yield table


def fail(_):
    raise ZeroDivisionError("division by zero")


def test_mixing_that_fails_for_good_is_silence_told_and_logged_once(table, caplog):
    table.playback._mixer.render = fail
    assert not table.hear(60.0).any()
    assert table.problems() == [FAILS] and table.playing() == ["1", None]
    assert len(caplog.records) == 1


def test_mixing_that_works_again_is_told_and_what_sounds_as_well(table):
    render = table.playback._mixer.render
    table.playback._mixer.render = fail
    table.hear(5.0)
    table.playback._mixer.render = render
    assert np.abs(table.hear(3.0)).max() > 0.01
    assert table.problems() == [FAILS, WORKS] and table.playing() == ["1", None, "1"]


def test_a_block_that_fails_now_and_then_is_not_told(table):
    render = table.playback._mixer.render
    for _ in range(50):
        table.playback._mixer.render = fail
        table.hear(0.1)
        table.playback._mixer.render = render
        table.hear(0.3)
    assert table.problems() == [] and NowPlaying(None) not in table.said


def test_an_event_that_cannot_be_obeyed_does_not_end_the_music(table):
    table.playback._orders.append(lambda: 1 / 0)
    assert np.abs(table.hear(1.0)).max() > 0.01


def test_where_nothing_can_be_mixed_nothing_is_left_to_fade_out(table):
    table.playback._mixer.render = fail
    table.hear(2.0)
    table.playback.leave(1.0)
    table.hear(0.1)
    assert table.playback.silent()
