"""Whatever the standard streams are, a command prints what it can and never a traceback."""

import ctypes
import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from dndmood import console
from dndmood.printable import printable
from tests.programs import Program
from tests.test_cli import DEMO, home, run

__all__ = ["home"]

FULL = Path("/dev/full")
needs_dev_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
HOSTILE = "夜\x1b]0;PWNED\x07\x1b[2J\n\u202eevil\x9b31m"


@pytest.fixture
def music(tmp_path):
    """A folder with one short track for each mood, called something that a terminal would obey."""
    for mood in ("calm", "battle", "merry"):
        folder = tmp_path / "music" / mood
        folder.mkdir(parents=True)
        with soundfile.SoundFile(str(folder / "a.flac"), "w", 8000, 1) as sound:
            sound.title = HOSTILE
            sound.write([0.0] * 8000)
    return tmp_path / "music"


def started(home, *arguments, **more) -> Program:
    return Program([sys.executable, "-m", "dndmood", *map(str, arguments)], env=home, **more)


def listening(*more) -> list[str]:
    return ["listen", "--input", str(DEMO), "--player", "silent", "--for", "4", *more]


@given(st.text())
def test_nothing_that_a_terminal_would_obey_is_printable(text):
    safe = printable(text)
    assert safe.isprintable() and len(safe) == len(text)
    assert printable(safe) == safe
    safe.encode()


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii"])
def test_a_console_that_lacks_the_signs_shows_question_marks(home, music, encoding):
    home |= {"PYTHONIOENCODING": encoding}
    for arguments in (
        ["moods", "--music", music],
        ["rehearse", DEMO, "--music", music],
        listening("--plain", "--music", music),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "dndmood", *map(str, arguments)],
            env=home, capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0
        assert b"Traceback" not in done.stderr
        assert b"PWNED" in done.stdout


def test_no_title_and_no_name_steers_the_terminal(home, music, tmp_path):
    for arguments in (
        ["moods", "--music", music],
        ["rehearse", DEMO, "--music", music, "--journal", tmp_path / "j.jsonl"],
        listening("--plain", "--music", music),
    ):
        done = run(home, *arguments)
        printed = (done.stdout + done.stderr).replace("\n", "")
        assert "PWNED" in printed and printed.isprintable()
    written = Path(run(home, "report", tmp_path / "j.jsonl", "--markdown").stdout.strip())
    text = written.read_text(encoding="utf-8")
    assert "PWNED" in text and text.replace("\n", "").replace("\xa0", "").isprintable()


def test_an_error_is_told_without_what_a_terminal_would_obey(home, tmp_path):
    done = run(home, "rehearse", tmp_path / f"no{HOSTILE}where.wav")
    assert done.returncode == 1
    assert done.stderr.rstrip("\n").isprintable() and "PWNED" in done.stderr


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_closed_streams_are_no_error(home, tmp_path, closed):
    # A shell's `0<&- 1>&-`: the descriptors are free, and the next file would take one of them.
    words = " ".join({0: "0<&-", 1: "1>&-", 2: "2>&-"}[number] for number in closed)
    journal = tmp_path / "j.jsonl"
    command = " ".join(
        [f"'{sys.executable}' -m dndmood", *listening("--journal", f"'{journal}'")]
    )
    done = subprocess.run(
        ["sh", "-c", f"{command} {words}"],
        env=home, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0
    assert "Traceback" not in done.stdout + done.stderr
    lines = journal.read_text(encoding="utf-8").splitlines()
    assert lines and all(line.startswith("{") and line.endswith("}") for line in lines)


@needs_dev_full
def test_a_plain_evening_goes_on_when_its_output_is_full(home, tmp_path):
    for full in (["stdout"], ["stdout", "stderr"]):
        journal = tmp_path / f"{len(full)}.jsonl"
        with FULL.open("w") as nowhere:
            streams = dict.fromkeys(full, nowhere)
            told = {} if "stderr" in full else {"stderr": subprocess.PIPE}
            with started(
                home, *listening("--plain", "--journal", journal), **streams, **told
            ) as process:
                _, errors = process.communicate(timeout=120)
        assert process.returncode == 0
        assert b"Traceback" not in (errors or b"")
        written = journal.read_text(encoding="utf-8")
        assert written.count("These lines cannot be written: No space left on device.") == 1
        assert written.count('"estimate"') >= 2


@needs_dev_full
@pytest.mark.parametrize(
    "arguments", [["moods"], ["--help"], ["rehearse", str(DEMO)], []], ids=str
)
def test_what_cannot_be_printed_is_told_in_one_sentence(home, arguments):
    with (
        FULL.open("w") as nowhere,
        started(home, *arguments, stdout=nowhere, stderr=subprocess.PIPE) as process,
    ):
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    *model, line = errors.decode().splitlines()
    assert all(line.startswith("The model ") for line in model)
    assert line.startswith("dndmood: What was to be written is lost: No space left on device.")


@pytest.mark.parametrize(
    "arguments",
    [["moods"], ["--help"], ["rehearse", str(DEMO), "--json"], listening("--plain")],
    ids=str,
)
def test_a_reader_that_has_seen_enough_ends_the_command_quietly(home, arguments):
    with started(home, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        errors = process.stderr.read().decode()
    assert process.returncode == 0
    assert "Traceback" not in errors and "Broken pipe" not in errors


def test_a_reader_that_goes_away_ends_a_plain_evening_with_its_journal_whole(home, tmp_path):
    journal = tmp_path / "j.jsonl"
    with started(
        home, "listen", "--input", DEMO, "--player", "silent", "--plain", "--journal", journal,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read().decode()
    assert process.returncode == 0
    assert "Traceback" not in errors and "The evening's numbers are in" in errors
    assert '"verb": "quit"' in journal.read_text(encoding="utf-8")


class Kernel32:
    """Windows' console, as far as its output mode goes."""

    def __init__(self, mode: int | None, *, knows_escapes: bool = True) -> None:
        self.mode = mode
        self.knows_escapes = knows_escapes

    def GetStdHandle(self, which: int) -> int:  # noqa: N802 - Windows' name
        return {-11: 7}[which]

    def GetConsoleMode(self, handle: int, mode: object) -> int:  # noqa: N802 - Windows' name
        if handle != 7 or self.mode is None:
            return 0
        mode._obj.value = self.mode
        return 1

    def SetConsoleMode(self, handle: int, mode: int) -> int:  # noqa: N802 - Windows' name
        if mode & 4 and not self.knows_escapes:
            return 0
        self.mode = mode
        return 1


def test_windows_console_is_asked_to_obey_escape_sequences():
    kernel32 = Kernel32(3)
    assert console.understand_escapes(kernel32)
    assert kernel32.mode == 7


def test_a_windows_console_that_is_none_or_too_old_stays_as_it_is():
    assert not console.understand_escapes(Kernel32(None))
    old = Kernel32(3, knows_escapes=False)
    assert not console.understand_escapes(old)
    assert old.mode == 3


def test_on_windows_the_console_is_asked_before_anything_is_printed(monkeypatch):
    kernel32 = Kernel32(3)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel32), raising=False)
    monkeypatch.setattr(console.os, "name", "nt")
    console.prepare()
    monkeypatch.setattr(console.os, "name", os.name)
    assert kernel32.mode == 7


def test_streams_that_are_none_or_closed_are_replaced_before_anything_is_printed(monkeypatch):
    closed = io.StringIO()
    closed.close()
    for odd in (None, closed):
        for name in ("stdin", "stdout", "stderr"):
            monkeypatch.setattr(sys, name, odd)
        console.prepare()
        console.say("a sentence")
        console.write("a line")
        console.flush()
        made = [sys.stdin, sys.stdout, sys.stderr]
        assert not any(stream.closed for stream in made)
        for stream in made:
            stream.close()  # the descriptor itself stays open
    os.fstat(1)
