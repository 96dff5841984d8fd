"""Profiles on the disk, and the commands that keep them."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood import profiles
from dndmood.errors import UserError
from dndmood.events import Correction, Problem
from dndmood.mood.profile import Profile
from dndmood.mood.zero import Zero
from tests.test_cli import DEMO, home, run, sentence

__all__ = ["home"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(profiles.paths, "profiles", lambda: tmp_path)
    return tmp_path


def correction(wanted="calm", **more):
    return Correction(
        9.0, "reject", "calm", "battle", wanted, 0.7, 0.3, {"angry": 1.0}, {}, **more
    )


def test_a_new_profile_knows_nothing_and_leaves_nothing(place):
    assert profiles.load("table") == Profile("table")
    assert list(place.iterdir()) == []


def test_a_correction_is_on_the_disk_at_once_and_survives_a_line_cut_off(place):
    remember = profiles.remember("table", 2)
    remember(Problem(1.0, "not a correction"))
    remember(correction())
    path = place / "table" / "corrections.jsonl"
    with path.open("a") as file:
        file.write('{"evening": 2, "kin')
    remember(correction("sorrow"))
    lessons = profiles.load("table").lessons
    assert [one.correction for one in lessons] == [correction(), correction("sorrow")]
    assert {one.evening for one in lessons} == {2}


def test_undo_and_forget_delete_nothing(place):
    remember = profiles.remember("table", 0)
    remember(correction())
    remember(correction("sorrow"))
    profiles.take_back("table")
    assert [one.correction.wanted for one in profiles.load("table").lessons] == ["calm"]
    assert "sorrow" in (place / "table" / "corrections.jsonl").read_text()
    for _ in range(2):
        kept = profiles.forget("table")
        assert kept is not None and kept.exists()
        assert profiles.load("table").lessons == ()
        remember(correction())
    assert len(list((place / "table").glob("corrections-old-*.jsonl"))) == 2


def test_a_zero_is_written_whole_and_the_old_one_kept(place):
    profiles.save(Profile("table", Zero(0.1)))
    path = profiles.save(Profile("table", Zero(0.2)), keep_old=True)
    assert profiles.load("table").zero == Zero(0.2)
    assert "0.1000" in path.with_name("zero-old-1.toml").read_text()
    assert {p.name for p in path.parent.iterdir()} == {"zero.toml", "zero-old-1.toml"}


@pytest.mark.parametrize("name", ["../else", "", ".hidden", "a/b", "x" * 80])
def test_a_name_that_is_no_folder_of_its_own_is_refused(place, name):
    with pytest.raises(UserError, match="cannot be called"):
        profiles.load(name)


@pytest.mark.parametrize("content", ["zero = 3", "= =", "[room]\nroom_db = 1.0", "\x00"])
def test_a_damaged_zero_is_one_sentence(place, content):
    (place / "table").mkdir()
    (place / "table" / "zero.toml").write_text(content)
    with pytest.raises(UserError, match="cannot be read"):
        profiles.load("table")


def spoken(path):
    """A minute in which the demo's voices read, with the room alone first."""
    sound, rate_hz = soundfile.read(DEMO, dtype="float32", always_2d=True)
    sound = sound.mean(axis=1)[: rate_hz * 50]
    room = 1e-4 * np.random.default_rng(1).standard_normal(rate_hz * 8).astype(np.float32)
    soundfile.write(path, np.concatenate((room, sound)), rate_hz)


def test_calibrate_writes_a_profile_tune_tells_it_and_nobody_speaking_leaves_it(home, tmp_path):
    spoken(tmp_path / "minute.wav")
    done = run(home, "calibrate", "--input", tmp_path / "minute.wav", "--profile", "friday")
    assert done.returncode == 0, done.stderr
    assert "(4 of 4)" in done.stderr and "ferry" in done.stderr
    written = re.search(r"Kept in (.*)\.\n", done.stderr)
    assert written
    before = Path(written[1]).read_text()
    assert "[calibrated]" in before and "[room]" in before
    text = run(home, "tune", "--profile", "friday").stdout
    assert "calibrated on 2" in text and "No corrections yet" in text
    soundfile.write(tmp_path / "silence.wav", np.zeros(16_000 * 60), 16_000)
    quiet = run(home, "calibrate", "--input", tmp_path / "silence.wav", "--profile", "friday")
    assert "No voice was heard" in sentence(quiet)
    assert Path(written[1]).read_text() == before


def test_tune_undoes_and_forgets_and_says_so(home, tmp_path):
    folder = tmp_path / "xdg_state_home" / "dndmood" / "profiles" / "table"
    folder.mkdir(parents=True)
    line = {
        "evening": 0, "kind": "reject", "left": "calm", "taken": "battle", "wanted": "calm",
        "at_s": 1.0, "arousal": 0.8, "valence": 0.2, "scores": {}, "shares": {}, "refines": False,
    }  # fmt: skip
    (folder / "corrections.jsonl").write_text((json.dumps(line) + "\n") * 3)
    assert "3 times you said 'not now'" in run(home, "tune").stdout
    assert run(home, "tune", "--undo").stdout == "Taken back: Calm was wanted and not Battle.\n"
    assert "twice you said 'not now'" in run(home, "tune").stdout
    assert "corrections-old-1.jsonl" in run(home, "tune", "--forget").stdout
    assert "No corrections yet" in run(home, "tune").stdout
    assert "no correction" in sentence(run(home, "tune", "--undo"))
