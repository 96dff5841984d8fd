"""Profiles on the disk, and the commands that keep them."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood import paths, profiles, table
from dndmood.doctor import profile as doctor_profile
from dndmood.errors import UserError
from dndmood.events import Correction
from dndmood.mood.corrections import Lesson
from dndmood.mood.profile import Profile
from dndmood.mood.profile_text import log_line, text
from dndmood.mood.zero import Zero
from dndmood.settings import Settings
from tests.locked_folder import locked
from tests.small_disk import disk, fill
from tests.test_cli import DEMO, home, run, sentence

__all__ = ["disk", "home"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "profiles", lambda: tmp_path)
    return tmp_path


def correction(wanted="calm", **more):
    return Correction(
        9.0, "reject", "calm", "battle", wanted, 0.7, 0.3, {"angry": 1.0}, {}, **more
    )


def remember(wanted="calm", *, evening=0):
    profiles.append("table", log_line(Lesson(correction(wanted), evening)))


def load(told=None) -> Profile:
    said: list[str] = [] if told is None else told
    profile = profiles.load("table", said.append)
    assert told is not None or not said
    return profile


def test_a_new_profile_knows_nothing_and_leaves_nothing(place):
    assert load() == Profile("table")
    assert list(place.iterdir()) == []


def test_a_correction_is_on_the_disk_at_once_and_survives_a_line_cut_off(place):
    remember(evening=2)
    path = place / "table" / "corrections.jsonl"
    with path.open("a") as file:
        file.write('{"evening": 2, "kin')
    remember("sorrow", evening=2)
    told: list[str] = []
    lessons = load(told).lessons
    assert [one.correction for one in lessons] == [correction(), correction("sorrow")]
    assert {one.evening for one in lessons} == {2}
    assert "1 line" in told[0] and "corrections-old-1.jsonl" in told[0]
    assert load().lessons == lessons, "it is told once"
    assert '"kin' in path.with_name("corrections-old-1.jsonl").read_text()


def test_undo_and_forget_delete_nothing(place):
    remember()
    remember("sorrow")
    profiles.take_back("table")
    assert [one.correction.wanted for one in load().lessons] == ["calm"]
    assert "sorrow" in (place / "table" / "corrections.jsonl").read_text()
    for _ in range(2):
        kept = profiles.forget("table")
        assert kept is not None and kept.exists()
        assert load().lessons == ()
        remember()
    assert len(list((place / "table").glob("corrections-old-*.jsonl"))) == 2
    assert profiles.forget("nobody") is None


def test_a_zero_is_written_whole_and_the_old_one_kept(place):
    profiles.save(Profile("table", Zero(0.1)))
    path = profiles.save(Profile("table", Zero(0.2)), keep_old=True)
    assert load().zero == Zero(0.2)
    assert "= 0.1 " in path.with_name("zero-old-1.toml").read_text()
    assert {p.name for p in path.parent.iterdir()} == {"zero.toml", "zero-old-1.toml"}


def test_a_profile_is_its_owners_alone(place):
    path = profiles.save(Profile("table", Zero(0.1)))
    remember()
    modes = [p.stat().st_mode & 0o777 for p in (path.parent, *sorted(path.parent.iterdir()))]
    assert modes == [0o700, 0o600, 0o600]


@pytest.mark.parametrize(
    "name",
    ["../else", "", ".hidden", "a/b", "x" * 80, "ä" * 64 + "漢" * 30, "𐐀" * 64, "caf\udce9",
     "a\n", "a\0", "CON", "nul", "com1.table", "LPT9", "friday.", "friday "],
)  # fmt: skip
def test_a_name_that_is_no_folder_of_its_own_is_refused(place, name):
    with pytest.raises(UserError, match="cannot be called"):
        profiles.load(name, pytest.fail)


def test_a_table_that_has_such_a_name_already_keeps_it(place):
    (place / "friday.").mkdir()
    assert profiles.load("friday.", pytest.fail) == Profile("friday.")


WHOLE = text(Profile("table", Zero(0.1), evenings=3))
DAMAGED = [b"= =", b"\x00", b"\xff\xfe\x00", WHOLE.encode("utf-16"), WHOLE.encode("utf-32"),
           b"", WHOLE.encode()[:40], WHOLE.encode()[:100], b"{}", b"a = " + b"[" * 100_000,
           b"\xe9 = 1", os.urandom(500)]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_zero_is_kept_aside_and_the_table_starts_over(place, content):
    (place / "table").mkdir()
    path = place / "table" / "zero.toml"
    path.write_bytes(content)
    told: list[str] = []
    assert load(told) == Profile("table")
    (said,) = told
    assert str(path) in said and "zero-old-1.toml" in said and "starts over" in said
    assert path.with_name("zero-old-1.toml").read_bytes() == content
    assert load() == Profile("table"), "it is told once"


@pytest.mark.parametrize(
    "content",
    [WHOLE.replace("evenings = 3", "evenings = inf").encode(), WHOLE.encode()[:170],
     WHOLE.replace("= 0.1", "= nan").encode(), b"zero = 3\n[room]\nroom_db = 'a'",
     WHOLE.replace("gain", "gian").encode()],
)  # fmt: skip
def test_what_is_whole_of_a_zero_is_used_and_the_file_kept_as_it_was(place, content):
    (place / "table").mkdir()
    path = place / "table" / "zero.toml"
    path.write_bytes(content)
    told: list[str] = []
    first = load(told)
    (said,) = told
    assert "is damaged (" in said and "zero-old-1.toml" in said
    assert path.with_name("zero-old-1.toml").read_bytes() == content
    assert load() == first, "it is told once"


@pytest.mark.parametrize("name", ["zero.toml", "corrections.jsonl"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "link to nothing", "link to itself"])
def test_whatever_lies_in_its_place_ends_nothing_and_is_kept(place, name, kind):
    (place / "table").mkdir()
    path = place / "table" / name
    if kind == "folder":
        path.mkdir()
        (path / "inside").write_text("x")
    elif kind == "pipe":
        os.mkfifo(path) if hasattr(os, "mkfifo") else pytest.skip("there are no pipes")
    else:
        path.symlink_to(path.name if "itself" in kind else "nowhere")
    told: list[str] = []
    assert load(told) == Profile("table") and len(told) == 1
    profiles.save(Profile("table", Zero(0.1)))
    remember()
    assert load([]).zero == Zero(0.1) and len(load([]).lessons) == 1
    assert len(list(path.parent.iterdir())) >= 3


def test_a_byte_order_mark_and_windows_lines_are_no_damage(place):
    path = profiles.save(Profile("table", Zero(0.1), evenings=2))
    path.write_bytes(("\ufeff" + path.read_text()).replace("\n", "\r\n").encode())
    assert load().evenings == 2
    remember()
    log = path.with_name("corrections.jsonl")
    log.write_bytes(b"\xef\xbb\xbf" + log.read_bytes().replace(b"\n", b"\r\n"))
    assert len(load().lessons) == 1


def test_a_newer_programs_profile_is_used_as_far_as_it_is_known_and_stays_whole(place):
    path = profiles.save(Profile("table", Zero(0.1), evenings=2))
    path.write_text("version = 99 # later\n" + path.read_text() + "\n[words]\nfresh = true\n")
    told: list[str] = []
    assert load(told).zero == Zero(0.1) and "newer" in told[0]
    profiles.save(Profile("table", Zero(0.2)))
    assert (
        "version = 99 # later" in path.read_text()
        and "[words]\nfresh = true" in path.read_text()
    )


def test_a_linked_zero_stays_a_link(place):
    (place / "dotfiles").mkdir()
    (place / "table").mkdir()
    link = place / "table" / "zero.toml"
    (place / "dotfiles" / "zero.toml").write_text(WHOLE)
    link.symlink_to(place / "dotfiles" / "zero.toml")
    profiles.save(Profile("table", Zero(0.2)))
    assert link.is_symlink() and "0.2" in (place / "dotfiles" / "zero.toml").read_text()


def test_a_huge_log_of_corrections_is_not_read_whole(place):
    remember()
    path = place / "table" / "corrections.jsonl"
    line = path.read_bytes()
    with path.open("r+b") as file:
        file.truncate(3_000_000_000)  # a hole: nothing is written
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + line * 3)
    told: list[str] = []
    assert len(load(told).lessons) == 3
    assert "corrections-old-1.jsonl" in told[0]
    assert path.stat().st_size < 2000


def test_a_full_disk_leaves_the_zero_and_the_corrections_as_they_were(disk, monkeypatch):
    monkeypatch.setattr(paths, "profiles", lambda: disk)
    path = profiles.save(Profile("table", Zero(0.1)))
    remember()
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    ballast = fill(disk)
    with pytest.raises(UserError, match="cannot be written: No space left on device"):
        profiles.save(Profile("table", Zero(0.2), evenings=7))
    with pytest.raises(OSError, match="No space left"):
        profiles.append("table", "x" * 5000)
    assert (path.parent / "corrections.jsonl").read_bytes().endswith(b"}\n")
    assert path.read_bytes() == before["zero.toml"]
    assert {p.name for p in path.parent.iterdir()} == set(before)
    ballast.unlink()
    profiles.save(Profile("table", Zero(0.2)))
    assert load().zero == Zero(0.2)


def test_two_programs_at_once_tear_no_file_and_lose_no_correction(home, place):
    code = """
import sys
from dataclasses import replace
from dndmood import paths, profiles, table
from dndmood.mood.profile import Profile
line = sys.argv[1]
def more(now):
    now = now or Profile("table")
    return replace(now, evenings=now.evenings + 1)
for number in range(60):
    profiles.append("table", line)
    profiles.update("table", more)
"""
    line = log_line(Lesson(correction(), 1))
    programs = [
        subprocess.Popen([sys.executable, "-c", code, line], env=home) for _ in range(3)
    ]
    assert [program.wait(120) for program in programs] == [0, 0, 0]
    folder = Path(home["XDG_STATE_HOME"]) / "dndmood" / "profiles"
    paths.profiles = lambda: folder  # the fixture `place` puts it back
    assert len(load().lessons) == 180
    assert load().evenings == 180


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
    assert "[features." in before and "[room]" in before
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


def test_a_profile_that_may_not_be_looked_at_is_said(place):
    profiles.save(Profile("table"))
    said: list[str] = []
    with locked(place):
        assert profiles.load("table", said.append) == Profile("table")
    assert len(said) == 2 and all("cannot be read" in one for one in said)


def test_a_check_leaves_a_damaged_profile_as_it_is_and_keeps_its_name_to_itself(place):
    folder = place / "Annas Runde"
    folder.mkdir()
    (folder / "zero.toml").write_text("= =")
    (folder / "corrections.jsonl").write_text("rubbish\n")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    found = list(doctor_profile.check(Settings(profile="Annas Runde")))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert found[0].mark == "--" and "Annas" not in repr(found)
    found = list(doctor_profile.check(Settings(profile="Annas/Runde")))
    assert found[0].mark == "!!" and "Annas" not in repr(found)


def test_one_broken_mood_file_stops_no_command(home, tmp_path):
    state, config = (Path(home[f"XDG_{name}_HOME"]) / "dndmood" for name in ("STATE", "CONFIG"))
    for folder in (state / "profiles" / "table", state / "journals", config / "playlists"):
        folder.mkdir(parents=True)
    for name in ("battle", "mine"):
        (config / "playlists" / f"{name}.toml").write_text("title = ")
    log = state / "profiles" / "table" / "corrections.jsonl"
    log.write_text(f"{log_line(Lesson(correction()))}\n")
    (state / "journals" / "2021-01-01T20-00-00.jsonl").write_text(
        '{"event": "mood", "at_s": 1.0, "mood": "calm"}\n'
    )
    for command in (
        ["moods"],
        ["tune"],
        ["report"],
        ["report", "--markdown"],
        ["tune", "--undo"],
    ):
        done = run(home, *command)
        assert done.returncode == (command == ["moods"]), done.stderr
        assert done.stdout
        assert (
            "battle.toml" in done.stderr and "the one that comes along is used" in done.stderr
        )
        assert "mine.toml" in done.stderr and "it is left out" in done.stderr
    assert "no correction" in sentence(run(home, "tune", "--undo"))


def test_what_cannot_be_told_is_not_taken_back(place, monkeypatch):
    def broken(*_, **__):
        raise UserError("No moods.")

    remember()
    monkeypatch.setattr(table, "mood_book", broken)
    with pytest.raises(UserError, match="No moods"):
        table.take_back(Settings(), say=pytest.fail)
    assert len(load().lessons) == 1


@pytest.mark.parametrize(
    "name",
    [
        "हिन्दी",
        "தமிழ்",
        "ภาษาไทยที่",
        "عَرَبِيّ",
        "cafe\u0301",
        "O'Brien",
        "D&D",
        "3 Freunde",
        "_x",
        "夜",
    ],
)
def test_a_table_may_be_called_as_people_write(place, name):
    profiles.save(Profile(name))
    assert profiles.load(name, pytest.fail).name
    folder = profiles.place(name)
    assert folder.is_dir() and folder == profiles.place(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    "name",
    ["", " x", ".x", "\u0301x", "a/b", "a\\b", "a\0", "x" * 65, "夜" * 67, "\ud800", "a:b"],
)
def test_what_is_no_name_for_a_folder_is_refused_in_a_short_sentence(place, name):
    with pytest.raises(UserError, match="cannot be called") as refused:
        profiles.place(name)
    assert len(str(refused.value)) < 200


def test_before_anybody_reads_for_a_minute_a_full_disk_is_told(disk, monkeypatch):
    monkeypatch.setattr(paths, "profiles", lambda: disk / "profiles")
    profiles.check_place("table")
    ballast = fill(disk)
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - 4096)  # an empty file has room
    with pytest.raises(UserError, match=r"No space left on device\. Make room on its disk\."):
        profiles.check_place("table")


def test_a_file_in_the_place_of_the_profiles_is_to_be_moved_away(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "profiles", lambda: tmp_path / "profiles")
    (tmp_path / "profiles").write_text("mine")
    with pytest.raises(UserError, match=rf"Move {tmp_path / 'profiles'} away"):
        profiles.check_place("table")


def test_what_was_heard_is_kept_once_there_is_room_again(disk, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "profiles", lambda: disk / "profiles")
    monkeypatch.setattr(
        paths.platformdirs, "user_state_path", lambda *_, **__: tmp_path / "state"
    )
    monkeypatch.setattr(profiles, "check_place", lambda _: None)
    spoken(tmp_path / "minute.wav")
    ballast, told = fill(disk), []

    def once_more(why: str) -> bool:
        told.append(why)
        ballast.unlink()
        return True

    table.calibrate(
        Settings(input=str(tmp_path / "minute.wav")),
        say=lambda _: None,
        meter=lambda *_: None,
        once_more=once_more,
    )
    assert len(told) == 1 and str(disk / "profiles") in told[0] and "Make room" in told[0]
    assert load().features
