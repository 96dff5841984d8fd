import json

import numpy as np
import pytest

from dndmood import journal
from dndmood.errors import UserError
from dndmood.events import (
    AudioChunk,
    Balance,
    Command,
    Correction,
    Cue,
    Level,
    MoodState,
    Problem,
    SpeechWindow,
    Track,
)
from tests.fakes import heard

FACTS = [
    AudioChunk(np.zeros(1600, np.float32), 0),
    SpeechWindow(np.zeros(1600, np.float32), 1.0, 1.0),
    heard(1.23456, "angry", 0.81234567, 0.2),
    MoodState(1.0, "battle", 0.5, "Battle: because"),
    Cue(1.0, "battle", (Track("/secret/place/drums.ogg", "Drums", 9.0),), 6.0, "plays Drums"),
    Command("force", mood="calm", at_s=2.0),
    Correction(
        2.0, "reject", "calm", "battle", "calm", 0.7, 0.2, {"angry": 1.0}, {"calm": 0.4}
    ),
    Balance(3.0, -24.0, -38.0, speaking=True),
    Level(3.0, -6.0, 0.8),
    Problem(3.0, "trouble"),
]


def test_every_fact_but_sound_is_one_line(tmp_path):
    with journal.opened(tmp_path / "deep" / "evening.jsonl") as write:
        for fact in FACTS:
            write(fact)
    lines = list(journal.read(tmp_path / "deep" / "evening.jsonl"))
    assert [line["event"] for line in lines] == [
        "estimate",
        "mood",
        "cue",
        "command",
        "correction",
        "level",
        "problem",
    ]
    assert all(isinstance(line["at_s"], float) for line in lines)
    estimate, mood, cue, *_ = lines
    assert estimate["arousal"] == 0.8123 and estimate["scores"]["angry"] == 0.86
    assert set(mood) >= {"mood", "since_s", "why"}
    assert (cue["mood"], cue["tracks"], cue["fade_s"]) == ("battle", ["Drums"], 6.0)
    assert (cue["lengths_s"], cue["resume"]) == ([9.0], False)


def test_a_line_is_on_the_disk_as_soon_as_it_is_written(tmp_path):
    path = tmp_path / "evening.jsonl"
    with journal.opened(path) as write:
        write(FACTS[-1])
        assert json.loads(path.read_text())["text"] == "trouble"


def test_what_a_journal_holds_is_kept(tmp_path):
    path = tmp_path / "evening.jsonl"
    path.write_text('{"event": "problem", "at_s": 0.0, "text": "old"}\n')
    with journal.opened(path) as write:
        write(FACTS[-1])
    assert [line["text"] for line in journal.read(path)] == ["old", "trouble"]


def test_a_last_line_that_was_cut_off_is_passed_over(tmp_path):
    path = tmp_path / "evening.jsonl"
    path.write_text('{"event": "problem", "at_s": 0.0, "text": "old"}\n{"event": "moo')
    assert len(list(journal.read(path))) == 1


def test_a_journal_that_cannot_be_written_is_told_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UserError, match="cannot be written .*--journal"),
        journal.opened(tmp_path / "file" / "x.jsonl"),
    ):
        pass


def test_a_journal_is_a_tape_again():
    estimates = [heard(float(s), "sad", 0.3, 0.2) for s in range(3)]
    facts = [json.loads(journal.line(e)) for e in estimates]
    assert list(journal.replay(facts)) == estimates
