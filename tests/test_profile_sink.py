"""What an evening teaches is kept while it runs, whatever ends it."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event as Signal

import pytest

from dndmood import profile_sink, profiles
from dndmood.events import AudioChunk, Correction, Problem, TableScale
from dndmood.inbox import Inbox
from dndmood.mood.corrections import Lesson
from dndmood.mood.feature_zero import FeatureZero
from dndmood.mood.profile import Profile, Room
from dndmood.mood.zero import Zero
from tests.fakes import noise, stand
from tests.programs import Program
from tests.small_disk import disk, fill
from tests.test_cli import DEMO, home, run

__all__ = ["disk", "home"]

BEGUN = Profile("table", Zero(0.1), evenings=4, model="abc")
REJECTED = Correction(9.0, "reject", "calm", "battle", "calm", 0.7, 0.3, {"angry": 1.0}, {})


def scale(shift: float, talk_s: float = 3600.0) -> TableScale:
    return TableScale(300.0, talk_s, shift, 0.0, 1.0, {})


def chunk(at_s: float) -> AudioChunk:
    return AudioChunk(noise(0.1, 0.1), round(at_s * 16_000))


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(profiles.paths, "profiles", lambda: tmp_path / "profiles")
    profiles.save(BEGUN)
    return tmp_path / "profiles"


def kept(*steps, known=BEGUN, table=BEGUN, told=None) -> list[str]:
    """The problems told while `steps`, facts and things to do between them, are dealt with."""
    problems: list[str] = []
    keeper = profile_sink._Keeper(known, table, lambda one: problems.append(one.text))
    for step in steps:
        if callable(step):
            step()
        else:
            keeper.take(step)
    if told is not None:
        told.append(keeper.left_behind(hangs=False))
    return problems


def load() -> Profile:
    return profiles.load("table", pytest.fail)


def test_an_evening_is_kept_as_often_as_it_is_stated_and_counts_once(place):
    seen: list[Profile] = []
    kept(
        scale(0.2),
        lambda: seen.append(load()),
        scale(0.16),
        lambda: seen.append(load()),
    )
    assert [one.evenings for one in seen] == [5, 5]
    assert [one.zero.arousal_shift for one in seen] == pytest.approx([0.13, 0.118])


def test_an_evening_with_little_talk_leaves_the_profile_alone(place):
    before = (place / "table" / "zero.toml").stat()
    kept(scale(0.2, talk_s=1199.0))
    assert (place / "table" / "zero.toml").stat().st_mtime_ns == before.st_mtime_ns


def test_a_calibration_made_while_an_evening_runs_stands_and_that_is_said(place):
    room = Room(-60.0, -40.0, -30.0, -20.0, "2026-11-25")

    def calibrate():
        profiles.save(Profile("table", Zero(-0.2), Zero(-0.2), room, 5, "abc"), keep_old=True)

    told: list[str] = []
    kept(scale(0.2), calibrate, scale(0.3), told=told)
    assert load() == Profile("table", Zero(-0.2), Zero(-0.2), room, 5, "abc")
    assert "calibrated while the evening ran" in told[0]


def test_what_others_wrote_meanwhile_stays(place):
    path = place / "table" / "zero.toml"

    def edit():
        path.write_text(path.read_text() + "\n[words]  # mine\nfresh = 1\n")

    kept(scale(0.2), edit, scale(0.16))
    assert "[words]  # mine\nfresh = 1" in path.read_text()
    assert load().zero.arousal_shift == pytest.approx(0.118)


def test_two_evenings_at_once_are_both_kept(place):
    def another():
        kept(scale(0.0), REJECTED)

    kept(scale(0.2), another, scale(0.2), REJECTED)
    assert load().evenings == 6 and len(load().lessons) == 2
    assert load().zero.arousal_shift == pytest.approx(0.1)


def test_another_models_zero_is_kept_aside_once(place):
    table = BEGUN.fitting("newmodel")
    kept(scale(0.2), scale(0.22), table=table)
    assert load().model == "newmodel" and load().evenings == 5
    assert [p.name for p in sorted((place / "table").iterdir())] == [
        "zero-old-1.toml", "zero.toml",
    ]  # fmt: skip


def test_a_removed_or_damaged_profile_is_made_again(place):
    path = place / "table" / "zero.toml"
    kept(scale(0.2), lambda: path.write_bytes(b"\xff"), scale(0.2))
    assert load().zero.arousal_shift == pytest.approx(0.13)
    assert path.with_name("zero-old-1.toml").read_bytes() == b"\xff"


def test_a_removed_folder_is_made_again(place):
    old = replace(BEGUN, lessons=(Lesson(REJECTED, 2),))
    steps = (scale(0.2), REJECTED, lambda: shutil.rmtree(place), scale(0.2), REJECTED)
    kept(*steps, known=old, table=old)
    assert load().evenings == 5
    assert [one.evening for one in load().lessons] == [2, 4, 4]
    kept(REJECTED, lambda: profiles.forget("table"), REJECTED, known=old, table=old)
    assert len(load().lessons) == 1, "what was forgotten stays so"


def test_a_full_disk_loses_nothing_and_is_told_twice(disk, monkeypatch):
    monkeypatch.setattr(profiles.paths, "profiles", lambda: disk / "profiles")
    profiles.save(BEGUN)
    inbox, said = Inbox(), list[str]()
    with profile_sink.opened(BEGUN, BEGUN, inbox=inbox, say=said.append) as sink:
        ballast = fill(disk)
        sink(scale(0.2))
        sink(REJECTED)
        sink(REJECTED)
        first = next(iter(inbox))
        ballast.unlink()
        sink(chunk(10.0))
    inbox.close()
    said_of_it = [event for event in (first, *inbox) if isinstance(event, Problem)]
    assert stand(said_of_it) == [True, False]
    problems = [event.text for event in said_of_it]
    assert load().evenings == 5 and len(load().lessons) == 2
    assert "No space left on device" in problems[0] and "written again" in problems[1]
    assert len(problems) == 2 and said == []


def test_a_disk_that_stays_full_is_told_at_the_end(disk, monkeypatch):
    monkeypatch.setattr(profiles.paths, "profiles", lambda: disk / "profiles")
    profiles.save(BEGUN)
    told: list[str] = []
    kept(lambda: fill(disk) and None, scale(0.2), told=told)
    assert "could not all be kept" in told[0] and "No space left" in told[0]


def test_nobody_waits_for_a_slow_disk(place, monkeypatch):
    slow, asked = Signal(), Signal()
    append = profiles.append

    def hangs(name, line):
        asked.set()
        slow.wait(10.0)
        append(name, line)

    monkeypatch.setattr(profiles, "append", hangs)
    with profile_sink.opened(BEGUN, BEGUN, inbox=Inbox(), say=pytest.fail) as sink:
        for _ in range(100):
            sink(REJECTED)
        assert asked.wait(10.0) and not slow.is_set()
        slow.set()
    assert len(load().lessons) == 100


_QUICKLY = """
import sys
import dndmood.mood.profile as profile, dndmood.mood.table_scale as zero
profile._ENOUGH_S, profile._ENOUGH_FEATURES_S, zero._STATED_EACH_S = 4.0, 4.0, 5.0
from dndmood.cli import main
sys.argv = ["dndmood", *sys.argv[1:]]
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("end", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_however_an_evening_ends_what_it_taught_is_kept(home, end):
    if not hasattr(signal, end):
        pytest.skip(f"there is no {end}")
    command = [sys.executable, "-u", "-c", _QUICKLY, "listen", "--plain", "--player", "silent"]
    with Program(
        [*command, "--input", str(DEMO)], env=home, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as listening:  # fmt: skip
        assert listening.stdout is not None
        for line in listening.stdout:
            if line.strip() > "0:00:14":
                os.kill(listening.pid, getattr(signal, end))
                break
        listening.stdout.read()
    path = Path(home["XDG_STATE_HOME"]) / "dndmood" / "profiles" / "table" / "zero.toml"
    assert "evenings = 1\n" in path.read_text()
    assert "1 evening learnt from" in run(home, "tune").stdout


def feature_scale(mean: float, talk_s: float = 3600.0) -> TableScale:
    return TableScale(
        300.0, talk_s, 0.0, 0.0, 1.0, {},
        mean=(mean, 0.0), deviation=(1.0, 1.0), evidence_s=talk_s, model="abcabcabcabc",
    )  # fmt: skip


def test_a_zero_in_the_features_is_kept_beside_the_zero_of_other_models(place):
    kept(feature_scale(0.2), feature_scale(0.25), known=load(), table=load())
    found = load()
    assert found.features["abcabcabcabc"].mean == (0.25, 0.0)
    assert found.evenings == 5 and found.zero == BEGUN.zero and found.model == "abc"
    kept(scale(0.2), known=load(), table=load())
    assert load().features == found.features


def test_a_calibration_made_meanwhile_stands_for_a_zero_in_the_features_too(place):
    told: list[str] = []
    room = Room(-60.0, -40.0, -30.0, -20.0)
    fresh = FeatureZero((0.9, 0.9), (1.0, 1.0), 30.0)

    def calibrate():
        now = load().calibrated_as(Zero(), fresh, room, model="abcabcabcabc" + "0" * 52)
        profiles.save(now, keep_old=True)

    kept(feature_scale(0.2), calibrate, feature_scale(0.3), told=told)
    assert load().features == {"abcabcabcabc": fresh} and "that stands" in told[0]
