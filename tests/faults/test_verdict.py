"""The measures of the fault table, on recordings and journals made by hand."""

import numpy as np
import pytest

from tests.faults import page
from tests.faults.recorder import BLOCK, BLOCK_S, MARK_HZ, RATE_HZ, Block, block
from tests.faults.verdict import Row, journal_faults, longest_gap_s


def room(*parts: tuple[float, float]) -> list[Block]:
    """Blocks of an evening: seconds and level of each part."""
    levels = [level for seconds, level in parts for _ in range(round(seconds / BLOCK_S))]
    return [Block(n * BLOCK_S, level, 0.0) for n, level in enumerate(levels)]


def test_a_gap_in_the_music_is_measured_to_a_block():
    assert longest_gap_s(room((5, 0.1), (2.5, 0.0), (5, 0.1)), 0.0, 20.0, ()) == 2.5


def test_a_breath_in_the_music_is_no_gap():
    assert longest_gap_s(room((5, 0.1), (0.25, 0.0), (5, 0.1)), 0.0, 20.0, ()) == 0.0


def test_silence_without_a_speaker_is_excused_and_the_rest_of_it_counts():
    blocks = room((5, 0.1), (9, 0.0), (5, 0.1))
    assert longest_gap_s(blocks, 0.0, 20.0, [(4.9, 11.0)]) == pytest.approx(3.0, abs=0.05)


def test_a_room_that_stays_silent_to_the_end_is_a_gap():
    assert longest_gap_s(room((5, 0.1), (9, 0.0)), 0.0, 20.0, ()) == pytest.approx(9.0)


@pytest.mark.parametrize(
    ("kept", "now", "wrong"),
    [
        (b'{"a": 1}\n', b'{"a": 1}\n{"b": 2}\n', ""),
        (b'{"a": 1}\n', b'{"a": 1}\n{"b": 2', "torn line"),
        (b'{"a": 1}\n', b'{"a": {"b": 2}\n{"c": 3}\n', "lines lost"),
        (b'{"a": 1}\n', b'{"a": 1}\n{"a": {"b": 2}\n{"c": 3}\n', "torn line"),
        (b'{"a": 1}\n', b"", "lines lost"),
        (b"", b"", "empty"),
    ],
)
def test_a_journal_is_whole_when_all_that_was_there_is_there(kept, now, wrong):
    assert journal_faults(kept, now, may_end=False) == wrong


def test_tracks_of_our_own_are_told_from_other_music():
    time_s = np.arange(BLOCK) / RATE_HZ
    ours = 0.1 * np.sin(2 * np.pi * MARK_HZ * time_s)
    other = 0.1 * np.sin(2 * np.pi * 440 * time_s)
    assert block(0.0, ours).marked > 0.9
    assert block(0.0, other).marked < 0.01
    assert block(0.0, ours).music and not block(0.0, 1e-5 * ours).music


def test_a_table_is_put_between_its_markers_and_leaves_the_page_alone(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"head\n{page.BEGIN}\nold\n{page.END}\ntail\n")
    row = Row("a", "a | b", "yes", "", 0.0, "", "whole", "rc 0", "ok")
    page.written(path, page.table([row]))
    text = path.read_text()
    assert text.startswith(f"head\n{page.BEGIN}\n| fault |")
    assert text.endswith(f"{page.END}\ntail\n")
    assert "old" not in text and r"a \| b" in text
