"""A home in which nothing can be written, and one that others must not read."""

import json
from pathlib import Path

import pytest

from tests.small_disk import disk, fill, read_only
from tests.test_cli import DEMO, home, run, sentence

__all__ = ["disk", "home", "read_only"]

LISTEN = ("listen", "--input", DEMO, "--plain", "--player", "silent", "--for", "3")


def living_in(home, folder: Path):
    names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME")
    return home | dict.fromkeys(names, str(folder))


def test_an_evening_goes_on_where_nothing_can_be_written_and_says_so_once(home, read_only):
    done = run(living_in(home, read_only), *LISTEN)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert "mood" in done.stdout and "numbers are in" not in done.stderr
    told = [line for line in done.stderr.splitlines() if "cannot be written" in line]
    assert len(told) == 1 and "Read-only file system" in told[0] and "--journal" in told[0]
    assert done.stdout.count("problem") == 1


def test_calibrate_says_it_before_anybody_reads(home, read_only):
    done = run(living_in(home, read_only), "calibrate", "--input", DEMO)
    assert "cannot be written: Read-only file system" in sentence(done)
    assert "(1 of" not in done.stderr


@pytest.mark.parametrize("command", [["tune"], ["privacy", "--json"], ["moods"]])
def test_what_only_reads_works_there(home, read_only, command):
    assert run(living_in(home, read_only), *command).returncode == 0


def test_a_disk_that_is_full_from_the_start_ends_no_evening(home, disk):
    ballast, home = fill(disk), home | {"XDG_STATE_HOME": str(disk)}
    done = run(home, *LISTEN)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert "No space left on device" in done.stdout
    assert "could not be written" in done.stderr and "numbers are in" not in done.stderr
    ballast.unlink()
    assert run(home, *LISTEN).stderr.count("numbers are in") == 1


def test_all_that_an_evening_leaves_is_its_owners_alone(home):
    state = Path(home["XDG_STATE_HOME"]) / "dndmood"
    (state / "profiles" / "table").mkdir(parents=True)
    old = state / "profiles" / "table" / "zero.toml"
    old.write_text("evenings = 0\n")
    for one in (state, state / "profiles", old.parent):
        one.chmod(0o755)
    assert run(home, *LISTEN).returncode == 0
    left = {path: path.stat().st_mode & 0o777 for path in (state, *state.rglob("*"))}
    assert {path.name for path in left} >= {"journals", "dndmood.log", "zero.toml"}
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in left.items())


def test_a_start_that_fails_hides_no_evening(home):
    assert run(home, *LISTEN).returncode == 0
    folder = Path(home["XDG_STATE_HOME"]) / "dndmood" / "journals"
    (journal,) = folder.iterdir()
    for failing in (["--device", "nothere"], ["--input", "/no/such.wav"]):
        assert run(home, "listen", "--plain", *failing).returncode == 1
    demo = run(home, "demo", "--plain", "--player", "nobody")
    assert demo.returncode == 1
    assert list(folder.iterdir()) == [journal]
    page = run(home, "report", "--last").stdout.strip()
    assert Path(page).stem == journal.stem and Path(page).stat().st_mode & 0o777 == 0o600


def test_profiles_of_all_sorts_end_no_evening(home):
    folder = Path(home["XDG_STATE_HOME"]) / "dndmood" / "profiles" / "table"
    (folder / "zero.toml").mkdir(parents=True)
    odd = [{"kind": "reject", "arousal": "x"}, {"taken": ["calm"], "kind": "undo"}, [1], None]
    (folder / "corrections.jsonl").write_text("\n".join(map(json.dumps, odd)))
    done = run(home, *LISTEN)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert "zero-old-1" in done.stderr and "corrections-old-1" in done.stderr
    assert "old-" not in run(home, "tune").stderr
    (folder / "zero.toml").write_text("= =")
    assert "zero-old-2" in run(home, "rehearse", DEMO, "--profile", "table").stderr
