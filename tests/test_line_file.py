"""Files of lines under everything that happens to disks."""

import os
from itertools import count
from pathlib import Path

import pytest

from dndmood import line_file
from dndmood.line_file import LineFile
from tests.small_disk import disk, fill

__all__ = ["disk"]


def opened(path, told=None):
    said = [] if told is None else told
    return LineFile(path, what="The journal", report=said.append)


def lines(path: Path) -> list[str]:
    text = path.read_text()
    assert not text or text.endswith("\n"), "it ends in half a line"
    return text.splitlines()


def test_the_file_is_made_with_its_first_line_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "a" / "b" / "x.jsonl"
    file = opened(path)
    assert not (tmp_path / "a").exists()
    file.write("one", 0.0)
    assert lines(path) == ["one"]
    assert [p.stat().st_mode & 0o777 for p in (path, path.parent, tmp_path / "a")] == [
        0o600, 0o700, 0o700,
    ]  # fmt: skip


def test_a_file_that_ends_in_half_a_line_does_not_swallow_the_next(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"whole": 1}\n{"half')
    opened(path).write("new", 0.0)
    assert lines(path) == ['{"whole": 1}', '{"half', "new"]


def test_what_a_full_disk_refuses_is_written_when_there_is_space_and_no_line_is_broken(disk):
    told: list[str] = []
    path, line = disk / "x.jsonl", "y" * 1000
    file = opened(path, told)
    file.write("first", 0.0)
    ballast = fill(disk)
    for number in range(30):
        file.write(f"{number} {line}", float(number))
        file.tick(float(number))
        lines(path)
    assert file.missing >= 25 and len(told) == 1
    assert "No space left on device" in told[0]
    ballast.unlink()
    file.tick(31.0)
    file.tick(36.0)
    assert [one.split()[0] for one in lines(path)] == ["first", *map(str, range(30))]
    assert file.missing == 0
    assert told[1:] == [f"The journal {path} is written again, and nothing is missing."]
    file.close()


def test_a_disk_that_is_full_from_the_start_takes_all_that_came_before_the_space(disk):
    ballast = fill(disk)
    file = opened(disk / "deep" / "x.jsonl")
    file.write("one", 0.0)
    assert file.trouble
    ballast.unlink()
    file.write("two", 1.0)
    file.close()
    assert lines(disk / "deep" / "x.jsonl") == ["one", "two"]


def test_an_hour_is_held_and_what_is_older_is_counted(tmp_path):
    (tmp_path / "folder").write_text("a file in the way")
    file = opened(tmp_path / "folder" / "x.jsonl")
    for at_s in range(0, 7200, 10):
        file.write(str(at_s), float(at_s))
    assert file.missing == 720 and 350 <= file.dropped <= 361
    (tmp_path / "folder").unlink()
    file.close()
    assert lines(tmp_path / "folder" / "x.jsonl")[0] == str(7190 - 3600)
    assert file.missing == file.dropped


def test_dev_full_never_raises():
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    told: list[str] = []
    file = opened(Path("/dev/full"), told)
    for at_s in range(20):
        file.write("x", float(at_s))
        file.tick(float(at_s))
    file.close()
    assert file.missing == 20 and len(told) == 1


def test_a_removed_folder_is_made_again_with_all_that_the_file_held(tmp_path):
    told: list[str] = []
    path = tmp_path / "folder" / "x.jsonl"
    file = opened(path, told)
    file.write("before", 0.0)
    path.unlink()
    path.parent.rmdir()
    file.write("meanwhile", 1.0)
    file.tick(6.0)
    file.write("after", 7.0)
    assert lines(path) == ["before", "meanwhile", "after"]
    assert told == [f"The journal {path} was removed: it is made again."]
    path.unlink()
    file.close()
    assert lines(path) == ["before", "meanwhile", "after"]


def test_a_file_that_was_emptied_before_it_was_removed_stays_empty(tmp_path):
    path = tmp_path / "x.jsonl"
    file = opened(path)
    file.write("a secret", 0.0)
    os.truncate(path, 0)
    path.unlink()
    file.tick(6.0)
    file.write("after", 7.0)
    assert lines(path) == ["after"]


def test_another_file_in_its_place_is_kept_and_goes_on(tmp_path):
    path = tmp_path / "x.jsonl"
    file = opened(path)
    file.write("before", 0.0)
    other = tmp_path / "edited"
    other.write_text("edited\n")
    other.replace(path)  # as editors save
    file.tick(6.0)
    file.write("after", 7.0)
    assert lines(path) == ["edited", "after"]


def test_names_that_are_taken_are_passed_over(tmp_path):
    (tmp_path / "0").write_text("another evening\n")
    names = lambda: (tmp_path / str(number) for number in count())  # noqa: E731
    one, two = opened(names()), opened(names())
    one.write("one", 0.0)
    two.write("two", 0.0)
    one.write("one", 1.0)
    assert lines(tmp_path / "0") == ["another evening"]
    assert (one.path.name, two.path.name) == ("1", "2")
    assert (lines(one.path), lines(two.path)) == (["one", "one"], ["two"])


def test_two_programs_may_append_to_one_file(tmp_path):
    one, two = opened(tmp_path / "x"), opened(tmp_path / "x")
    for number in range(100):
        one.write(f"one {number} " + "x" * 5000, 0.0)
        two.write(f"two {number} " + "x" * 5000, 0.0)
    assert len(lines(tmp_path / "x")) == 200


def test_a_pipe_without_a_reader_is_not_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes")
    os.mkfifo(tmp_path / "pipe")
    file = opened(tmp_path / "pipe")
    for number in range(100):
        file.write("x" * 5000, float(number))
    file.close()
    assert file.missing > 0


def test_a_pipe_that_nobody_reads_is_no_file_that_was_written(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes")
    os.mkfifo(tmp_path / "pipe")
    file = opened(tmp_path / "pipe")
    file.write("a line", 0.0)
    file.close()
    assert file.missing == 1 and "nobody reads this pipe" in file.loss()
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    file = opened(tmp_path / "pipe")
    file.write("a line", 0.0)
    assert os.read(reader, 99) == b"a line\n" and file.missing == 0
    os.close(reader)
    file.write("another", 1.0)
    assert file.missing == 1
    file.close()


def test_a_folder_that_became_a_file_loses_nothing(tmp_path):
    path = tmp_path / "journals" / "x.jsonl"
    (tmp_path / "x.jsonl").write_text("mine\n")
    file = opened(path)
    file.write("before", 0.0)
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file")
    file.write("after", 1.0)
    file.close()
    assert file.missing == 0 and file.path == tmp_path / "x-1.jsonl"
    assert lines(file.path) == ["before", "after"] and lines(tmp_path / "x.jsonl") == ["mine"]


def test_what_was_in_a_file_that_is_gone_for_good_is_counted(tmp_path, monkeypatch):
    path = tmp_path / "journals" / "x.jsonl"
    file = opened(path)
    file.write("before", 0.0)
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(line_file, "_copy", full)
    file.write("after", 1.0)
    file.close()
    assert file.missing == 2 and file.loss().startswith("2 lines")
