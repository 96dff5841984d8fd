import contextlib
import logging
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

from dndmood.stderr_to_log import libraries_quiet


def test_what_libraries_mutter_goes_to_the_log(tmp_path, capfd):
    log = tmp_path / "state" / "dndmood.log"
    with libraries_quiet(log):
        os.write(2, b"ALSA lib: no such card\n")
    assert "no such card" in log.read_text(encoding="utf-8")
    assert "no such card" not in capfd.readouterr().err


def test_warnings_in_the_log_say_when(tmp_path):
    log = tmp_path / "dndmood.log"
    with libraries_quiet(log):
        logging.getLogger("dndmood.test").warning("the card stumbled")
    line = log.read_text(encoding="utf-8")
    assert line[:4].isdigit()
    assert line.endswith("WARNING the card stumbled\n")


def test_what_the_program_itself_notes_is_in_the_log_and_what_libraries_note_is_not(tmp_path):
    log = tmp_path / "dndmood.log"
    with libraries_quiet(log):
        logging.getLogger("dndmood.sources").info("the music takes 210 ms")
        logging.getLogger("matplotlib").info("a font was found")
    text = log.read_text(encoding="utf-8")
    assert "INFO the music takes 210 ms" in text and "font" not in text


def test_a_full_log_hurts_nobody(capfd):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with libraries_quiet(full):
        logging.getLogger("dndmood.test").error("one")
        with contextlib.suppress(OSError):  # what a C library would not even notice
            os.write(2, b"ALSA lib: no such card\n")
        logging.getLogger("dndmood.test").error("two")
    assert capfd.readouterr().err == ""


def test_a_log_that_cannot_be_opened_lets_nothing_through_to_the_terminal(tmp_path, capfd):
    (tmp_path / "file").write_text("no folder")
    with libraries_quiet(tmp_path / "file" / "dndmood.log"):
        os.write(2, b"ALSA lib: no such card\n")
        logging.getLogger("dndmood.test").error("one")
        print("a sentence for the person", file=sys.stderr)
    assert capfd.readouterr().err == "a sentence for the person\n"


def test_the_log_stays_small_and_takes_the_libraries_with_it(tmp_path):
    log = tmp_path / "dndmood.log"
    with libraries_quiet(log):
        for _ in range(30):
            os.write(2, b"underrun\n" * 3000)
            logging.getLogger("dndmood.test").warning("it stutters")
        os.write(2, b"the last one\n")
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 2 and sum(sizes) < 1.2e6
    assert log.read_text(encoding="utf-8").endswith("the last one\n")


def test_a_log_that_cannot_be_put_aside_is_gone_on_with(tmp_path, monkeypatch):
    # Windows renames no file that is open.
    monkeypatch.setattr(os, "rename", _refuse)
    log = tmp_path / "dndmood.log"
    with libraries_quiet(log):
        for number in range(3):
            os.write(2, b"underrun\n" * 60_000)
            logging.getLogger("dndmood.test").warning("line %s", number)
    text = log.read_text(encoding="utf-8")
    assert all(f"line {number}" in text for number in range(3))


def _refuse(*_: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_nothing_of_ours_has_the_log_open_while_it_is_put_aside(tmp_path, monkeypatch):
    log, held = tmp_path / "dndmood.log", []

    def rename(source, _target):
        held.append(os.path.sameopenfile(2, reader.fileno()))
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr("logging.handlers.os.rename", rename)
    with libraries_quiet(log):
        reader = log.open("rb")
        assert os.path.sameopenfile(2, reader.fileno())
        logging.getLogger("dndmood.test").warning("x" * 600_000)
        logging.getLogger("dndmood.test").warning("after")
        reader.close()
    assert held and not any(held)


def test_a_thread_that_fails_and_a_warning_are_logged_and_not_shown(tmp_path, capfd):
    log = tmp_path / "dndmood.log"

    def fail() -> None:
        raise ZeroDivisionError

    with libraries_quiet(log):
        thread = threading.Thread(target=fail, name="decoder")
        thread.start()
        thread.join()
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            logging.captureWarnings(True)
            warnings.warn("invalid value in divide", RuntimeWarning, stacklevel=1)
    text = log.read_text(encoding="utf-8")
    assert "The thread decoder failed" in text and "ZeroDivisionError" in text
    assert "invalid value in divide" in text
    assert capfd.readouterr().err == ""


def test_sentences_are_written_in_the_encoding_of_the_console(tmp_path):
    code = (
        "import sys; from pathlib import Path; from dndmood.stderr_to_log import libraries_quiet\n"
        f"with libraries_quiet(Path({str(tmp_path / 'log')!r})):\n"
        "    print('Realtek® 夜', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONIOENCODING": "cp850"}, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stderr.strip() == "Realtek® ?".encode("cp850")


def test_without_any_standard_error_nothing_breaks(tmp_path):
    code = (
        "from pathlib import Path; from dndmood.stderr_to_log import libraries_quiet\n"
        f"with libraries_quiet(Path({str(tmp_path / 'log')!r})): print('fine')"
    )
    done = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' -c \"$CODE\" 2>&-"],
        env=os.environ | {"CODE": code}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "fine\n"
