"""What the person decided is kept for ever."""

import os

import pytest

from dndmood.errors import UserError
from dndmood.library import Decisions, Track


@pytest.fixture
def place(tmp_path):
    return tmp_path / "state" / "decisions.jsonl"


def track(path="/music/a.ogg", fingerprint="f", **more):
    return Track(path, 1, 2, fingerprint=fingerprint, **more)


def test_a_decision_holds_after_a_start_and_beats_the_proposal(place):
    Decisions(place).decide(track(), "battle")
    settled = Decisions(place).settled(track(mood="calm", decided_by="sound"))
    assert (settled.mood, settled.decided_by) == ("battle", "person")


def test_a_decision_goes_with_the_sound_when_the_file_moves(place):
    name = os.fsdecode(b"/music/M\xe4r.ogg")
    Decisions(place).decide(track(name), "battle")
    assert Decisions(place).of(track("/elsewhere/b.ogg")).mood == "battle"
    assert Decisions(place).of(track("/elsewhere/b.ogg")).path == name


def test_a_file_that_was_converted_where_it_lies_keeps_its_mood_if_it_is_as_long(place):
    Decisions(place).decide(track(duration_s=60.0), "battle")
    kept = Decisions(place)
    assert kept.of(track(fingerprint="g", duration_s=60.4)).mood == "battle"
    assert kept.of(track(fingerprint="g", duration_s=90.0)) is None


def test_the_last_word_counts_and_undo_brings_the_one_before_back(place):
    kept = Decisions(place)
    assert kept.decide(track(), "battle") is None
    before = kept.decide(track(), "calm")
    assert before.mood == "battle"
    kept.take_back(track(), before)
    assert Decisions(place).of(track()).mood == "battle"
    kept.take_back(track(), None)
    assert Decisions(place).of(track()) is None
    assert list(Decisions(place)) == []


def test_half_a_line_after_a_crash_costs_that_line_alone(place):
    Decisions(place).decide(track(), "battle")
    with place.open("ab") as file:
        file.write(b'{"mood": "ca')
    kept = Decisions(place)
    assert "One line" in kept.notes[0] and str(place) in kept.notes[0]
    kept.decide(track("/music/b.ogg", "g"), "calm")
    again = Decisions(place)
    assert again.of(track()).mood == "battle"
    assert again.of(track("/music/b.ogg", "g")).mood == "calm"


def test_two_programs_decide_at_once_and_both_count(place):
    one, other = Decisions(place), Decisions(place)
    one.decide(track(), "battle")
    other.decide(track("/music/b.ogg", "g"), "calm")
    one.refresh()
    assert one.of(track("/music/b.ogg", "g")).mood == "calm"
    assert len(Decisions(place)) == 2


def test_a_decision_that_cannot_be_written_does_not_hold_and_is_said(tmp_path):
    (tmp_path / "state").write_text("in the way")
    kept = Decisions(tmp_path / "state" / "decisions.jsonl")
    with pytest.raises(UserError, match="cannot be kept"):
        kept.decide(track(), "battle")
    assert kept.of(track()) is None
